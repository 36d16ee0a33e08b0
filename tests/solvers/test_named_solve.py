"""Another solver of the user's, through Pyomo: our words for its endings, its answer checked, nothing overrated."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from steepest.errors import InputError
from steepest.solvers.backends.pyomo_solvers import open_solver, solvers_found
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.control import SolveControl
from steepest.solvers.formulation import Formulation

BAKERY = """\
variables:
  bread: integer >= 0
  cake: integer >= 0
maximize: 3 * bread + 8 * cake
constraints:
  flour: 0.5 * bread + 0.8 * cake <= 40
  orders: bread >= 3
"""
HERE = [name for name in ("appsi_highs", "cbc", "glpk", "scip_direct") if name in solvers_found()]
"""`appsi_highs` is always here; the others are tested where they are installed."""


def solve(text: str, name: str, **options: Any) -> Any:
    return Formulation.from_text(text).solve(solver=name, **options)


@pytest.fixture
def register() -> Iterator[Callable[[str, dict[str, float], str], None]]:
    """Makes Pyomo know a solver that says what it is told to."""
    import pyomo.environ as pyo
    from pyomo.core.base import SymbolMap, TextLabeler
    from pyomo.opt import SolverResults, SolverStatus, TerminationCondition

    registered: list[str] = []

    def make(name: str, values: dict[str, float], condition: str = "optimal") -> None:
        class Fake:
            def __init__(self, **_: Any) -> None:
                pass

            def available(self, exception_flag: bool = True) -> bool:
                return True

            def version(self) -> tuple[int, ...]:
                return (1, 2)

            def solve(self, model: Any, **options: Any) -> Any:
                results = SolverResults()
                results.solver.status = SolverStatus.ok
                results.solver.termination_condition = TerminationCondition[condition]
                if condition == "error":
                    raise ValueError("out of licences")
                point, symbols = results.solution.add(), SymbolMap()
                for variable in model.component_data_objects(pyo.Var):
                    point.variable[symbols.getSymbol(variable, TextLabeler())] = {"Value": values[variable.name]}
                model.solutions.add_symbol_map(symbols)
                results._smap_id = id(symbols)
                return results

        pyo.SolverFactory.register(name)(Fake)
        registered.append(name)

    yield make
    for name in registered:
        pyo.SolverFactory.unregister(name)


@pytest.mark.parametrize("name", HERE)
def test_its_answer_is_that_of_our_own(name: str) -> None:
    solution = solve(BAKERY, name, time_limit=30, gap=0, threads=1, seed=3)
    assert (solution.status, solution.objective, solution.problem_class) == ("optimal", 393, "MIP")
    assert solution.solver.startswith(f"pyomo/{name} ")
    assert solution.objective == Formulation.from_text(BAKERY).solve().objective


@pytest.mark.parametrize("name", HERE)
@pytest.mark.parametrize(
    ("change", "status"),
    [(("bread >= 3", "bread >= 100"), "infeasible"), (("0.5 * bread + 0.8 * cake <= 40", "cake <= 5"), "unbounded")],
)
def test_its_endings_have_our_words(name: str, change: tuple[str, str], status: str) -> None:
    assert solve(BAKERY.replace(*change), name).status == status


@pytest.mark.parametrize("name", HERE)
def test_ranks_are_held_by_any_solver(name: str) -> None:
    text = BAKERY.replace("maximize: 3 * bread + 8 * cake", "maximize[1]: bread + cake\nmaximize[2]: cake")
    assert [each.value for each in solve(text, name).objectives] == [80, 0]


@pytest.mark.parametrize("name", [name for name in HERE if name in ("cbc", "glpk")])
def test_a_class_that_it_does_not_take_is_unsupported(name: str) -> None:
    solution = solve("variables:\n  x: real in 0..4\nmaximize: sin(x)\n", name)
    assert (solution.status, solution.message) == ("unsupported", f"{name} takes LP and MIP; this is NLP")


def test_a_solver_that_is_not_here_is_refused_with_those_that_are() -> None:
    with pytest.raises(InputError, match=r"no solver 'nowhere'.*steepest has highs.*it finds .*appsi_highs"):
        solve(BAKERY, "nowhere")


def test_a_name_of_pyomos_own_inside_is_no_solver() -> None:
    with pytest.raises(InputError, match="no solver '_mock_cbc'"):
        open_solver("_mock_cbc")


def test_a_solver_that_lies_gives_no_answer(register: Any) -> None:
    register("liar", {"bread": 3, "cake": 99})
    solution = solve(BAKERY, "liar")
    assert (solution.status, solution.objective) == ("failed", None)
    assert "breaks constraint flour" in solution.message


def test_a_solver_that_leaves_whole_numbers_broken_gives_no_answer(register: Any) -> None:
    register("relaxed", {"bread": 3, "cake": 48.125})
    assert "whole number" in solve(BAKERY, "relaxed").message


def test_a_local_optimum_is_called_one(register: Any) -> None:
    register("hill_climber", {"x": 1.5596831})
    solution = solve("variables:\n  x: real in -3..3\nminimize: sin(3 * x) + 0.1 * x\n", "hill_climber")
    assert (solution.status, solution.is_solved, solution.bound) == ("locally_optimal", False, None)
    assert "local optimum" in solution.message
    assert solution.objective == pytest.approx(-0.8435, abs=1e-4)


@pytest.mark.parametrize("objective", ["x + 2", "(x - 1) ** 2"])
def test_a_local_optimum_of_a_convex_problem_is_the_best(register: Any, objective: str) -> None:
    register("hill_climber", {"x": 1.0})
    solution = solve(f"variables:\n  x: real in 1..3\nminimize: {objective}\n", "hill_climber")
    assert solution.status == "optimal"


def test_ranks_end_at_a_local_optimum(register: Any) -> None:
    register("hill_climber", {"x": 1.5596831})
    text = "variables:\n  x: real in -3..3\nminimize[1]: sin(3 * x)\nminimize[2]: x\n"
    solution = solve(text, "hill_climber")
    assert solution.status == "locally_optimal"
    assert solution.message.startswith("objective 1 of 2: a local optimum")


def test_a_solver_that_breaks_down_is_an_error_with_its_words(register: Any) -> None:
    register("broken", {}, "error")
    with pytest.raises(SolverError, match="broken ended with an error: out of licences"):
        solve(BAKERY, "broken")


@pytest.mark.parametrize(
    ("condition", "status"),
    [("maxTimeLimit", "time_limit"), ("maxIterations", "interrupted"), ("other", "failed"), ("feasible", "failed")],
)
def test_an_early_end_keeps_the_incumbent_and_proves_nothing(register: Any, condition: str, status: str) -> None:
    register("hasty", {"bread": 3, "cake": 40}, condition)
    solution = solve(BAKERY, "hasty")
    assert (solution.status, solution.bound) == (status, None)
    assert solution.objective == (None if status == "failed" else 329)


def test_a_cancelled_solve_does_not_begin() -> None:
    control = SolveControl()
    control.cancel()
    assert solve(BAKERY, "appsi_highs", control=control).status == "interrupted"
