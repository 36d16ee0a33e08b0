"""Conditions that find better: chosen on one half, checked on the other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from steepest.agents.library.evolution.evidence import Evidence
from steepest.agents.library.evolution.refinement import Refinement, Refiner
from steepest.agents.library.evolution.replay import Replay
from steepest.agents.library.learning.effects import write
from steepest.agents.library.learning.journal import TaskRecord
from steepest.agents.library.library import Library
from steepest.agents.library.tasks import LibraryTask
from steepest.agents.llm import ChatRequest
from steepest.agents.llm.chat import run_sync
from tests.agents.library.evolution.world import Teacher, answers, evolution, share, trap
from tests.agents.library.learning.kiosks import free_kiosk, kiosk, student

NAMES = ("Anna's", "Ben's", "Cleo's", "Dan's")
KIOSKS = {name: kiosk(name, 60 + 30 * place) for place, name in enumerate(NAMES)}
FREE = {name: free_kiosk(name) for name in ("Eve's", "Fay's", "Gus's", "Hal's")}
MISSED = Evidence(dict.fromkeys(NAMES, "unretrieved"), dict.fromkeys(NAMES, 1))
BETTER = 'Applies when the text says "percent" or "At least".'
BROAD = 'Applies when the text says "percent" or "minutes" or anything else at all.'
WORSE = 'Applies when the text says "fraction of the total" and nothing else.'


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library.db", author="learn", run="r") as opened:
        yield opened


def refined(
    library: Library, teacher: Teacher, evidence: Evidence = MISSED, name: str = "share", *, longest: int = 600, **given
) -> Refinement:
    learning = evolution(library, teacher, **given).learning
    for task in FREE.values():
        learning.journal.add(TaskRecord(iteration=0, task=task.id, solved=True, outcome="solved"))
    tasks: dict[str, LibraryTask] = KIOSKS | FREE
    return run_sync(Refiner(learning, tasks, longest, replayed=4).refine(library.entry(name), evidence, 1))


def test_a_condition_that_finds_more_on_both_halves_is_accepted_with_its_scores(library):
    library.add([share()])
    found = refined(library, Teacher(conditions=[WORSE, BETTER]))
    both = "2 of 2 (before: 0)"
    assert found.note == f"found rightly for {both} held-out problems, {both} of those that chose it"
    write(found.effects, library)
    assert library.entry("share").insight.condition == BETTER
    [_, event] = library.history("share")
    assert (event.body.kind, event.body.reason) == ("refine", found.note)


def test_what_is_refined_keeps_all_but_its_condition(library):
    library.add([share(example="right: x", fingerprint=("a",))])
    before = library.entry("share").insight
    write(refined(library, Teacher(conditions=[BETTER])).effects, library)
    assert library.entry("share").insight == before.model_copy(update={"condition": BETTER})


def test_a_refinement_can_be_undone(library):
    library.add([share()])
    write(refined(library, Teacher(conditions=[BETTER])).effects, library)
    library.undo(library.store.number())
    assert library.entry("share").insight == share()


def test_no_condition_that_finds_better_is_refused(library):
    library.add([share()])
    found = refined(library, Teacher(conditions=[WORSE]))
    assert not found.is_accepted
    assert found.note == "refused: no condition of 1 finds better: 0 of 2 (before: 0) of those that chose it"


def test_a_condition_that_does_not_find_better_on_the_held_out_half_is_refused(library):
    library.add([share()])
    choosing = list(MISSED.halves(4).choosing)
    fitted = f'Applies when it is about "{choosing[0]}" or "{choosing[1]}".'
    found = refined(library, Teacher(conditions=[fitted]))
    assert not found.is_accepted
    assert found.note.startswith("refused: found rightly for 0 of 2 (before: 0) held-out problems, 2 of 2 (before: 0)")


def test_one_problem_alone_is_refused_before_a_model_is_asked(library):
    library.add([share()])
    teacher = Teacher(conditions=[BETTER])
    found = refined(library, teacher, Evidence({"Anna's": "unretrieved", "Ben's": "positive"}))
    assert found.note == "refused: one problem alone asks for another condition, none is left to check it on"
    assert teacher.asked == []


def test_clauses_are_asked_for_the_tasks_that_choose_alone(library):
    library.add([share()])
    asked: list[str] = []

    class Listening(Teacher):
        def _said(self, kind: str, text: str) -> str:
            asked.extend([text] if kind == "clause" else [])
            return super()._said(kind, text)

    refined(library, Listening(conditions=[BETTER]))
    halves = MISSED.halves(4)
    for name in halves.choosing:
        assert any(f"{name} sells" in text for text in asked)
    for name in halves.checking:
        assert not any(f"{name} sells" in text for text in asked)


def test_a_condition_beyond_the_longest_is_refused_with_that_reason(library):
    library.add([share()])
    found = refined(library, Teacher(conditions=[BETTER]), longest=30)
    assert not found.is_accepted
    assert f"a condition has {len(BETTER)} characters, more than 30" in found.note


def test_a_solved_task_that_finds_it_now_and_gets_worse_refuses_it(library):
    def misled(request: ChatRequest) -> str:
        asked = request.messages[-1].content
        reply = answers(request)
        is_free = "At least" not in asked.split("sells lemonade")[-1]
        return reply.replace("<= minutes", "<= minutes - 1") if "sum of the decisions" in asked and is_free else reply

    library.add([share()])
    found = refined(library, Teacher(conditions=[BROAD]), student=student(misled))
    assert not found.is_accepted
    assert "was solved before, finds it, and is not solved with it" in found.note


HELPED = 'Applies for "Anna" and "Ben".'
MORE = {f"{name}'s": kiosk(f"{name}'s", 180 + 30 * place) for place, name in enumerate(("Ira", "Jon", "Kai", "Liv"))}


def test_two_problems_gained_do_not_make_up_for_one_that_is_lost(library):
    library.add([share(HELPED)])
    roles = dict.fromkeys((*NAMES[2:], *MORE), "unretrieved") | dict.fromkeys(NAMES[:2], "positive")
    learning = evolution(
        library, Teacher(conditions=['Applies when it is about "Cleo", "Dan", "Ira", "Jon", "Kai" or "Liv".'])
    ).learning
    evidence = Evidence(roles, dict.fromkeys(roles, 1))
    found = run_sync(Refiner(learning, KIOSKS | MORE, 600, replayed=4).refine(library.entry("share"), evidence, 1))
    assert not found.is_accepted
    [helped] = [task for task, role in evidence.halves(4).choosing.items() if role == "positive"]
    assert found.note == (
        f"refused: no condition of 1 finds better: 2 of 3 (before: 1, {helped} no more) of those that chose it"
    )


def test_of_two_conditions_the_one_that_loses_nothing_is_taken(library):
    library.add([share(HELPED)])
    roles = dict.fromkeys((*NAMES[2:], *MORE), "unretrieved") | dict.fromkeys(NAMES[:2], "positive")
    losing = 'Applies when it is about "Cleo", "Dan", "Ira", "Jon", "Kai" or "Liv".'
    evidence = Evidence(roles, dict.fromkeys(roles, 1))
    learning = evolution(library, Teacher(conditions=[losing, BETTER])).learning
    found = run_sync(Refiner(learning, KIOSKS | MORE, 600, replayed=4).refine(library.entry("share"), evidence, 1))
    assert found.effects.changes[0].insights["share"].condition == BETTER


def test_a_problem_that_was_solved_with_it_and_finds_it_no_more_is_tried_again(library):
    library.add([share('Applies for "Ira".')])
    learning = evolution(library, Teacher(conditions=['Applies for "Anna", "Ben", "Cleo" or "Dan".'])).learning
    learning.journal.add(TaskRecord(iteration=0, task="Ira's", solved=True, outcome="solved", used=("share",)))
    found = run_sync(Refiner(learning, KIOSKS | MORE, 600, replayed=4).refine(library.entry("share"), MISSED, 1))
    assert not found.is_accepted
    assert found.note.endswith("Ira's was solved before, and is not solved without what it replaces")


def test_a_problem_that_finds_it_no_more_and_is_solved_all_the_same_does_no_harm(library):
    library.add([share('Applies for "Eve".')])
    learning = evolution(library, Teacher(conditions=['Applies for "Anna", "Ben", "Cleo" or "Dan".'])).learning
    learning.journal.add(TaskRecord(iteration=0, task="Eve's", solved=True, outcome="solved", used=("share",)))
    found = run_sync(Refiner(learning, KIOSKS | FREE, 600, replayed=4).refine(library.entry("share"), MISSED, 1))
    assert found.is_accepted


def test_what_misled_is_found_no_more_and_what_helped_still_is(library):
    library.add([trap()])
    seen = {**dict.fromkeys(FREE, "negative"), "Anna's": "positive", "Ben's": "positive"}
    narrow = 'Applies when there are "minutes". Does not apply when the text lacks a share: "made. What earns".'
    asks_share = 'Applies when the text says "At least".'
    found = refined(library, Teacher(trap_conditions=[narrow, asks_share]), Evidence(seen), "trap")
    assert found.is_accepted
    assert "3 of 3 (before: 1) held-out problems" in found.note


def test_a_quarantined_insight_is_active_again_with_another_condition(library):
    library.add([share(status="quarantined")])
    write(refined(library, Teacher(conditions=[BETTER])).effects, library)
    assert library.entry("share").insight.status == "active"


def test_a_replay_changes_nothing_in_the_library(library):
    library.add([share()])
    replay = Replay(evolution(library, Teacher()).learning, KIOSKS)
    assert run_sync(replay.rightly(share(BETTER), MISSED.roles)) == set(NAMES)
    assert not run_sync(replay.rightly(share(), MISSED.roles))
    assert library.store.number() == 1
    assert library.entry("share").insight == share()


def test_an_insight_that_somebody_edits_meanwhile_stays_theirs(library):
    library.add([share()])
    found = refined(library, Teacher(conditions=[BETTER]))
    theirs = library.entry("share")
    library.change(theirs, theirs.insight.model_copy(update={"title": "by hand"}))
    [left_out] = write(found.effects, library)
    assert left_out.kind == "refine"
    assert library.entry("share").insight.title == "by hand"
