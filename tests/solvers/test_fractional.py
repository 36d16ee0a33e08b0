"""Ratios of linear sums, solved by linear problems and judged by trying every answer."""

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steepest.solvers import fractional
from steepest.solvers.answer import Answer
from steepest.solvers.array_solve import solve_arrays
from steepest.solvers.data.binding import bind
from steepest.solvers.formulation import Formulation
from steepest.solvers.fractional import read_ratio, solve_ratio
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Solution
from steepest.solvers.solve import solve_formulation

small = st.integers(-4, 6)
MODEL = """
variables:
  x: {domain} in 0..5
  y: {domain} in 0..5
let:
  used = {c} * x + {d} * y + {e}
  rate = ({a} * x + {b} * y) / used
{sense}: rate
constraints:
  least: x + y >= 1
  most: 2 * x + 3 * y <= {most}
"""


def solved(text: str, **options: float) -> Solution:
    return solve_formulation(Formulation.from_text(text), options=SolveOptions(**options))


@given(
    a=small, b=small, c=st.integers(0, 5), d=st.integers(0, 5), e=st.integers(1, 4), most=st.integers(3, 12),
    sense=st.sampled_from(["maximize", "minimize"]),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_the_best_ratio_of_whole_numbers_is_found(
    a: int, b: int, c: int, d: int, e: int, most: int, sense: str
) -> None:
    solution = solved(MODEL.format(domain="integer", a=a, b=b, c=c, d=d, e=e, most=most, sense=sense))
    points = [
        (a * x + b * y) / (c * x + d * y + e)
        for x, y in itertools.product(range(6), repeat=2)
        if x + y >= 1 and 2 * x + 3 * y <= most
    ]
    assert solution.status == "optimal"
    assert solution.objective == pytest.approx(max(points) if sense == "maximize" else min(points), abs=1e-7)
    assert "HiGHS" in solution.solver


@given(a=small, b=small, c=st.integers(0, 5), d=st.integers(0, 5), most=st.integers(3, 12))
@settings(max_examples=40, deadline=None)
def test_no_point_of_a_grid_is_better_than_the_answer_in_real_numbers(
    a: int, b: int, c: int, d: int, most: int
) -> None:
    solution = solved(MODEL.format(domain="real", a=a, b=b, c=c, d=d, e=1, most=most, sense="maximize"))
    grid = [place / 4 for place in range(21)]
    points = [
        (a * x + b * y) / (c * x + d * y + 1)
        for x, y in itertools.product(grid, repeat=2)
        if x + y >= 1 and 2 * x + 3 * y <= most
    ]
    assert solution.objective is not None
    assert solution.objective >= max(points) - 1e-7
    assert solution.bound == pytest.approx(solution.objective, abs=1e-7)
    x, y = solution.value("x"), solution.value("y")
    assert (a * x + b * y) / (c * x + d * y + 1) == pytest.approx(solution.objective)


def test_a_ratio_that_is_the_same_everywhere_is_proven_at_once() -> None:
    text = "variables:\n  x: real >= 1\n  y: real >= 0\nmaximize: (x + 2 * y) / (5 * x + 10 * y)"
    assert solved(text, time_limit=5).objective == pytest.approx(0.2)


def test_constraints_that_conflict_are_infeasible() -> None:
    text = "variables:\n  x: real in 1..5\nmaximize: x / (x + 1)\nconstraints:\n  c: x >= 6"
    assert solved(text).status == "infeasible"


@pytest.mark.parametrize(
    "text",
    [
        "variables:\n  x: real in -1..1\nmaximize: 1 / x",
        "variables:\n  x: real >= 0\nmaximize: x / (x + 1)",
    ],
    ids=["divisor through zero", "reached nowhere"],
)
def test_what_the_method_does_not_hold_for_is_left_to_another(text: str) -> None:
    formulation = Formulation.from_text(text)
    ratio = read_ratio(formulation, bind(formulation))
    assert ratio is not None
    assert solve_ratio(formulation, ratio, SolveOptions()) is None


@pytest.mark.parametrize("objective", ["x * x / (x + 1)", "x / (x * x + 1)", "x / (x + 1) + 1 / (x + 2)", "x"])
def test_what_is_no_ratio_of_linear_sums_is_not_taken_for_one(objective: str) -> None:
    formulation = Formulation.from_text(f"variables:\n  x: real in 0..3\nmaximize: {objective}")
    assert read_ratio(formulation, bind(formulation)) is None


@pytest.mark.parametrize("ended", [1, 2], ids=["at the first solve", "at a later one"])
def test_a_stop_ends_it_with_the_ratio_at_the_best_point_so_far(ended: int, monkeypatch: pytest.MonkeyPatch) -> None:
    solves = itertools.count(1)

    def stopping(*given: Any) -> Answer:
        answer = solve_arrays(*given)
        return replace(answer, status="interrupted") if next(solves) == ended else answer

    monkeypatch.setattr(fractional, "solve_arrays", stopping)
    solution = solved("variables:\n  x: real in 1..3\nmaximize: (2 * x + 1) / (x + 4)")
    assert solution.status == "interrupted"
    assert solution.objective == pytest.approx((2 * solution.value("x") + 1) / (solution.value("x") + 4))
    assert (solution.bound, next(solves)) == (None, ended + 1)  # and nothing else was tried
    assert "not proven" in solution.message


def test_a_stop_before_any_point_gives_no_objective(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fractional, "solve_arrays", lambda *_: Answer("time_limit", "stopped"))
    solution = solved("variables:\n  x: real in 1..3\nmaximize: (2 * x + 1) / (x + 4)")
    assert (solution.status, solution.objective, solution.message) == ("time_limit", None, "stopped")


@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e5])
def test_a_solvers_tolerances_do_not_keep_it_going(scale: float) -> None:
    text = (
        f"variables:\n  x: real in 0.001..7\n  y: real in 0.002..9\n"
        f"maximize: ({scale * 3.7:.10f} * x + {scale * 1.3:.10f} * y) / (0.31 * x + 0.77 * y)\n"
        "constraints:\n  c: x <= 3 * y"
    )
    formulation = Formulation.from_text(text)
    ratio = read_ratio(formulation, bind(formulation))
    assert ratio is not None
    answer = solve_ratio(formulation, ratio, SolveOptions())
    assert answer is not None
    assert answer.objective == pytest.approx(scale * (3 * 3.7 + 1.3) / (3 * 0.31 + 0.77), rel=1e-6)


