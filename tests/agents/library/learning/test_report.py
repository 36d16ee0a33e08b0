"""The page and the figures of a run."""

import re

from steepest.agents.library.learning.effects import Accepted, Effects
from steepest.agents.library.learning.figures import figures_of
from steepest.agents.library.learning.journal import Refusal, TaskRecord
from steepest.agents.library.learning.report import report_page
from steepest.agents.library.learning.run_folder import LearningEntry
from tests.agents.library.insights import insight

ENTRY = LearningEntry(library="lib.db", model="small", teacher="large", settings={}, tasks={"a": "1", "b": "2"})
HOSTILE = "<script>alert(1)</script>"


def record(task: str, iteration: int = 0, **fields) -> TaskRecord:
    return TaskRecord(**{"iteration": iteration, "task": task, "solved": True, "outcome": "solved", **fields})


LEARNED = Effects(accepted=(Accepted(insight=insight("x"), reason="proven"),))
REFUSED = (Refusal(id="y", title=HOSTILE, reason="no"),)
RECORDS = [
    record("a", solved=False, value=3.5, size=1, effects=LEARNED),
    record("b", used=("x",), helped=("x",), size=1),
    record("a", 1, size=1),
    record("b", 1, solved=False, outcome="not_formulated", refused=REFUSED, size=1),
]


def test_figures_are_counted_by_iteration():
    first, second = figures_of(RECORDS)
    assert (first.tasks, first.solved, first.learned, first.helped, first.size) == (2, 1, 1, 1, 1)
    assert (second.solved, second.refused, second.share) == (1, 1, 0.5)


def test_the_page_draws_both_curves_with_where_an_iteration_begins():
    page = report_page(RECORDS, ENTRY, {"x": "flows"})
    assert page.count("<svg") == 2
    assert page.count('class="border"') == 2
    assert "flows, which helped" in page
    assert "taught by large" in page


def test_what_a_model_says_is_only_shown():
    page = report_page(RECORDS, ENTRY, {"x": HOSTILE})
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page


def test_a_run_without_a_task_yet_has_a_page():
    assert "No task is done" in report_page([], ENTRY, {})


def test_the_page_loads_nothing():
    page = report_page(RECORDS, ENTRY, {})
    assert not re.search(r"https?://|src=|@import|url\(", page)


def test_many_tasks_give_a_small_picture():
    many = [record(f"t{number}", size=number // 10) for number in range(5_000)]
    page = report_page(many, ENTRY, {})
    assert len(page.split("</svg>")[0]) < 60_000
