"""Solving a formulation to its end: statuses, values, duals, limits, interruption."""

import itertools

import highspy
import numpy as np
import pytest

from steepest.errors import InputError
from steepest.solvers.backends import scip
from steepest.solvers.backends.raw_answer import RawAnswer
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.compiled_solve import solve_compiled
from steepest.solvers.data.binding import bind
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Solution
from steepest.solvers.solve import solve_formulation
from steepest.solvers.vectorized.compile import compile_formulation

WYNDOR = """
variables:
  doors: real >= 0   # [batch]
  windows: real >= 0
maximize: 3 * doors + 5 * windows
constraints:
  plant1: doors <= 4
  plant2: 2 * windows <= 12
  plant3: 3 * doors + 2 * windows <= 18
"""


def solved(text: str, **options: float) -> Solution:
    return solve_formulation(Formulation.from_text(text), options=SolveOptions(**options))


def test_a_linear_program_comes_back_with_values_and_textbook_duals() -> None:
    solution = solved(WYNDOR)
    assert (solution.status, solution.objective, solution.problem_class) == ("optimal", 36, "LP")
    assert (solution.value("doors"), solution.value("windows")) == (2, 6)
    assert {each.name: each.dual for each in solution.binding} == {"plant2": 1.5, "plant3": 1}


def test_whole_numbers_are_whole() -> None:
    solution = solved("variables:\n  x: integer >= 0\nmaximize: x\nconstraints:\n  c: 3 * x <= 10")
    assert (solution.problem_class, solution.value("x")) == ("MIP", 3)
    assert solution.bound == pytest.approx(3)


def test_a_convex_quadratic_program_is_solved() -> None:
    text = "variables:\n  x: real\n  y: real\nminimize: (x - 1)**2 + (y - 2)**2 + x * y\nconstraints:\n  c: x + y >= 1"
    solution = solved(text)
    assert solution.problem_class == "QP"
    # The unconstrained minimum has 2(x-1)+y = 0 and 2(y-2)+x = 0: x = 0, y = 2.
    assert solution.value("x") == pytest.approx(0, abs=1e-6)
    assert solution.value("y") == pytest.approx(2, abs=1e-6)
    assert solution.objective == pytest.approx(1)


@pytest.mark.parametrize(
    ("objective", "word"),
    [
        ("maximize: x**2", "convex"),
        ("minimize: x * y", "nonconvex"),
        ("minimize: x**2 + 3 * x * y + y**2", "nonconvex"),
    ],
)
def test_a_nonconvex_quadratic_objective_without_scip_is_unsupported(
    objective: str, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scip, "is_installed", lambda: False)
    solution = solved(f"variables:\n  x: real in 0..5\n  y: real in 0..5\n{objective}")
    assert solution.status == "unsupported"
    assert word in solution.message
    assert "pip install 'steepest[nonlinear]'" in solution.message


def test_a_quadratic_objective_with_whole_numbers_without_scip_is_unsupported_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scip, "is_installed", lambda: False)
    solution = solved("variables:\n  x: integer\nminimize: (x - 2)**2")
    assert (solution.status, solution.problem_class) == ("unsupported", "MIQP")
    assert "`x` (line 2, column 3) has no lower and no upper bound" in solution.message


def test_a_conflict_is_infeasible() -> None:
    solution = solved("variables:\n  x: real >= 0\nminimize: x\nconstraints:\n  a: x >= 3\n  b: x <= 2")
    assert (solution.status, solution.objective) == ("infeasible", None)


@pytest.mark.parametrize("domain", ["real", "integer"])
def test_a_missing_limit_is_unbounded(domain: str) -> None:
    text = f"variables:\n  x: {domain} >= 0\n  y: {domain} >= 0\nmaximize: x + y\nconstraints:\n  a: x - y <= 2"
    assert solved(text).status == "unbounded"


def test_a_problem_without_an_objective_gives_a_feasible_answer() -> None:
    solution = solved("variables:\n  x: integer in 0..9\nconstraints:\n  c: 2 * x == 8")
    assert (solution.status, solution.value("x")) == ("optimal", 4)


def test_a_problem_without_constraints_is_decided_by_its_bounds() -> None:
    assert solved("variables:\n  x: real in 2..7\nmaximize: 3 * x").objective == 21


def test_semicontinuous_is_zero_or_within_its_bounds() -> None:
    text = (
        "variables:\n  x: semicontinuous in 3..10\n  y: real >= 0\nminimize: x + 4 * y\nconstraints:\n  c: x + y >= {}"
    )
    assert solved(text.format(1)).value("x") == 3
    assert solved(text.format(0)).value("x") == 0


def test_an_offset_in_the_objective_counts() -> None:
    assert solved("variables:\n  x: real in 0..4\nmaximize: 100 - (x - 3) * 2").objective == 106


def test_a_time_limit_gives_the_incumbent_and_its_gap() -> None:
    solution = solve_formulation(hard_knapsacks(60, 25), options=SolveOptions(time_limit=0.4, threads=1))
    assert solution.status == "time_limit"
    assert solution.objective is not None
    assert solution.bound is not None
    assert solution.bound >= solution.objective
    assert "not proven" in solution.message


