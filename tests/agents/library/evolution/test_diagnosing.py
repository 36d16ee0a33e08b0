"""What a failure comes from, and what counts of what a model says about it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from steepest.agents.library.evolution.diagnoses import Judged
from steepest.agents.library.learning.journal import TaskRecord
from steepest.agents.library.library import Library
from steepest.agents.library.tasks import LibraryTask
from steepest.agents.llm import ChatRequest
from steepest.agents.llm.chat import run_sync
from tests.agents.library.evolution.world import Teacher, answers, evolution, share, trap
from tests.agents.library.insights import ids
from tests.agents.library.learning.kiosks import RIGHT, TAUGHT, WRONG, free_kiosk, kiosk, minutes_of, student


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library.db", author="learn", run="r") as opened:
        yield opened


def diagnosed(library: Library, teacher: Teacher, task=None, **given) -> TaskRecord:
    [record] = run_sync(evolution(library, teacher, **given).learn([task or kiosk("Anna's")], 1))
    return record


def told_free_kiosk() -> LibraryTask:
    """With a right formulation."""
    return free_kiosk("Free").model_copy(update={"gold": WRONG.format(minutes=60)})


def test_an_insight_that_was_not_found_and_solves_the_task_is_told_and_nothing_is_extracted(library):
    library.add([share()])
    teacher = Teacher()
    record = diagnosed(library, teacher)
    assert not record.solved
    assert record.diagnosis.issues[0].issue == "The share of lemonade is left out."
    assert record.diagnosis.issues[0].evidence.startswith("At least 25%")
    assert record.diagnosis.unretrieved == ("share",)
    assert record.diagnosis.tried == 1
    assert "extract" not in teacher.asked


def test_what_no_insight_solves_is_learned_from_as_in_the_first_iteration(library):
    teacher = Teacher(taught=TAUGHT)
    record = diagnosed(library, teacher)
    assert record.diagnosis.unretrieved == ()
    assert len(record.learned) == 1
    assert ids(library) == list(record.learned)


def test_an_insight_that_misled_counts_as_negative_when_the_task_is_solved_without_it(library):
    library.add([trap()])
    record = diagnosed(library, Teacher(verdicts={"trap": "negative"}), free_kiosk("Free"))
    assert record.diagnosis.is_borne_out
    assert record.diagnosis.negative == record.hurt == ("trap",)
    assert record.diagnosis.judged == {"trap": Judged(verdict="negative", reason="so")}
    assert library.entry("trap").usage.hurt == 1


def test_of_several_only_the_ones_that_misled_are_counted(library):
    library.add([trap(), share('Applies when there are "minutes".')])
    record = diagnosed(library, Teacher(verdicts={"trap": "negative"}), free_kiosk("Free"))
    assert set(record.used) == {"trap", "share"}
    assert record.hurt == ("trap",)
    assert record.diagnosis.positive == ("share",)
    assert library.entry("share").usage.hurt == 0


def test_a_judgement_that_a_new_formulation_does_not_bear_out_does_not_count(library):
    library.add([trap(), share('Applies when there are "minutes".')])
    record = diagnosed(library, Teacher(verdicts={"share": "negative"}), told_free_kiosk(), compares=False)
    assert not record.diagnosis.is_borne_out
    assert record.diagnosis.negative == ()
    assert record.hurt == ()
    assert library.entry("share").usage.hurt == 0


def test_where_none_is_called_negative_all_that_were_left_out_misled(library):
    library.add([trap()])
    record = diagnosed(library, Teacher(verdicts={"trap": "irrelevant"}), free_kiosk("Free"))
    assert record.diagnosis.negative == ("trap",)


def test_a_judgement_that_can_not_be_read_counts_nothing(library):
    library.add([trap()])

    class Silent(Teacher):
        def _said(self, kind: str, asked: str) -> str:
            return "I would rather not say." if kind == "judge" else super()._said(kind, asked)

    record = diagnosed(library, Silent(), free_kiosk("Free"))
    assert record.diagnosis.judged == {}
    assert record.hurt == ("trap",)  # measured without it


def test_sets_of_insights_that_are_tried_are_bounded(library):
    library.add([share(f'Applies when the text says "percent {n}".', id=f"x{n}", explanation="no") for n in range(9)])
    assert diagnosed(library, Teacher(), candidates=9, sets=4).diagnosis.tried == 4


def test_where_the_teacher_names_no_cause_the_problem_itself_is_looked_for(library):
    library.add([share()])
    record = diagnosed(library, Teacher(issues="none"))
    assert record.diagnosis.issues == ()
    assert record.diagnosis.unretrieved == ("share",)


def test_two_issues_are_made_up_for_by_two_insights_when_no_single_one_does(library):
    halves = {"sum": "a share is of the sum", "decisions": "of the decisions"}
    library.add([share(f'Applies to "{name}".', id=name, explanation=text) for name, text in halves.items()])

    def both(request: ChatRequest) -> str:
        asked = request.messages[-1].content
        if "Which of it applies" in asked:
            return answers(request)
        is_right = all(text in asked for text in halves.values())
        return (RIGHT if is_right else WRONG).format(minutes=minutes_of(request))

    two = Teacher(issues="issue: The share of the sum is left out.\nissue: The decisions are left out.")
    record = diagnosed(library, two, student=student(both))
    assert len(record.diagnosis.issues) == 2
    assert set(record.diagnosis.unretrieved) == {"sum", "decisions"}


def test_an_insight_solves_a_task_only_if_it_does_so_every_time(library):
    library.add([share()])

    def sometimes(request: ChatRequest) -> str:
        return answers(request) if request.sample == 0 else WRONG.format(minutes=minutes_of(request))

    assert diagnosed(library, Teacher(), student=student(sometimes), proofs=3).diagnosis.unretrieved == ()


def test_a_right_formulation_that_was_found_before_is_not_looked_for_again(library):
    library.add([share()])
    teacher = Teacher()
    online = evolution(library, teacher)
    task = kiosk("Anna's")
    journal = online.learning.journal
    journal.add(TaskRecord(iteration=0, task="Anna's", solved=False, outcome="solved", right=task.gold))
    [record] = run_sync(online.learn([task.model_copy(update={"gold": None})], 1))
    assert "explore" not in teacher.asked
    assert record.diagnosis.unretrieved == ("share",)
    assert record.right is not None


def test_the_formulation_without_insights_is_the_right_one_where_they_hurt(library):
    library.add([trap()])
    teacher = Teacher(verdicts={"trap": "negative"})
    record = diagnosed(library, teacher, free_kiosk("Free"))
    assert "explore" not in teacher.asked
    assert "maximize" in record.right


def test_a_task_without_any_right_formulation_is_noted(library):
    record = diagnosed(library, Teacher(), kiosk("Anna's").model_copy(update={"gold": None}), rounds=1)
    assert record.diagnosis is None
    assert record.note == "no right formulation was found"
