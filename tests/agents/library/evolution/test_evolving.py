"""Iterations after the first, from the first failure to what becomes of insights, and kills anywhere in between."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from steepest.agents.library.events import Change, Outcome
from steepest.agents.library.learning import journal
from steepest.agents.library.learning.figures import figures_of
from steepest.agents.library.learning.journal import Journal
from steepest.agents.library.learning.report import report_page
from steepest.agents.library.learning.run_folder import LearningEntry
from steepest.agents.library.library import Library
from steepest.agents.llm import ChatReply, FunctionModel
from steepest.agents.llm.chat import run_sync
from steepest.agents.llm.kept_replies import KeptModel, ReplyFile
from tests.agents.library.evolution.world import Teacher, answers, evolution, share, trap
from tests.agents.library.learning.kiosks import free_kiosk, kiosk, student

KIOSKS = [kiosk(name, 60 + 30 * place) for place, name in enumerate(("Anna's", "Ben's", "Cleo's"))]
FREE = [free_kiosk(name, 60 + 30 * place) for place, name in enumerate(("Eve's", "Fay's", "Gus's"))]
BETTER = 'Applies when the text says "percent" or "At least".'


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library.db", author="learn", run="r") as opened:
        yield opened


def kinds(library: Library) -> list[str]:
    """Of changes of insights, in order."""
    bodies = [event.body for event in library.history()]
    return [body.kind for body in bodies if isinstance(body, Change) and body.insights]


def steps(given: Any, iteration: int) -> dict[str, str]:
    return {name: each.note for name, each in given.learning.journal.steps_done(iteration).items()}


def test_an_insight_that_is_missed_is_refined_and_found_in_the_next_iteration(library):
    library.add([share()])
    evolving = evolution(library, Teacher(conditions=[BETTER]))
    first = run_sync(evolving.learn(KIOSKS, 1))
    assert [each.diagnosis.unretrieved for each in first] == [("share",)] * 3
    assert steps(evolving, 1)["refine share"].startswith("found rightly for 1 of 1 (before: 0) held-out problems")
    assert steps(evolving, 1)["end of the iteration"] == "1 refined"
    second = run_sync(evolving.learn(KIOSKS, 2))
    assert [each.solved for each in second] == [True] * 3
    assert kinds(library) == ["add", "refine"]
    assert library.entry("share").usage.helped == 3


def test_the_first_iteration_diagnoses_and_refines_nothing(library):
    library.add([share()])
    teacher = Teacher()
    evolving = evolution(library, teacher)
    run_sync(evolving.learn(KIOSKS[:1], 0))
    assert teacher.asked == ["extract"] * len(teacher.asked)
    assert list(steps(evolving, 0)) == ["end of the iteration"]


def test_what_hurts_again_and_again_is_set_aside_then_refined_or_retired(library):
    library.add([trap()])
    misled = Teacher(verdicts={"trap": "negative"}, clause="Does not apply when no share is asked for at all.")
    evolving = evolution(library, misled)
    run_sync(evolving.learn(FREE, 1))
    assert library.entry("trap").insight.status == "quarantined"
    assert steps(evolving, 1)["quarantine trap"] == "it hurt 3 problems and helped 0"
    after = run_sync(evolving.learn(FREE, 2))
    assert all(each.solved for each in after)
    assert library.entry("trap").insight.status == "retired"
    assert kinds(library) == ["add", "quarantine", "retire"]


def test_what_was_set_aside_comes_back_with_a_condition_that_leaves_the_others_alone(library):
    library.add([trap()])
    misled = Teacher(verdicts={"trap": "negative"}, clause="Does not apply when no share is asked for at all.")
    evolving = evolution(library, misled)
    run_sync(evolving.learn(FREE, 1))
    misled.trap_conditions = ['Applies when there are "minutes" and a share. Does not apply to "What earns the most".']
    run_sync(evolving.learn(FREE, 2))
    assert library.entry("trap").insight.status == "active"
    assert kinds(library) == ["add", "quarantine", "refine"]
    run_sync(evolving.learn(FREE, 3))
    assert kinds(library) == ["add", "quarantine", "refine"]


def test_what_a_person_set_aside_is_left_alone(library):
    library.add([trap(status="quarantined")])
    evolving = evolution(library, Teacher())
    for iteration in (1, 2):
        run_sync(evolving.learn(FREE[:1], iteration))
    assert kinds(library) == ["add"]


def test_a_library_stays_within_its_size(library):
    library.add([share(f'Applies to "{name}".', id=name, title=name * 100) for name in "abcd"])
    library.add([share('Applies to "this".', id="short")])
    evolving = evolution(library, Teacher(), most=2)
    run_sync(evolving.learn(FREE[:1], 0))
    assert [each.insight.id for each in library.entries("active")] == ["a", "short"]
    assert evolving.learning.journal.steps[-1].size == 2
    assert steps(evolving, 0)["shrink to 2"] == "worth least a token, of 5 insights where 2 may be"


def test_an_iteration_that_ended_is_not_looked_at_again(library):
    library.add([share()])
    teacher = Teacher(conditions=[BETTER])
    evolving = evolution(library, teacher)
    run_sync(evolving.learn(KIOSKS, 1))
    asked, number = len(teacher.asked), library.store.number()
    run_sync(evolving.learn(KIOSKS, 1))
    assert (len(teacher.asked), library.store.number()) == (asked, number)


def test_figures_and_the_page_tell_what_failures_came_from_and_what_became_of_insights(library):
    library.add([share(title="shares"), trap(title="<b>cleaning</b>")])
    evolving = evolution(library, Teacher(conditions=[BETTER], verdicts={"trap": "negative"}))
    run_sync(evolving.learn([*KIOSKS, *FREE], 1))
    records = evolving.learning.journal.records
    [figures] = figures_of(records)
    told = figures.diagnosis
    assert (told.failures, told.unretrieved, told.borne_out) == (6, 3, 3)
    assert (told.negative, told.positive, told.issues) == (6, 0, 6)
    assert (figures.refined, figures.quarantined, figures.size) == (1, 1, 1)
    run = LearningEntry(library="lib.db", model="s", teacher="t", settings={}, tasks={})
    page = report_page(records, run, {"share": "shares", "trap": "<b>cleaning</b>"})
    assert "Why tasks failed" in page
    assert "What became of insights" in page
    assert "found rightly for" in page
    assert "solved with what was not found: shares" in page
    assert "&lt;b&gt;cleaning" in page
    assert "<b>cleaning" not in page


# A run that is killed


class Killed(BaseException):
    """As a kill: nothing catches it."""


MISLEADING = 'Applies when there are "minutes".'
TASKS = [*KIOSKS[:2], *FREE[:2]]


def run(folder: Path, patching: pytest.MonkeyPatch, kill_at: str = "", nth: int = 0) -> int:
    """Three iterations in a folder, killed before the n-th call of something; how many calls there were."""
    calls = 0

    def before(function: Any) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == nth:
                raise Killed
            return function(*arguments, **named)

        return call

    folder.mkdir(exist_ok=True)
    replies = ReplyFile(folder / "replies.sqlite")
    with Library.open(folder / "library.db", author="learn", run="r") as library, patching.context() as patch:
        if not library.store.number():
            library.add([share(), trap(MISLEADING)])
        if kill_at == "journal":
            patch.setattr(Journal, "add", before(Journal.add))
        elif kill_at == "write":
            patch.setattr(journal, "write", before(journal.write))
        elif kill_at == "event":
            patch.setattr(type(library.store), "write", before(type(library.store).write))
        asked = student(answers)
        told = Teacher(conditions=[BETTER, "Applies when the text speaks of anything."], verdicts={"trap": "negative"})
        models = [KeptModel(each, replies) for each in (asked.model, FunctionModel(told, name="teacher"))]
        if kill_at == "reply":
            for model in models:
                patch.setattr(model, "complete", before(model.complete))
        given = {"student": replace(asked, model=models[0]), "teacher": models[1]}
        evolving = evolution(library, told, folder, least_hurt=3, **given)
        try:
            for iteration in range(3):
                run_sync(evolving.learn(TASKS, iteration))
        except Killed:
            pass
        finally:
            replies.close()
    return calls


def came_of(folder: Path) -> tuple[Any, ...]:
    """The library and the journal of a run, without times."""
    with Library.open(folder / "library.db") as library:
        events = [event.body for event in library.history()]
        state = library.state()
    records = [each.model_copy(update={"seconds": 0.0}) for each in Journal(folder / "journal.jsonl").records]
    return events, state.insights, state.definitions, state.usage, records


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, ...]:
    folder = tmp_path_factory.mktemp("whole") / "run"
    run(folder, pytest.MonkeyPatch())
    return came_of(folder)


def test_the_run_to_be_killed_does_all_kinds_of_things(uninterrupted):
    changed = [body.kind for body in uninterrupted[0] if isinstance(body, Change)]
    assert {"refine", "quarantine", "retire"} <= set(changed)
    outcomes = [(body.task, body.iteration) for body in uninterrupted[0] if isinstance(body, Outcome)]
    assert len(outcomes) == len(set(outcomes)) > 5


STEPS = range(9, 20)
"""The records after the first iteration; those before are as in online learning."""


@pytest.mark.parametrize(("place", "nth"), [(place, n) for place in ("journal", "write") for n in STEPS])
def test_a_kill_between_any_two_records_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uninterrupted: tuple[Any, ...], place: str, nth: int
):
    run(tmp_path / "run", monkeypatch, place, nth)
    run(tmp_path / "run", monkeypatch)
    assert came_of(tmp_path / "run") == uninterrupted


@pytest.mark.parametrize("nth", [5, 9, 11])
def test_a_kill_between_two_events_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uninterrupted: tuple[Any, ...], nth: int
):
    run(tmp_path / "run", monkeypatch, "event", nth)
    run(tmp_path / "run", monkeypatch)
    assert came_of(tmp_path / "run") == uninterrupted


@pytest.mark.parametrize("nth", [20, 40, 55])
def test_a_kill_before_a_reply_changes_nothing_and_nothing_is_paid_for_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uninterrupted: tuple[Any, ...], nth: int
):
    paid: list[str] = []
    keep = ReplyFile.keep

    def counted(self: ReplyFile, key: str, reply: ChatReply) -> Any:
        paid.append(key)
        return keep(self, key, reply)

    monkeypatch.setattr(ReplyFile, "keep", counted)
    assert run(tmp_path / "run", monkeypatch, "reply", nth) == nth
    run(tmp_path / "run", monkeypatch)
    assert came_of(tmp_path / "run") == uninterrupted
    assert len(paid) == len(set(paid))