def test_a_nonlinear_constraint_makes_it_another_problem() -> None:
    text = "variables:\n  x: real in 1..3\n  y: real in 1..3\nmaximize: x / y\nconstraints:\n  c: x * y >= 2"
    formulation = Formulation.from_text(text)
    assert read_ratio(formulation, bind(formulation)) is None


@pytest.mark.parametrize("sense", ["maximize", "minimize"])
def test_a_divisor_that_is_always_negative_needs_no_scip(sense: str) -> None:
    text = f"""\
variables:
  x: integer in 0..4
  y: integer in 0..4
{sense}: (2 * x + 3 * y) / (x - 2 * y - 5)
constraints:
  c: x <= 3
"""
    points = [(2 * x + 3 * y) / (x - 2 * y - 5) for x in range(4) for y in range(5)]
    solution = solved(text)
    assert "HiGHS" in solution.solver
    assert solution.objective == pytest.approx(max(points) if sense == "maximize" else min(points), abs=1e-7)


def test_a_divisor_that_constraints_alone_keep_from_zero_needs_no_scip() -> None:
    text = """\
variables:
  x: real
  y: real
minimize: (3 * x + y) / (x + y)
constraints:
  more: x + y >= 2
  most: x + y <= 9
  least: x >= 1
  side: y - x >= -3
"""
    solution = solved(text)
    assert "HiGHS" in solution.solver
    assert solution.objective == pytest.approx((3 * 1 + 8) / 9, abs=1e-7)