def test_an_interrupt_gives_the_incumbent(monkeypatch: pytest.MonkeyPatch) -> None:
    wait, polls = highspy.Highs.wait, itertools.count()

    def ctrl_c_at_the_tenth_poll(solver: highspy.Highs, timeout: float) -> object:
        if next(polls) == 10:
            raise KeyboardInterrupt
        return wait(solver, timeout)

    monkeypatch.setattr(highspy.Highs, "wait", ctrl_c_at_the_tenth_poll)
    solution = solve_formulation(hard_knapsacks(60, 25), options=SolveOptions(time_limit=30, threads=1))
    assert solution.status == "interrupted"
    assert solution.objective is not None


def hard_knapsacks(items: int, rows: int) -> Formulation:
    """A multidimensional knapsack that no solver finishes in seconds."""
    random = np.random.default_rng(3)
    weights = random.integers(100, 1000, (rows, items))
    text = "\n".join(
        f"  w{r}: {' + '.join(f'{weights[r, i]} * x{i}' for i in range(items))} <= {weights[r].sum() // 3}"
        for r in range(rows)
    )
    names = "\n".join(f"  x{i}: binary" for i in range(items))
    worth = " + ".join(f"{weights[:, i].mean() + random.integers(0, 300):.0f} * x{i}" for i in range(items))
    return Formulation.from_text(f"variables:\n{names}\nmaximize: {worth}\nconstraints:\n{text}")


def test_a_back_end_whose_answer_breaks_a_row_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def lying(*_: object) -> RawAnswer:
        return RawAnswer("optimal", np.array([4.0, 7.0]), None, None, None, 0.0, "Liar 1.0")

    monkeypatch.setattr("steepest.solvers.array_solve.solve_with_highs", lying)
    formulation = Formulation.from_text(WYNDOR)
    with pytest.raises(SolverError, match="breaks `plant3`"):
        solve_compiled(compile_formulation(formulation, bind(formulation)), SolveOptions())


@pytest.mark.parametrize("values", [[500.0, -100.0], [np.nan, 1.0]])
def test_a_back_end_whose_values_are_beyond_their_bounds_is_an_error(
    monkeypatch: pytest.MonkeyPatch, values: list[float]
) -> None:
    answer = RawAnswer("optimal", np.array(values), None, None, None, 0.0, "Liar 1.0")
    monkeypatch.setattr("steepest.solvers.array_solve.solve_with_highs", lambda *_: answer)
    formulation = Formulation.from_text("variables:\n  x: real in 0..10\n  y: real in 0..10\nmaximize: x - y")
    with pytest.raises(SolverError, match="not to be trusted"):
        solve_compiled(compile_formulation(formulation, bind(formulation)), SolveOptions())


SWITCH = """
variables:
  x: real in 0..100
  {other}
  b: binary
minimize: {objective}
constraints:
  open: x <= 100000000 * b
  need: x {more} >= 7
"""


def dusty(monkeypatch: pytest.MonkeyPatch, text: str, *values: float) -> Solution:
    """The text solved by a back end whose first answer has a switch that is neither on nor off."""
    from steepest.solvers.backends.highs import solve_with_highs

    answers = iter([RawAnswer("optimal", np.array(values), None, None, None, 0.0, "Dusty 1.0")])
    monkeypatch.setattr(
        "steepest.solvers.array_solve.solve_with_highs",
        lambda *given: next(answers, None) or solve_with_highs(*given),
    )
    formulation = Formulation.from_text(text)
    return solve_compiled(compile_formulation(formulation, bind(formulation)), SolveOptions())


def test_other_values_are_found_where_whole_numbers_break_a_row_once_rounded(monkeypatch: pytest.MonkeyPatch) -> None:
    text = SWITCH.format(other="y: real in 0..100", objective="x + y + 9 * b", more="+ y")
    solution = dusty(monkeypatch, text, 7.0, 0.0, 7e-8)
    assert (solution.value("x"), solution.value("y"), solution.value("b")) == (0, 7, 0)


@pytest.mark.parametrize(("other", "more"), [("y: real in 0..1", ""), ("y: real in 0..100", "+ y")])
def test_a_factor_that_hides_a_switch_is_an_error_with_a_repair(
    monkeypatch: pytest.MonkeyPatch, other: str, more: str
) -> None:
    """Without the hidden switch there is no answer at all, or only a worse one than was called optimal."""
    text = SWITCH.format(other=other, objective="9 * b + 5 * y + x", more=more)
    with pytest.raises(SolverError, match="no larger than needed"):
        dusty(monkeypatch, text, 7.0, 0.0, 7e-8)


def test_a_formulation_with_an_unknown_name_is_refused_before_anything_is_solved() -> None:
    with pytest.raises(FormulationError, match="windoes"):
        solved(WYNDOR.replace("2 * windows <= 12", "2 * windoes <= 12"))


def test_a_start_that_is_no_answer_is_refused() -> None:
    with pytest.raises(InputError, match="a Solution, and no dict"):
        Formulation.from_text(WYNDOR).solve(start={"doors": 2})  # type: ignore[arg-type]
