"""Optimal answers are tested without any model; what is found advises."""

from collections.abc import Callable
from typing import Any

from steepest.agents.modeling import solve_problem
from steepest.solvers.battery.report import BatteryBudget
from tests.agents.modeling.test_problems import INFEASIBLE, TOO_MANY_ORDERS

BACKWARDS = """\
parameters:
  capacity = 40   # [loaf] "can bake at most 40 loaves"
  cost = 3   # [$/loaf] "costs $3"
variables:
  bake: integer >= 0   # [loaf]
maximize: cost * bake   # [$] total cost
constraints:
  oven: bake <= capacity
"""
TEXT = "A baker can bake at most 40 loaves, and each costs $3. What is the least total cost?"


def test_a_right_answer_is_tested_and_nothing_stands_against_it(
    script: Callable[..., Any], bakery: str, bakery_five: str
) -> None:
    answer = solve_problem(bakery, script(bakery_five))

    assert answer.battery is not None
    assert answer.battery.is_clean
    assert "nothing stands against the answer" in answer.explanation


def test_a_finding_is_told_and_the_answer_stays(script: Callable[..., Any]) -> None:
    answer = solve_problem(TEXT, script(BACKWARDS))

    assert answer.outcome == "solved"
    assert answer.battery is not None
    assert any("cost" in finding.elements for finding in answer.battery.findings)
    assert "Look at these before you rely on the answer" in answer.explanation
    assert len(answer.transcript) == 1


def test_without_a_budget_nothing_is_tested(script: Callable[..., Any], bakery: str, bakery_five: str) -> None:
    answer = solve_problem(bakery, script(bakery_five), tests=None)

    assert answer.battery is None
    assert "test" not in [step.name for step in answer.steps]


def test_what_the_budget_has_no_room_for_is_told_as_undecided(
    script: Callable[..., Any], bakery: str, bakery_five: str
) -> None:
    answer = solve_problem(bakery, script(bakery_five), tests=BatteryBudget(solves=2))

    assert answer.outcome == "solved"
    assert "undecided" in answer.explanation


def test_an_infeasible_problem_is_not_tested(script: Callable[..., Any]) -> None:
    answer = solve_problem(TOO_MANY_ORDERS, script(INFEASIBLE.format(capacity=40), "REALLY: too many."))

    assert answer.battery is None
