"""Merging with functions as models: what is taken away, what is kept, what is refused, and how it is undone."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steepest.agents.library.embeddings.hashed import HashedNgrams
from steepest.agents.library.events import Outcome
from steepest.agents.library.insights import Provenance, insight_id
from steepest.agents.library.learning.verification import Proof
from steepest.agents.library.library import Library
from steepest.agents.library.merging.batch import Merges, Merging, merge_batch, merge_new
from steepest.agents.library.merging.verification import Unverified, Verification
from steepest.agents.library.retrieval.recall import Recalling
from steepest.agents.llm import ChatRequest
from steepest.agents.llm.chat import run_sync
from tests.agents.library.insights import BOUNDS, FLOW, ids, insight
from tests.agents.library.learning.kiosks import WRONG, forgetful, free_kiosk, kiosk, minutes_of, student, teacher

WHEN = "Applies when some percent of the drinks or goods must be of one kind."
WHAT = "The percentage is of the sum of the decisions. The usual mistake is to leave it out."
MERGED = insight_id(WHEN, WHAT)
CHOOSES = Recalling(asks_labels=False, asks_applicability=False)


def group(*names: str, when: str = WHEN, what: str = WHAT) -> str:
    return f"ids: {', '.join(names)}\ntitle: shares\nwhen: {when}\nwhat: {what}\nexample: x"


def part(name: str, *tasks: str, **fields):
    given = {
        "condition": f"Applies when {name} are some percent of all drinks.",
        "explanation": f"The percentage is of the sum of the decisions, {name} too.",
    }
    return insight(name, tasks=tasks or ("Anna's",), **{**given, **fields})


@dataclass
class Judge:
    """A proof that is kept, and holds unless told otherwise."""

    holds: bool | list[bool] = True
    """One for all proofs, or one for each."""
    asked: list[tuple] = field(default_factory=list)

    def covers(self, insight):
        return True

    async def __call__(self, merged, replaced, beside=()):
        self.asked.append((merged, set(replaced), list(beside)))
        holds = self.holds.pop(0) if isinstance(self.holds, list) else self.holds
        return Proof(holds, "it was tried")


def merged(library, names, *answers: str, verify=None, model=None) -> Merges:
    merging = Merging(library, model or teacher(*answers), HashedNgrams(), verify or Judge())
    return run_sync(merge_batch(names, merging))


def carry_out(library, merges: Merges) -> None:
    for change in merges.changes:
        library.carry_out(change)


def test_exactly_what_a_group_names_is_taken_away(sqlite_library):
    sqlite_library.add([part("teas"), part("juices"), part("waters"), part("beers")])
    merges = merged(sqlite_library, ["teas"], group("teas", "juices"))
    assert ids(sqlite_library) == ["beers", "juices", "teas", "waters"]
    carry_out(sqlite_library, merges)
    assert ids(sqlite_library) == sorted(["beers", "waters", MERGED])


def test_labels_tasks_sources_and_counts_of_all_parts_are_kept(sqlite_library):
    labels = {"teas": (FLOW,), "juices": (FLOW, BOUNDS)}
    sqlite_library.add([part(name, f"task {name}", labels=each) for name, each in labels.items()])
    sqlite_library.record(Outcome(task="x", used=("teas",), helped=("teas",), tokens={"teas": 50}))
    sqlite_library.record(Outcome(task="y", used=("juices",), hurt=("juices",), tokens={"juices": 40}))
    carry_out(sqlite_library, merged(sqlite_library, ["teas"], group("teas", "juices")))
    entry = sqlite_library.entry(MERGED)
    assert set(entry.insight.labels) == {FLOW, BOUNDS}
    assert set(entry.insight.provenance.tasks) == {"task teas", "task juices"}
    assert entry.insight.provenance.merged == ("teas", "juices")
    assert (entry.usage.used, entry.usage.helped, entry.usage.hurt, entry.usage.tokens) == (2, 1, 1, 90)


def test_undoing_a_merge_brings_back_the_parts_as_they_were(sqlite_library):
    sqlite_library.add([part("teas"), part("juices", labels=(FLOW, BOUNDS))])
    before = [each.insight for each in sqlite_library.entries()]
    carry_out(sqlite_library, merged(sqlite_library, ["teas", "juices"], group("teas", "juices")))
    [event] = [each for each in sqlite_library.history() if each.body.kind == "merge"]
    sqlite_library.undo(event.number)
    assert [each.insight for each in sqlite_library.entries()] == before
    assert sqlite_library.state().insights == {each.id: each for each in before}


def test_what_the_merge_took_away_stands_in_the_history(sqlite_library):
    sqlite_library.add([part("teas"), part("juices")])
    carry_out(sqlite_library, merged(sqlite_library, ["teas"], group("teas", "juices")))
    [_, event] = sqlite_library.history("juices")
    assert event.body.insights["juices"] is None
    assert event.body.reason == "teas, juices say the same; it was tried"
    assert sqlite_library.state(1).insights["juices"].id == "juices"


def test_a_merge_that_is_not_proven_changes_nothing_and_says_why(sqlite_library):
    sqlite_library.add([part("teas"), part("juices")])
    merges = merged(sqlite_library, ["teas"], group("teas", "juices"), verify=Judge(holds=False))
    assert merges.changes == ()
    assert merges.note == "refused 'shares': in the place of teas, juices: it was tried"


def test_the_proof_is_of_the_merged_text_without_its_parts_and_beside_what_was_merged_before(sqlite_library):
    sqlite_library.add([part("teas"), part("juices"), part("gins"), part("rums")])
    other = group("gins", "rums", when=f"{WHEN} Spirits.")
    judge = Judge()
    merges = merged(sqlite_library, ["teas"], f"{group('teas', 'juices')}\n\n{other}", verify=judge)
    (first, replaced, beside), (second, replaced_later, beside_later) = judge.asked
    assert replaced == {"teas", "juices"}
    assert beside == []
    assert replaced_later == {"teas", "juices", "gins", "rums"}
    assert beside_later == [first]
    assert [list(change.insights)[-1] for change in merges.changes] == [first.id, second.id]


def test_each_insight_is_asked_about_once(sqlite_library):
    sqlite_library.add([part("teas"), part("juices"), part("waters")])
    model = teacher("none")
    merges = merged(sqlite_library, ["teas", "juices", "teas", "gone"], model=model)
    assert len(model.fn.requests) == merges.asked == 1


def test_no_model_is_asked_where_nothing_is_near(sqlite_library):
    sqlite_library.add([part("teas"), insight("ships", labels=(BOUNDS,), condition="ports", explanation="tides")])
    model = teacher("none")
    assert merged(sqlite_library, ["teas"], model=model) == Merges()
    assert model.fn.requests == []


def test_at_most_eight_are_compared_at_once(sqlite_library):
    sqlite_library.add([part(f"drink{number}") for number in range(20)])
    model = teacher("none")
    merged(sqlite_library, ["drink3"], model=model)
    assert model.fn.requests[0].messages[-1].content.count("[drink") == 8
    assert "[drink3]" in model.fn.requests[0].messages[-1].content


def test_a_text_that_the_library_has_already_is_refused(sqlite_library):
    sqlite_library.add([part("teas"), part("juices"), insight(MERGED, labels=(BOUNDS,), status="retired")])
    merges = merged(sqlite_library, ["teas"], group("teas", "juices"))
    assert merges.changes == ()
    assert "the library has it already" in merges.note


def test_the_text_of_a_part_may_stand_for_all(sqlite_library):
    kept = insight(insight_id(WHEN, WHAT), condition=WHEN, explanation=WHAT)
    sqlite_library.add([kept, part("juices", "Ben's", labels=(FLOW, BOUNDS))])
    carry_out(sqlite_library, merged(sqlite_library, ["juices"], group(kept.id, "juices")))
    [entry] = sqlite_library.entries()
    assert entry.insight.id == kept.id
    assert set(entry.insight.labels) == {FLOW, BOUNDS}
    sqlite_library.undo(2)
    assert ids(sqlite_library) == sorted([kept.id, "juices"])
    assert sqlite_library.entry(kept.id).insight == kept


def test_a_text_that_another_new_insight_has_already_does_not_write_over_that(sqlite_library):
    kept = insight(MERGED, condition=WHEN, explanation=WHAT, tasks=("Cleo's",))
    merging = Merging(sqlite_library, teacher(group("teas", "juices")), HashedNgrams(), Judge())
    merges = run_sync(merge_new([part("teas"), part("juices"), kept], merging))
    assert not merges.changes
    assert merges.note == "refused 'shares': in the place of teas, juices: the library has it already"


def test_a_model_that_answers_rubbish_is_not_said_to_have_found_nothing(sqlite_library):
    sqlite_library.add([part("teas"), part("juices")])
    merges = merged(sqlite_library, ["teas"], "blah")
    assert merges.asked == 1
    assert merges.note == merges.unanswered[0]
    assert merges.note.startswith("no usable reply about teas, juices: it is not in the form that was asked for")


def test_an_answer_that_comes_at_the_second_try_is_an_answer(sqlite_library):
    sqlite_library.add([part("teas"), part("juices")])
    merges = merged(sqlite_library, ["teas"], "blah", "none")
    assert merges.unanswered == ()
    assert merges.note == "no two say the same"


def test_the_version_of_each_part_is_kept_for_the_writing(sqlite_library):
    sqlite_library.add([part("teas")])
    sqlite_library.add([part("juices")])
    assert merged(sqlite_library, ["teas"], group("teas", "juices")).expected == {"teas": 1, "juices": 2}


def test_new_insights_are_compared_with_each_other_and_the_library(sqlite_library):
    sqlite_library.add([part("juices")])
    new = [part("teas"), part("waters")]
    merging = Merging(sqlite_library, teacher(group("teas", "waters", "juices")), HashedNgrams(), Judge())
    merges = run_sync(merge_new(new, merging))
    assert merges.expected == {"juices": 1}
    sqlite_library.add(new)
    carry_out(sqlite_library, merges)
    assert ids(sqlite_library) == [MERGED]
    sqlite_library.undo(sqlite_library.store.number())
    assert ids(sqlite_library) == ["juices", "teas", "waters"]


def test_a_new_insight_alone_costs_no_question(sqlite_library):
    model = teacher("none")
    merging = Merging(sqlite_library, model, HashedNgrams(), Judge())
    assert run_sync(merge_new([part("teas")], merging)) == Merges()
    assert model.fn.requests == []


@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_whatever_a_model_groups_nothing_unnamed_is_lost_and_undoing_all_brings_all_back(data):
    names = [f"drink{number}" for number in range(6)]
    order = data.draw(st.permutations(names))
    cuts = sorted(data.draw(st.sets(st.integers(0, 6), max_size=4)))
    named = [order[start:end] for start, end in pairwise([0, *cuts]) if end - start > 1]
    holds = data.draw(st.lists(st.booleans(), min_size=len(named), max_size=len(named)))
    texts = [group(*each, when=f"{WHEN} Case {place}.") for place, each in enumerate(named)]
    with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder) / "library.db") as library:
        library.add([part(name, f"task {name}") for name in names])
        before = library.state().insights
        merges = merged(library, names, "\n\n".join(texts) or "none", verify=Judge(list(holds)))
        carry_out(library, merges)
        taken = {name for each, held in zip(named, holds, strict=True) if held for name in each}
        assert {name for name in ids(library) if name in names} == set(names) - taken
        assert len(ids(library)) == len(names) - len(taken) + sum(holds)
        assert {task for each in library.entries() for task in each.insight.provenance.tasks} == {
            f"task {name}" for name in names
        }
        assert library.state().insights == {each.insight.id: each.insight for each in library.entries()}
        for number in range(library.store.number(), 1, -1):
            library.undo(number)
        assert library.state().insights == before


# The proof itself


def verification(library, tasks: Sequence, answers=forgetful, **given) -> Verification:
    known = {each.id: each for each in tasks}
    return Verification(student(answers), library, HashedNgrams(), known, recalling=CHOOSES, **given)


def test_the_tasks_of_all_parts_are_solved_again_with_the_merged_text_alone(sqlite_library):
    asked = []

    def counting(request: ChatRequest) -> str:
        asked.append(request.messages[-1].content)
        return forgetful(request)

    sqlite_library.add([part("teas", "Anna's"), part("juices", "Ben's")])
    verify = verification(sqlite_library, [kiosk("Anna's"), kiosk("Ben's", 90)], counting, times=3)
    merges = merged(sqlite_library, ["teas"], group("teas", "juices"), verify=verify)
    assert merges.changes[0].reason.endswith("Anna's, Ben's is solved with it 3 of 3 times")
    assert sum("Ben's sells" in each for each in asked) == 3
    assert all(WHEN in each and "[teas]" not in each for each in asked)


def test_one_of_the_tasks_that_is_not_solved_refuses_it(sqlite_library):
    def not_for_ben(request: ChatRequest) -> str:
        if "Ben's sells" in request.messages[-1].content:
            return WRONG.format(minutes=minutes_of(request))
        return forgetful(request)

    sqlite_library.add([part("teas", "Anna's"), part("juices", "Ben's")])
    verify = verification(sqlite_library, [kiosk("Anna's"), kiosk("Ben's", 90)], not_for_ben)
    merges = merged(sqlite_library, ["teas"], group("teas", "juices"), verify=verify)
    assert merges.changes == ()
    assert merges.note.endswith("with it Ben's was solved 0 times of 1")


@pytest.mark.parametrize("tasks", [("Anna's", "Zoe's"), ()])
def test_what_can_not_be_solved_again_is_not_even_asked_about(sqlite_library, tasks):
    strange = part("teas").model_copy(update={"provenance": Provenance(tasks=tasks)})
    sqlite_library.add([strange, part("juices")])
    verify = verification(sqlite_library, [kiosk("Anna's")])
    model = teacher(group("teas", "juices"))
    merges = merged(sqlite_library, ["teas", "juices"], model=model, verify=verify)
    assert model.fn.requests == []
    assert merges == Merges(left_out=("teas",))
    assert merges.note == "nothing to compare"
    assert not run_sync(verify(strange, {"teas", "juices"})).holds


def test_a_guard_that_gets_worse_without_the_parts_refuses_the_merge(sqlite_library):
    vague = "The percentage is of the sum of the decisions."

    def needs_the_part(request: ChatRequest) -> str:
        """The guard needs the words of the part; the source tasks take the merged text."""
        asked = request.messages[-1].content
        if "Guard sells" in asked and "juices too" not in asked:
            return WRONG.format(minutes=minutes_of(request))
        return forgetful(request)

    sqlite_library.add([part("teas"), part("juices")])
    tasks = [kiosk("Anna's"), kiosk("Guard", 90)]
    verify = verification(sqlite_library, tasks, needs_the_part, solved=["Anna's", "Guard"])
    merges = merged(sqlite_library, ["teas"], group("teas", "juices", what=vague), verify=verify)
    assert merges.changes == ()
    assert "Guard was solved before" in merges.note


def test_guards_that_stay_solved_are_counted_in_the_reason(sqlite_library):
    sqlite_library.add([part("teas"), part("juices")])
    verify = verification(sqlite_library, [kiosk("Anna's"), free_kiosk("Free")], solved=["Anna's", "Free"])
    [change] = merged(sqlite_library, ["teas"], group("teas", "juices"), verify=verify).changes
    assert change.reason.endswith("1 solved before that find it stay solved")


def test_a_person_may_take_a_merge_without_a_proof_and_the_history_says_so(sqlite_library):
    sqlite_library.add([part("teas"), part("juices")])
    [change] = merged(sqlite_library, ["teas"], group("teas", "juices"), verify=Unverified()).changes
    assert change.reason.endswith("taken without solving their problems again")
