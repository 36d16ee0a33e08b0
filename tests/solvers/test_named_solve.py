"""Another solver of the user's, through Pyomo: our words for its endings, its answer checked, nothing overrated."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from steepest.errors import InputError
from steepest.solvers.backends.apart.solving import killable_here
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
def register() -> Iterator[Callable[..., None]]:
    """Makes Pyomo know a solver that says what it is told to, one solve after the other; in this process alone."""
    import pyomo.environ as pyo
    from pyomo.core.base import SymbolMap, TextLabeler
    from pyomo.opt import SolverResults, SolverStatus, TerminationCondition

    registered: list[str] = []

    def make(name: str, values: dict[str, float], *conditions: str) -> None:
        said = iter(conditions)

        class Fake:
            def __init__(self, **_: Any) -> None:
                pass

            def available(self, exception_flag: bool = True) -> bool:
                return True

            def version(self) -> tuple[int, ...]:
                return (1, 2)

            def solve(self, model: Any, **options: Any) -> Any:
                results, condition = SolverResults(), next(said, "optimal")
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

    with killable_here():
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
@pytest.mark.parametrize("limits", [{}, {"gap": 0.05}])
def test_the_bound_of_a_maximum_is_above_it(name: str, limits: dict[str, float]) -> None:
    text = "variables:\n  x: integer in 0..9\n  y: integer in 0..9\nmaximize: 3*x + 2*y\n"
    text += "constraints:\n  c: 2*x + 3*y <= 13\n"
    solution = Formulation.from_text(text).solve(solver=name, **limits)
    assert solution.status == "optimal"
    assert solution.objective is not None
    assert solution.bound is None or solution.bound >= solution.objective - 1e-6


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


@pytest.mark.parametrize("name", ["python3", "steepest_program"])
def test_a_program_that_is_no_solver_is_not_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program, trace = tmp_path / name, tmp_path / "was_run"
    program.write_text(f"#!/bin/sh\ntouch {trace}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(InputError, match=f"no solver '{name}'.*it finds .*appsi_highs"):
        solve(BAKERY, name)
    assert not trace.exists()


@pytest.mark.parametrize("name", ["multistart", "gdpopt", "py", "bonmin:x", "mpec_nlp", "mpec_minlp"])
def test_what_pyomo_builds_of_solvers_is_none(name: str) -> None:
    with pytest.raises(InputError, match=f"'{name}'.* no solver|no solver '{name}'"):
        solve(BAKERY, name)


def test_a_solver_that_cannot_say_whether_it_is_here_is_refused_with_its_words() -> None:
    import pyomo.environ as pyo

    class Torn:
        def __init__(self, **_: Any) -> None:
            pass

        def available(self, exception_flag: bool = True) -> bool:
            raise RuntimeError("the licence server is down")

    pyo.SolverFactory.register("copt_torn")(Torn)
    try:
        assert "copt_torn" not in solvers_found()
        with pytest.raises(InputError, match=r"'copt_torn': the licence server is down; it finds .*appsi_highs"):
            solve(BAKERY, "copt_torn")
    finally:
        pyo.SolverFactory.unregister("copt_torn")


@pytest.mark.parametrize(
    ("objective", "problem_class"),
    [("minimize: sin(x)", "NLP"), ("maximize: (x - 1) ** 2", "QP"), ("maximize: x * y", "QP")],
)
def test_an_interface_that_takes_no_products_says_so(objective: str, problem_class: str) -> None:
    solution = solve(f"variables:\n  x: real in 0..4\n  y: real in 0..4\n{objective}\n", "appsi_highs")
    message = f"appsi_highs takes LP and MIP; this is {problem_class}"
    assert (solution.status, solution.message) == ("unsupported", message)


@pytest.mark.parametrize(
    ("text", "answer", "said"),
    [
        ("  x: real >= 0\nmaximize: sqrt(x)", 3.7e17, "may be unbounded; give the variable a bound"),
        ("  x: real in -1..1\nminimize: 1 / x", -1e-9, "divides by a value that is 0 within the tolerance"),
        ("  x: real in -5..5\nminimize: log(x)", -1e-9, "gives the objective no finite value"),
    ],
)
def test_a_nonlinear_answer_is_doubted_as_that_of_our_own_solvers(
    register: Any, text: str, answer: float, said: str
) -> None:
    register("daring", {"x": answer})
    solution = solve(f"variables:\n{text}\n", "daring")
    assert (solution.status, solution.objective, solution.variables) == ("failed", None, [])
    assert said in solution.message


@pytest.mark.skipif("scip_direct" not in HERE, reason="needs SCIP (extra `nonlinear`)")
@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        ("  x: real >= 0\nmaximize: sqrt(x)", "failed", "may be unbounded"),
        ("  x: real in -5..5\nminimize: log(x)", "failed", "is passed by its own answer"),
        ("  x: real in 0..8\nmaximize: 1 / x", "failed", "no finite best value, or is not defined somewhere"),
        ("  x: real in 0..8\nmaximize: 1 / x\nconstraints:\n  c: x * x >= 65", "infeasible", "no answer meets"),
        ("  x: real >= 0\nmaximize: x ** 2", "unbounded", "no limit"),
        ("  x: real in 0..9\nmaximize: sqrt(x) - x / 4", "optimal", ""),
    ],
)
def test_scip_by_its_name_in_pyomo_is_believed_no_more_than_ours(text: str, status: str, said: str) -> None:
    solution = solve(f"variables:\n{text}\n", "scip_direct", time_limit=30)
    assert solution.status == status
    assert said in solution.message


@pytest.mark.parametrize(
    ("second", "status"),
    [("optimal", "failed"), ("infeasible", "infeasible"), ("maxTimeLimit", "failed"), ("other", "failed")],
)
def test_infeasible_is_believed_of_a_nonlinear_objective_only_if_it_is_so_without(
    register: Any, second: str, status: str
) -> None:
    register("jumpy", {"x": 1.0}, "infeasible", second)
    assert solve("variables:\n  x: real in 0..8\nmaximize: 1 / x\n", "jumpy").status == status


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
    [("maxTimeLimit", "time_limit"), ("maxIterations", "interrupted"), ("other", "failed"), ("feasible", "time_limit")],
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
