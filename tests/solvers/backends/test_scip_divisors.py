"""Divisors that touch or cross 0: SCIP's answer is that of trying all whole numbers."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Solution
from steepest.solvers.solve import solve_formulation

pytest.importorskip("pyscipopt", reason="needs SCIP (extra `nonlinear`)")

Linear = tuple[int, int, int]
COMPARISONS: dict[str, Callable[[Fraction, int], bool]] = {
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}
LINEAR = st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.integers(-5, 6))
RATIO = st.tuples(LINEAR, LINEAR, st.sampled_from(list(COMPARISONS)), st.integers(-3, 3))


def solved(text: str) -> Solution:
    return solve_formulation(Formulation.from_text(text), options=SolveOptions(time_limit=20))


def written(linear: Linear) -> str:
    return f"({linear[0]} * x + {linear[1]} * y + {linear[2]})"


def at(linear: Linear, x: int, y: int) -> int:
    return linear[0] * x + linear[1] * y + linear[2]


def reachable(ratios: list[tuple[Linear, Linear, str, int]]) -> Iterator[tuple[int, int]]:
    for x, y in product(range(-1, 3), repeat=2):
        tops_and_bottoms = [(at(top, x, y), at(bottom, x, y), sign, limit) for top, bottom, sign, limit in ratios]
        if all(low and COMPARISONS[sign](Fraction(high, low), limit) for high, low, sign, limit in tops_and_bottoms):
            yield x, y


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LINEAR, st.lists(RATIO, min_size=1, max_size=2))
def test_the_answer_is_that_of_trying_all(goal: Linear, ratios: list[tuple[Linear, Linear, str, int]]) -> None:
    rows = [
        f"  c{n}: {written(top)} / {written(bottom)} {sign} {limit}"
        for n, (top, bottom, sign, limit) in enumerate(ratios)
    ]
    head = "variables:\n  x: integer in -1..2\n  y: integer in -1..2\n"
    solution = solved(f"{head}maximize: {written(goal)}\nconstraints:\n" + "\n".join(rows) + "\n")
    best = max((at(goal, *point) for point in reachable(ratios)), default=None)
    if best is not None:
        assert (solution.status, solution.objective) == ("optimal", pytest.approx(best, abs=1e-5))
    elif all(any(bottom[:2]) for _, bottom, _, _ in ratios):  # a division by a constant 0 is refused
        assert solution.status == "infeasible"


FEE = "variables:\n  arrivals: real in 0..10\n  fee: real in 0..3\nmaximize: fee\nconstraints:\n  margin: "


@pytest.mark.parametrize(
    "margin",
    [
        "fee / (10 - arrivals) >= 0",
        "fee / (9 - arrivals) >= 0",
        "fee * (10 - arrivals)**-1 >= 0",
        "fee * (10 - arrivals)**-0.5 >= 0",
        "fee * (9 - arrivals)**-2 >= 0",
        "fee / ((10 - arrivals) * (1 + arrivals)) >= 0",
    ],
)  # fmt: skip
def test_a_divisor_of_real_variables_that_comes_to_zero_hides_no_answer(margin: str) -> None:
    solution = solved(FEE + margin)
    assert (solution.status, solution.objective) == ("optimal", pytest.approx(3, abs=1e-5))


RATIO_OF_WHOLE_NUMBERS = """\
variables:
  x: integer in -1..2
  y: integer in -1..2
  b: binary
maximize: (x - 4 * y - 2 * b + 5) / (3 * x + 3 * y + 4)
constraints:
  c0: -3 * x - 3 * b <= 0
  c1: (x - 4 * y - 2 * b + 5) / (3 * x + 3 * y + 4) >= 0
"""


def test_a_divisor_of_whole_numbers_that_is_never_zero_is_kept_a_step_away_from_it() -> None:
    solution = solved(RATIO_OF_WHOLE_NUMBERS)
    assert (solution.status, solution.objective) == ("optimal", pytest.approx(9))


def test_a_divisor_that_is_always_zero_makes_the_whole_infeasible() -> None:
    text = "variables:\n  x: real in 0..1\n  y: real in 0..0\nmaximize: x\nconstraints:\n  c: x / y <= 1"
    assert solved(text).status == "infeasible"


def test_an_optimum_that_only_a_divisor_of_zero_would_reach_is_not_told_as_one() -> None:
    text = "variables:\n  x: real in -1..1\nminimize: x\nconstraints:\n  c: 1 / x >= 1"
    solution = solved(text)
    assert (solution.status, solution.objective) == ("failed", None)


def test_a_semicontinuous_divisor_may_be_zero() -> None:
    text = "variables:\n  x: semicontinuous in 2..5\n  y: real in 0..4\nminimize: x\nconstraints:\n  c: y / x >= 1"
    solution = solved(text)
    assert (solution.status, solution.objective) == ("optimal", pytest.approx(2, abs=1e-5))


def test_the_largest_quotient_of_a_divisor_on_either_side_of_zero_is_found() -> None:
    text = "variables:\n  y: integer in 0..2\nmaximize: 1 / (2 * y - 2)\nconstraints:\n  c: 2 * y <= 5"
    solution = solved(text)
    assert (solution.status, solution.objective) == ("optimal", pytest.approx(0.5, abs=1e-6))


def test_a_product_with_a_sum_in_it_loses_no_optimum() -> None:
    text = (
        "variables:\n  x: integer in -2..0\n  y: integer in -1..2\n  t: real in -12..12\n"
        "maximize: 5 - 2 * x - 3 * y\nconstraints:\n  c0: t * (x - y + 4) == 2 * y - 4\n  c1: t <= 0\n  c2: -2 * x >= 3"
    )
    assert solved(text).objective == pytest.approx(12, abs=1e-5)
