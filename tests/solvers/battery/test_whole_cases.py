"""The battery on what has no arrays: nonlinear problems, schedules, and several objectives."""

import pytest

from steepest.solvers.battery.battery import run_battery
from steepest.solvers.battery.report import Asserted, BatteryBudget, BatteryReport
from steepest.solvers.control import SolveControl
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution

BOX = """
# The largest volume of boxes
parameters:
  paper = 40   # [m^2] "at most 40 square meters of paper"
  boxes_ordered = 1   # "at least one box"
variables:
  side: real in 1..4   # [m]
  height: real in 1..4   # [m]
  boxes: integer in 0..5
maximize: side * side * height * boxes   # "the largest volume"
constraints:
  sheet: side * height * boxes <= paper
  ordered: boxes >= boxes_ordered
"""
RANKED = """
parameters:
  hours = 8   # [h] "at most 8 hours"
  value = 3
variables:
  a: integer in 0..9
  b: integer in 0..9
maximize[1]: value * a + 2 * b   # "maximize the value"
minimize[2]: a   # "as few as possible"
constraints:
  time: a + b <= hours
"""
APPLY = {"sense", "limits", "relaxation", "row removal", "homogeneity"}


def battery_on(text: str, *changes: tuple[str, str], **options: object) -> BatteryReport:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return run_battery(Formulation.from_text(text), **options)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _scip() -> None:
    pytest.importorskip("pyscipopt")


@pytest.mark.parametrize("text", [BOX, RANKED], ids=["nonlinear", "ranked"])
def test_right_models_pass_the_tests_of_any_class(text: str) -> None:
    report = battery_on(text)

    assert report.is_clean
    assert {each.test for each in report.tests if each.outcome == "passed"} >= APPLY - {"sense", "relaxation"}
    assert {each.test for each in report.tests if each.outcome == "undecided"} == set()


def test_what_needs_arrays_is_not_applicable_for_one_reason() -> None:
    report = battery_on(BOX)

    others = [each for each in report.tests if each.test not in APPLY]
    assert {each.outcome for each in others} == {"not_applicable"}
    assert len({each.reason for each in others}) == 1


def test_an_upper_limit_that_limits_from_below_is_told() -> None:
    report = battery_on(BOX, ("<= paper", ">= paper"))

    assert [(each.test, each.basis) for each in report.findings] == [("limits", "words")]
    assert report.findings[0].elements[0] == "paper"
    assert report.findings[0].confirmed


def test_an_objective_that_is_turned_round_is_told_by_its_words() -> None:
    report = battery_on(RANKED, ("maximize[1]", "minimize[1]"))

    assert "sense" in {each.test for each in report.findings}


def test_an_answer_that_is_not_the_best_contradicts_other_answers() -> None:
    claimed = Solution(status="optimal", objective=20.0)
    report = battery_on(BOX, solution=claimed)

    assert "homogeneity" in {each.test for each in report.contradictions}


def test_a_parameter_that_is_more_than_a_limit_is_not_judged() -> None:
    report = battery_on(BOX, ("maximize: side", "maximize: paper * side"))

    assert report.is_clean


def test_what_the_caller_asserts_is_held_against_the_model() -> None:
    report = battery_on(BOX, asserted=Asserted(roles={"boxes_ordered": "upper limit"}))

    assert {each.test for each in report.contradictions} == {"limits"}


def test_logic_is_not_relaxed() -> None:
    report = battery_on(BOX, ("  ordered:", "  odd: either(boxes <= 1, boxes >= 3)\n  ordered:"), tests=("relaxation",))

    assert [each.outcome for each in report.tests] == ["not_applicable"]


def test_a_spent_budget_and_a_cancel_leave_tests_undecided() -> None:
    control = SolveControl()
    control.cancel()

    assert {each.outcome for each in battery_on(BOX, control=control).tests} == {"undecided"}
    spent = battery_on(BOX, budget=BatteryBudget(solves=1), tests=("row removal",))
    assert [each.outcome for each in spent.tests] == ["undecided"]
