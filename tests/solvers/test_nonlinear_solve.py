"""Formulations that HiGHS does not take: products, ratios, powers and functions of decisions, solved by SCIP."""

import math

import pytest

from steepest.solvers.backends import pyomo_solve, scip
from steepest.solvers.backends.raw_answer import RawAnswer
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Solution
from steepest.solvers.solve import solve_formulation

pytest.importorskip("pyscipopt", reason="needs SCIP (extra `nonlinear`)")

RANKED = """
variables:
  x: integer in 0..1000000
  y: integer in 0..1000000
maximize[1]: 1000000 * x + y   # [$]
minimize[2]: y   # [kg]
"""
MIX = """
sets:
  Crop = {maize, beans}
parameters:
  profit[Crop] = {maize: 3, beans: 5}
  water[Crop] = {maize: 1, beans: 4}
variables:
  area[Crop]: integer in 0..100
maximize: sum(profit[c] * area[c] for c in Crop) / sum(water[c] * area[c] for c in Crop)
constraints:
  enough: sum(area[c] for c in Crop) >= 10
  some_beans: area[beans] >= 2
"""

GARDEN = "variables:\n  w: real in 0..100\n  l: real in 0..100\nmaximize: w * l\nconstraints:\n  f: 2 * w + l <= 100"
TIN = """
variables:
  r: real in 0.1..9
  h: real in 0.1..9
minimize: r**2 + r * h
constraints:
  volume: r**2 * h == 16
"""


def solved(text: str) -> Solution:
    return solve_formulation(Formulation.from_text(text), options=SolveOptions(time_limit=30))


@pytest.mark.parametrize(
    ("text", "objective", "problem_class"),
    [
        (GARDEN, 1250, "QP"),
        ("variables:\n  x: integer\nminimize: (x - 2.4)**2", 0.16, "MIQP"),
        ("variables:\n  x: real in 1..9\n  y: real in 1..9\nminimize: x + y\nconstraints:\n  p: x * y >= 9", 6, "QCP"),
        ("variables:\n  x: real in 0..4\nmaximize: sqrt(x) - x / 4", 1, "NLP"),
        ("variables:\n  x: real in 0.5..4\nminimize: exp(x) - 2 * x", math.exp(math.log(2)) - 2 * math.log(2), "NLP"),
        (TIN, 12, "NLP"),
    ],
)  # fmt: skip
def test_a_nonlinear_problem_has_its_global_optimum(text: str, objective: float, problem_class: str) -> None:
    solution = solved(text)
    assert (solution.status, solution.problem_class) == ("optimal", problem_class)
    assert solution.objective == pytest.approx(objective, rel=1e-5)
    assert "SCIP" in solution.solver


def test_a_ratio_of_sums_is_solved_with_labels_and_whole_numbers() -> None:
    solution = solved(MIX)
    assert solution.status == "optimal"
    best = max(
        (3 * maize + 5 * beans) / (maize + 4 * beans)
        for maize in range(101)
        for beans in range(2, 101)
        if maize + beans >= 10
    )
    assert solution.objective == pytest.approx(best, rel=1e-5)
    assert solution.value("area", "beans") == 2


def test_no_values_that_meet_a_nonlinear_constraint_is_infeasible() -> None:
    text = "variables:\n  x: real in 0..2\n  y: real in 0..2\nminimize: x\nconstraints:\n  p: x * y >= 5"
    assert solved(text).status == "infeasible"


def test_a_nonconvex_objective_without_limit_is_unbounded() -> None:
    assert solved("variables:\n  x: real\nmaximize: x**2").status == "unbounded"


def test_an_answer_that_breaks_the_formulation_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    def lying(*_: object) -> RawAnswer:
        import numpy as np

        return RawAnswer("optimal", np.array([9.0, 9.0]), None, 81.0, 0.0, 0.1, "SCIP")

    monkeypatch.setattr("steepest.solvers.expression_solve.solve_with_scip", lying)
    text = "variables:\n  x: real in 0..9\n  y: real in 0..9\nmaximize: x * y + x**3\nconstraints:\n  c: x * y <= 4"
    solution = solved(text)
    assert solution.status == "failed"
    assert solution.objective is None


def test_the_scalar_reading_has_the_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyomo_solve, "violations", lambda instance, point: iter(["constraint c: broken"]))
    text = "variables:\n  x: real in 1..9\n  y: real in 1..9\nminimize: x + y\nconstraints:\n  c: x * y >= 9"
    assert "constraint c: broken" in solved(text).message


def test_a_lower_rank_takes_nothing_from_a_higher_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scip, "is_installed", lambda: False)  # linear objectives need none
    solution = solved(RANKED)
    assert (solution.value("x"), solution.value("y")) == (1_000_000, 1_000_000)
    assert [(each.sense, each.value, each.unit) for each in solution.objectives] == [
        ("maximize", 1e12 + 1e6, "$"),
        ("minimize", 1e6, "kg"),
    ]


