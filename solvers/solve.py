"""From a formulation to a solution: check, bind the data, choose the solver, compile, solve, and verify the answer."""

from collections.abc import Callable
from pathlib import Path

from steepest.errors import InputError
from steepest.solvers.backends import scip
from steepest.solvers.bound_problem import BoundProblem
from steepest.solvers.checks.formulation_checks import check_formulation
from steepest.solvers.class_solve import solve_by_class
from steepest.solvers.constraint_programming import apart as cp_sat
from steepest.solvers.constraint_programming.solve import solve_with_cp_sat, suits
from steepest.solvers.control import SolveControl
from steepest.solvers.data.binding import bind
from steepest.solvers.data.instance_data import Tables
from steepest.solvers.formulation import Formulation
from steepest.solvers.named_solve import require_solver, solve_by_name
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Solution
from steepest.solvers.starts import with_start_told
from steepest.solvers.units.answer_units import answer_units


def solve_formulation(
    formulation: Formulation,
    tables: Tables | None = None,
    *,
    folder: Path | str | None = None,
    options: SolveOptions | None = None,
    on_progress: Callable[[str], None] | None = None,
    control: SolveControl | None = None,
    start: Solution | None = None,
) -> Solution:
    """Solve a formulation.

    Args:
        formulation: The formulation.
        tables: Data to bind by name, over what the formulation holds itself.
        folder: Where the files that the formulation names are found.
        options: Limits, tolerances, threads, seed, and which solver.
        on_progress: Told what is being done, a line at a time.
        control: Told how far the solver is, and may end it from another thread.
        start: An answer to begin with, of this formulation or of a similar one: what fits is used, the rest left open.
            Where nothing of it was of use the note of the solution says why.

    Raises:
        FormulationError: The formulation or its data can't be used as they are.
        InputError: There is no solver of the name that the options ask for, or `start` is no answer.
        SolverError: The solver broke down.
    """
    options = options or SolveOptions()
    if start is not None and not isinstance(start, Solution):
        raise InputError(f"start is an answer of an earlier solve, a Solution, and no {type(start).__name__}")
    solve = way_to_solve(options.solver)
    check_formulation(formulation, bound=tuple(tables or ())).raise_errors()
    data = bind(formulation, tables, folder=folder)
    say = on_progress or (lambda _: None)
    solution = solve(BoundProblem(formulation, data, options, control or SolveControl(), start, say))
    solution = with_start_told(solution, formulation, start)
    return solution.model_copy(update={"units": answer_units(formulation)})


def way_to_solve(solver: str | None) -> Callable[[BoundProblem], Solution]:
    """What solves a bound problem by the solver of this name; None leaves the choice to the problem's class.

    Raises:
        InputError: There is none, or it is not installed.
    """
    match solver:
        case None:
            return _solve_by_shape
        case "highs":
            return solve_by_class
        case "cp-sat":
            if not cp_sat.is_installed():
                raise InputError("the solver cp-sat is not installed: pip install 'steepest[cp]'")
            return solve_with_cp_sat
        case "scip":
            if not scip.is_installed():
                raise InputError("the solver scip is not installed: pip install 'steepest[nonlinear]'")
            return solve_by_class
    try:
        require_solver(solver)
    except InputError as error:
        raise InputError(
            f"there is no solver {solver!r}: of its own steepest has {', '.join(solvers_here())}; {error}"
        ) from error
    return solve_by_name


def _solve_by_shape(problem: BoundProblem) -> Solution:
    """Schedules, routes and puzzles in whole numbers by CP-SAT where it is installed, all else by class."""
    if cp_sat.is_installed() and suits(problem.formulation):
        solution = solve_with_cp_sat(problem)
        if solution.status != "unsupported":
            return solution
    return solve_by_class(problem)


def solvers_here() -> list[str]:
    """The names of steepest's own solvers that are installed; those that Pyomo finds can be asked for as well."""
    extra = {"scip": scip.is_installed(), "cp-sat": cp_sat.is_installed()}
    return ["highs", *(name for name, is_here in extra.items() if is_here)]
