"""Ordered sets with lags, index tuples of several sets, sparse sets: compiled and solved alike on every back end."""

import pytest

from steepest.solvers.backends.pyomo_solvers import solvers_found
from steepest.solvers.backends.scip import is_installed as scip_is_installed
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation

SOLVERS = [
    "highs",
    *(["scip"] if scip_is_installed() else []),
    *(name for name in ("appsi_highs", "cbc", "glpk") if name in solvers_found()),
]

LAGS = """\
sets:
  Month = {Jan, Feb, Mar, Apr}
parameters:
  sold[Month] = [3, 9, 4, 8]
variables:
  make[Month]: integer in 0..7
  stock[Month]: real >= 0
minimize: sum(stock[t] for t in Month) + sum(make[t] for t in Month)
constraints:
  first_month: stock[Jan] == make[Jan] - sold[Jan]
  carry[t in Month if t > first(Month)]: stock[t] == stock[t-1] + make[t] - sold[t]
"""
CYCLE = """\
sets:
  Day = cyclic {Mon, Tue, Wed, Thu}
parameters:
  need[Day] = [2, 5, 1, 4]
variables:
  start[Day]: integer in 0..9
minimize: sum(start[d] for d in Day)
constraints:
  cover[d in Day]: start[d] + start[d-1] >= need[d]
"""
TUPLES = """\
sets:
  Plant = {p, q}
  Good = {x, y}
  Month = 1..2
  Arc = {(p, q), (q, p)}
  Job = {(a, g, m) for a in Plant for g in Good for m in Month if m > 1 or g == x}
parameters:
  price[Plant, Good] = {p: {x: 3, y: 4}, q: {x: 2, y: 7}}
variables:
  make[Job]: integer in 0..5
  send[(i, j) in Arc, g in Good]: real in 0..2
minimize: sum(price[a, g] * make[a, g, m] for (a, g, m) in Job) + sum(send[i, j, g] for (i, j) in Arc for g in Good)
constraints:
  met[a in Plant, g in Good]: sum(make[b, h, m] for (b, h, m) in Job if b == a and h == g) + sum(send[i, j, g] for (i, j) in Arc if j == a) - sum(send[i, j, g] for (i, j) in Arc if i == a) >= 3
"""  # noqa: E501  # a line of the language


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize(("text", "objective"), [(LAGS, 27), (CYCLE, 9), (TUPLES, 44)], ids=["lags", "cycle", "tuples"])
def test_every_back_end_solves_it(text: str, objective: float, solver: str) -> None:
    solution = Formulation.from_text(text).solve(solver=solver)
    assert solution.status == "optimal"
    assert solution.objective == pytest.approx(objective)


def test_a_strict_inequality_is_refused_with_what_to_write() -> None:
    text = "variables:\n  x: integer in 0..5\n  y: integer in 0..5\nmaximize: x\nconstraints:\n  c: x < y\n"
    with pytest.raises(FormulationError, match="strict") as refused:
        Formulation.from_text(text)
    assert refused.value.diagnostics[0].repair == "write `x <= y`; between integers `x <= y - 1`"


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_strict_inequality_in_a_condition_is_met_strictly(solver: str) -> None:
    text = """\
variables:
  x: integer in 0..5
  y: integer in 0..5
maximize: x + y
constraints:
  c: implies(x > 2, y <= 1)
"""
    assert Formulation.from_text(text).solve(solver=solver).objective == 7