def test_a_nonlinear_rank_is_held_and_every_objective_is_that_of_the_answer() -> None:
    text = "variables:\n  x: real in 0..6\n  y: real in 0..6\nmaximize[1]: x * y\nminimize[2]: x + y\n"
    solution = solved(text + "constraints:\n  c: x + y <= 6")
    x, y = solution.value("x"), solution.value("y")
    assert solution.objective == pytest.approx(x * y, abs=1e-9) == pytest.approx(9, abs=1e-5)
    assert solution.objectives[1].value == pytest.approx(x + y, abs=1e-9)


def test_a_lower_rank_without_limit_says_which_it_is_and_keeps_the_answer_so_far() -> None:
    text = "variables:\n  x: real >= 0\n  y: real in 0..1\nmaximize[1]: y\nmaximize[2]: x"
    solution = solved(text)
    assert solution.status == "unbounded"
    assert "objective 2 of 2" in solution.message
    assert solution.value("y") == 1


def test_without_scip_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scip, "is_installed", lambda: False)
    solution = solved(GARDEN)
    assert solution.status == "unsupported"
    assert "steepest[nonlinear]" in solution.message


def test_logic_over_decisions_goes_with_what_only_scip_takes() -> None:
    text = "variables:\n  x: real in 0..5\n  y: real in 0..5\nmaximize: sqrt(x) + sqrt(y)\nconstraints:\n"
    solution = solved(text + "  c: implies(x >= 2, y <= 1)\n  d: max(x, y) <= 4")
    assert (solution.status, solution.problem_class) == ("optimal", "MINLP")
    assert solution.objective == pytest.approx(math.sqrt(2) + 2, abs=1e-4)


def test_an_answer_that_passes_the_solvers_own_bound_is_not_believed() -> None:
    solution = solve_formulation(Formulation.from_text("variables:\n  x: real in -5..5\nminimize: log(x)\n"))
    assert solution.status not in ("optimal", "feasible")
    assert "bound" in solution.message


def test_a_tower_of_powers_over_a_decision_ends():
    text = """\
variables:
  east: integer in 0..20
  west: integer in 0..20
maximize: east + west
constraints:
  few: at_most(1, east >= 9**9**(9 * west), west >= 9)
  some: either(east >= 5, west >= 5)
"""
    assert Formulation.from_text(text).solve(time_limit=20).status in ("optimal", "unsupported", "time_limit")


def test_a_power_of_whole_numbers_beyond_every_number_is_refused():
    formulation = Formulation.from_text("variables:\n  x: real in 0..1\nminimize: sin(x) + 9**9**9\n")
    with pytest.raises(FormulationError, match="9"):
        formulation.solve()


@pytest.mark.parametrize("objective", ["maximize: sqrt(x)", "maximize: log(x + 1)", "minimize: 3 - 2 * log(x + 1)"])
def test_what_rises_without_end_slowly_is_unbounded(objective: str) -> None:
    formulation = Formulation.from_text(f"variables:\n  x: real >= 0\n{objective}\n")
    assert solve_formulation(formulation).status == "unbounded"


def test_an_optimum_at_the_end_of_the_numbers_is_not_believed() -> None:
    solution = solve_formulation(Formulation.from_text("variables:\n  x: real >= 0\nmaximize: x - sqrt(x)\n"))
    assert solution.status == "failed"
    assert "may be unbounded" in solution.message


POLE = """\
variables:
  x: real in 0..8
  y: real in 1..2
"""


@pytest.mark.parametrize("objective", ["maximize: 1 / x", "maximize: y / x"])
def test_an_objective_with_a_pole_is_no_proof_that_the_constraints_conflict(objective: str) -> None:
    solution = solved(f"{POLE}{objective}\n")
    assert (solution.status, solution.objective, solution.variables) == ("failed", None, [])
    assert "no optimum" in solution.message or "no finite best value" in solution.message
    assert "a divisor a lower bound above 0" in solution.message


def test_constraints_that_conflict_are_infeasible_whatever_the_objective_divides_by() -> None:
    assert solved(f"{POLE}maximize: y / x\nconstraints:\n  c: x * y >= 17\n").status == "infeasible"


def test_the_second_look_at_an_infeasible_problem_has_what_is_left_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[float | None] = []

    def without_answer(_: object, options: SolveOptions, *__: object) -> RawAnswer:
        limits.append(options.time_limit)
        return RawAnswer("infeasible" if len(limits) == 1 else "time_limit", None, None, 0.0, None, 12.0, "SCIP")

    monkeypatch.setattr("steepest.solvers.expression_solve.solve_with_scip", without_answer)
    solution = solved(f"{POLE}maximize: y / x\n")
    assert (limits, solution.status, solution.seconds, solution.bound) == ([30, 18], "time_limit", 24, None)
