"""Merging within a run of learning: after a task, after a batch, and across a kill."""

from pathlib import Path

import pytest

from steepest.agents.library.events import Change
from steepest.agents.library.insights import insight_id
from steepest.agents.library.labels import Definition, Label
from steepest.agents.library.learning.effects import are_written
from steepest.agents.library.learning.journal import Journal
from steepest.agents.library.library import Library
from steepest.agents.llm import ChatRequest, FunctionModel
from steepest.agents.llm.chat import run_sync
from tests.agents.library.insights import ids
from tests.agents.library.learning.kiosks import SHARE, TAUGHT, forgetful, kiosk, learning, student

WHEN = "Applies when some percent of the drinks, goods or parts must be of one kind."
WHAT = "The percentage is of the sum of the decisions. Often it is left out."
MERGED = insight_id(WHEN, WHAT)
OTHER = TAUGHT.replace("a share is", "shares are").replace("Applies when", "Applies where")


@pytest.fixture
def library(tmp_path: Path):
    with Library.open(tmp_path / "library.db", author="learn", run="r") as opened:
        yield opened


def teaching(*lessons: str, merges: bool = True, asked: list[str] | None = None) -> FunctionModel:
    """Teaches these in turn, and says that all insights which it compares say the same, or that none do."""
    left = list(lessons)

    def answer(request: ChatRequest) -> str:
        words = request.messages[-1].content
        if "say the same?" not in words:
            return left.pop(0) if len(left) > 1 else left[0]
        names = [line[1:13] for line in words.splitlines() if line.startswith("[")]
        if asked is not None:
            asked.append(" ".join(names))
        form = f"ids: {', '.join(names)}\ntitle: shares\nwhen: {WHEN}\nwhat: {WHAT}\nexample: x"
        return form if merges else "none"

    return FunctionModel(answer, name="teacher")


def needs_its_own(request: ChatRequest) -> str:
    """Each task takes its own insight or the merged one: what the first taught does not help the second."""
    words = request.messages[-1].content
    if "Ben's sells" in words and "Applies where" not in words and WHEN not in words:
        words = words.replace("sum of the decisions", "sum")
    changed = request.messages[-1].model_copy(update={"content": words})
    return forgetful(request.model_copy(update={"messages": (*request.messages[:-1], changed)}))


def kinds(library: Library) -> list[str]:
    return [event.body.kind for event in library.history() if isinstance(event.body, Change)]


def test_two_insights_of_one_task_that_say_the_same_become_one(library):
    [record] = run_sync(learning(library, teacher=teaching(f"{TAUGHT}\n\n{OTHER}")).learn([kiosk("Anna's")]))
    assert ids(library) == [MERGED]
    assert len(record.learned) == 2
    assert record.size == 1
    [entry] = library.entries()
    assert entry.insight.provenance.tasks == ("Anna's",)
    assert set(entry.insight.provenance.merged) == set(record.learned)


def test_what_could_not_be_compared_is_told_in_the_record(library):
    def rubbish(request: ChatRequest) -> str:
        asked = "\n".join(each.content for each in request.messages)
        return "blah" if "say the same?" in asked else f"{TAUGHT}\n\n{OTHER}"

    [record] = run_sync(learning(library, teacher=FunctionModel(rubbish, name="teacher")).learn([kiosk("Anna's")]))
    assert len(record.learned) == 2
    assert record.note.startswith("no usable reply about ")


def test_a_new_insight_is_merged_with_what_the_library_has_and_the_tasks_of_both_are_kept(library):
    tasks = [kiosk("Anna's"), kiosk("Ben's", 90)]
    online = learning(library, student=student(needs_its_own), teacher=teaching(TAUGHT, OTHER))
    first, second = run_sync(online.learn(tasks))
    assert (first.solved, second.solved) == (False, False)
    assert ids(library) == [MERGED]
    assert library.entry(MERGED).insight.provenance.tasks == ("Ben's", "Anna's")
    assert kinds(library) == ["add", "add", "merge"]
    assert second.effects.expected == {first.learned[0]: 1}
    library.undo(library.store.number())
    assert ids(library) == sorted([*first.learned, *second.learned])


