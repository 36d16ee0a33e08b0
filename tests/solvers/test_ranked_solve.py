"""Objectives by rank: on the back end that takes each of them, nothing lost of those before."""

import pytest

from steepest.solvers.backends import scip
from steepest.solvers.backends.ranking import ranked_objectives
from steepest.solvers.formulation import Formulation

LOGICAL = """\
sets:
  P = {a, b, c}
parameters:
  value[P] = {a: 3, b: 4, c: 7}
  risk[P] = {a: 1, b: 3, c: 5}
variables:
  take[P]: binary
  n: integer in 0..4
maximize[1]: sum(value[p] * take[p] for p in P) + n
minimize[2]: sum(risk[p] * take[p] for p in P)
minimize[3]: abs(n - 2) * take[c]
constraints:
  apart: implies(take[a] == 1, take[b] == 0)
  few: n * take[a] <= 2
"""


@pytest.fixture
def without_scip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scip, "is_installed", lambda: False)


@pytest.mark.usefixtures("without_scip")
def test_ranks_over_logic_and_products_are_solved_by_highs() -> None:
    solution = Formulation.from_text(LOGICAL).solve()
    assert solution.solver.startswith("HiGHS")
    assert [each.value for each in solution.objectives] == [15, 8, 2]
    assert (solution.objective, solution.status, solution.gap) == (15, "optimal", 0)


@pytest.mark.usefixtures("without_scip")
def test_a_minimax_rank_is_held_while_the_next_is_solved() -> None:
    text = """\
sets:
  J = 1..4
  M = {left, right}
parameters:
  hours[J] = [3, 5, 2, 6]
  price[J, M] = {1: {left: 4, right: 1}, 2: {left: 2, right: 3}, 3: {left: 5, right: 5}, 4: {left: 1, right: 9}}
variables:
  on[J, M]: binary
minimize[1]: max(sum(hours[j] * on[j, m] for j in J) for m in M)
minimize[2]: sum(price[j, m] * on[j, m] for j in J for m in M)
constraints:
  once[j in J]: sum(on[j, m] for m in M) == 1
"""
    solution = Formulation.from_text(text).solve()
    assert [each.value for each in solution.objectives] == [8, 10]
    assert {each.name for each in solution.binding} <= {"once"}


@pytest.mark.usefixtures("without_scip")
def test_a_rank_of_weighted_objectives_is_their_sum() -> None:
    text = """\
variables:
  x: real in 0..10
  y: real in 0..10
maximize[1] weight 2: x
minimize[1] weight 3: y
maximize[2]: y
constraints:
  c: x <= 4 + y
"""
    formulation = Formulation.from_text(text)
    (first, second) = ranked_objectives(formulation)
    assert str(first.expression) == "2.0 * x + -3.0 * y"
    assert second.unit is None
    solution = formulation.solve()
    assert (solution.value("x"), solution.value("y")) == (4, 0)


def test_a_rank_that_only_scip_takes_does_not_take_the_others_from_highs() -> None:
    text = "variables:\n  x: real in 0..6\n  y: real in 0..6\nmaximize[1]: x + y\nmaximize[2]: x * y\n"
    solution = Formulation.from_text(text + "constraints:\n  c: x + y <= 7").solve()
    assert solution.objective == pytest.approx(7, abs=1e-6)
    assert solution.objectives[1].value == pytest.approx(12.25, abs=1e-4)


def test_the_time_limit_is_that_of_all_ranks(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[float | None] = []
    from steepest.solvers import class_solve

    solve = class_solve.solve_compiled

    def noted(model, options, *rest):  # type: ignore[no-untyped-def]
        limits.append(options.time_limit)
        return solve(model, options, *rest)

    monkeypatch.setattr(class_solve, "solve_compiled", noted)
    Formulation.from_text(LOGICAL).solve(time_limit=60)
    assert len(limits) == 3
    assert all(limit is not None for limit in limits)
    assert limits == sorted(limits, reverse=True)  # type: ignore[type-var]


@pytest.mark.parametrize("size", [1e-5, 1, 1e5], ids=["tiny", "one", "large"])
def test_a_curved_rank_is_held_in_proportion_to_its_size(size: float) -> None:
    pytest.importorskip("pyscipopt")
    text = f"variables:\n  x: real in 0..4\nminimize[1]: {size} * (1 + (x - 2)**2)\nmaximize[2]: x\n"

    solution = Formulation.from_text(text).solve()

    assert solution.status == "optimal"
    assert solution.objectives[0].value == pytest.approx(size, rel=5e-6)
    assert solution.value("x") == pytest.approx(2, abs=3e-3)


def test_a_curved_rank_of_zero_is_held_beside_the_next() -> None:
    pytest.importorskip("pyscipopt")
    text = "variables:\n  x: real in 0..4\nminimize[1]: (x - 2)**2\nmaximize[2]: x\n"

    solution = Formulation.from_text(text).solve()

    assert solution.status == "optimal"
    assert solution.value("x") == pytest.approx(2, abs=3e-3)
