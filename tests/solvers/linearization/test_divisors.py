"""Divisors whose sign other constraints keep."""

import pytest

from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution

KEPT_BY_ROWS = {
    "one row bounds it": ("x: real in 0..10; y: real", "r: x / y <= 3; a: y >= 2; b: y <= 8"),
    "a row below zero": ("x: real in 0..10; y: real", "r: x / y >= -3; a: y <= -1; b: y >= -2"),
    "a row over a sum": ("x: real in 0..10; y: real >= 0; z: real >= 0", "r: x / (y + z) <= 3; a: 2 <= y + z <= 3"),
    "two rows together": (
        "x: real in 0..10; y: real; z: real",
        "r: x / (y - z) <= 3; a: y - 2 * z >= 2; b: z >= 0; c: y <= 3",
    ),
    "rows of an index": (
        "x: real in 0..10; y[T]: real in 0..9",
        "r[t in T]: x / y[t] <= 3; a[t in T]: y[t] >= t; b: y[1] <= 2",
    ),
    "an earlier ratio": ("x: real in 0..10; y: real in 1..3; z: real in 0..3", "r: z / y >= 1; s: x / z <= 2"),
}
"""Variables, and constraints."""


def lines(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.split("; "))


def solved(variables: str, constraints: str, solver: str | None = None) -> Solution:
    text = f"sets:\n  T = 1..3\nvariables:\n{lines(variables)}maximize: x\nconstraints:\n{lines(constraints)}"
    return Formulation.from_text(text).solve(solver=solver)


@pytest.mark.parametrize(("variables", "constraints"), KEPT_BY_ROWS.values(), ids=KEPT_BY_ROWS)
def test_a_divisor_that_rows_keep_away_from_zero_is_multiplied_out(variables: str, constraints: str) -> None:
    solution = solved(variables, constraints, "highs")

    assert solution.status == "optimal"
    assert [step.kind for step in solution.steps][-1] == "ratio"


@pytest.mark.parametrize(("variables", "constraints"), KEPT_BY_ROWS.values(), ids=KEPT_BY_ROWS)
def test_the_multiplied_form_has_the_answer_of_the_ratio_as_it_is_written(variables: str, constraints: str) -> None:
    pytest.importorskip("pyscipopt")

    assert solved(variables, constraints, "highs").objective == pytest.approx(
        solved(variables, constraints, "scip").objective, abs=1e-5
    )


def test_a_divisor_that_may_be_zero_is_refused_with_what_would_help() -> None:
    solution = solved("x: real in 0..10; y: real in -5..5", "r: x / y <= 3; a: x + y >= 1", "highs")

    assert solution.status == "unsupported"
    assert "bounds or linear constraints that keep it away from 0" in solution.message


def test_a_divisor_that_may_be_zero_goes_to_scip() -> None:
    pytest.importorskip("pyscipopt")
    solution = solved("x: real in 0..10; y: real in -5..5", "r: x / y <= 3")

    assert solution.status == "optimal"
    assert solution.solver.startswith("SCIP")


def test_rows_that_have_no_answer_make_the_whole_infeasible() -> None:
    solution = solved("x: real in 0..10; y: real", "r: x / y <= 3; a: y >= 2; b: y <= 1", "highs")

    assert solution.status == "infeasible"