def test_what_is_not_proven_enters_unmerged_and_the_record_says_why(library):
    def not_merged(request: ChatRequest) -> str:
        without = request.messages[-1].content.replace(WHAT, "")
        changed = request.messages[-1].model_copy(update={"content": without})
        return needs_its_own(request.model_copy(update={"messages": (*request.messages[:-1], changed)}))

    tasks = [kiosk("Anna's"), kiosk("Ben's", 90)]
    online = learning(library, student=student(not_merged), teacher=teaching(TAUGHT, OTHER))
    first, second = run_sync(online.learn(tasks))
    assert ids(library) == sorted([*first.learned, *second.learned])
    assert "is solved" not in second.refused[0].reason
    assert "in the place of" in second.refused[0].reason


def test_nothing_is_merged_where_no_batch_is_wanted(library):
    asked: list[str] = []
    online = learning(library, teacher=teaching(f"{TAUGHT}\n\n{OTHER}", asked=asked), batch=0)
    run_sync(online.learn([kiosk("Anna's")]))
    assert len(ids(library)) == 2
    assert asked == []


def test_a_batch_is_looked_at_once_after_its_last_task(library):
    asked: list[str] = []
    lessons = [TAUGHT.replace("Applies when", f"Applies {word}") for word in ("if", "as soon as", "whenever")]
    tasks = [kiosk(name) for name in ("Anna's", "Ben's", "Cid's")]
    online = learning(
        library,
        teacher=teaching(f"{lessons[0]}\n\n{lessons[1]}", merges=False, asked=asked),
        batch=2,
    )
    records = run_sync(online.learn(tasks))
    assert len(records[0].learned) == 2
    assert [step.name for step in online.journal.steps] == ["merge after 2 tasks"]
    assert online.journal.steps[0].note == "no two say the same"
    assert len(asked) == 2  # after the first task, and after the batch; the third task taught nothing
    run_sync(online.learn(tasks))
    assert len(asked) == 2


def test_a_kill_between_the_journal_and_the_library_loses_no_merge(tmp_path):
    with Library.open(tmp_path / "library.db", author="learn", run="r") as library:
        teacher = teaching(f"{TAUGHT}\n\n{OTHER}")
        online = learning(library, tmp_path, teacher=teacher)

        def killed_after_the_journal(record, of):
            online.journal.add(record)
            raise KeyboardInterrupt

        online.journal.keep = killed_after_the_journal
        with pytest.raises(KeyboardInterrupt):
            run_sync(online.learn([kiosk("Anna's")]))
        assert ids(library) == []
        [record] = online.journal.tasks
        assert not are_written(record.effects, library)
        again = learning(library, tmp_path, teacher=teacher)
        run_sync(again.learn([kiosk("Anna's")]))
        assert ids(library) == [MERGED]
        number = library.store.number()
        Journal(tmp_path / "journal.jsonl").settle(library)
        assert library.store.number() == number


def test_a_part_that_somebody_changed_meanwhile_stays_and_the_new_insight_enters(library):
    online = learning(library, student=student(needs_its_own), teacher=teaching(TAUGHT, OTHER))
    tasks = [kiosk("Anna's"), kiosk("Ben's", 90)]
    [first] = run_sync(online.learn(tasks[:1]))
    keep = online.journal.keep

    def edited_first(record, of):
        entry = of.entry(first.learned[0])
        of.change(entry, entry.insight.model_copy(update={"title": "edited by Ann"}))
        keep(record, of)

    online.journal.keep = edited_first
    [_, second] = run_sync(online.learn(tasks))
    assert ids(library) == sorted([*first.learned, *second.learned])
    assert library.entry(first.learned[0]).insight.title == "edited by Ann"


def test_a_new_label_that_means_a_known_one_becomes_its_other_name(library):
    known = Label("General Formulation", "Constraints", "Percentages")
    library.define([Definition(label=known, definition="a part of a sum", is_given=True)])

    def answer(request: ChatRequest) -> str:
        return str(known) if "means the same" in request.messages[-1].content else TAUGHT

    run_sync(learning(library, teacher=FunctionModel(answer, name="teacher")).learn([kiosk("Anna's")]))
    [entry] = library.entries()
    assert entry.insight.labels == (known,)
    found = library.taxonomy().find(Label.parse(SHARE))
    assert found.label == known
    assert found.definition == "a part of a sum"
    assert kinds(library) == ["label", "add", "label"]
