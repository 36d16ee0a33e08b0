"""A formulation solved by another solver that the user has, through Pyomo, and told for what its answer is worth."""

from steepest.solvers.array_solve import require_supported
from steepest.solvers.backends.pyomo_solve import solve_with_pyomo
from steepest.solvers.backends.pyomo_solvers import open_solver, proves_optimality
from steepest.solvers.bound_problem import BoundProblem
from steepest.solvers.ranked_solve import is_ranking, solve_ranked
from steepest.solvers.solution import Solution
from steepest.solvers.vectorized.algebra import UnsupportedProblemError
from steepest.solvers.vectorized.compile import compile_formulation

LOCAL = "a local optimum: no answer near it is better; whether one elsewhere is better is not known"


def require_solver(name: str) -> None:
    """Raise `InputError` if Pyomo finds no solver of this name here; the message lists those that it finds."""
    open_solver(name)


def solve_by_name(problem: BoundProblem) -> Solution:
    """Solve by the solver that the options name.

    The answer is checked in the formulation as it is written. What a solver calls optimal that looks for local optima
    is `locally_optimal`, unless the problem is convex, where there are no others. It can be stopped by its time limit
    and by Ctrl-C; a cancel from another thread is heeded before it begins.

    Raises:
        FormulationError: The data do not fit.
        InputError: Pyomo finds no such solver here.
        SolverError: The solver broke down.
    """
    if is_ranking(problem.formulation):
        return solve_ranked(problem, solve_by_name)
    name = problem.options.solver or "highs"
    if problem.control.cancelled:
        return Solution(status="interrupted", message="cancelled before the solver began")
    problem.say(f"solving by {name}")
    solution = solve_with_pyomo(problem.formulation, problem.data, problem.options, name)
    if solution.status == "optimal" and not proves_optimality(name) and not _is_convex(problem):
        solution = solution.model_copy(update={"status": "locally_optimal", "bound": None, "gap": None})
    if solution.status == "locally_optimal":
        return solution.model_copy(update={"message": LOCAL})
    return solution


def _is_convex(problem: BoundProblem) -> bool:
    """Whether the problem is an LP or a convex QP, by our own reading of it."""
    try:
        model = compile_formulation(problem.formulation, problem.data)
        require_supported(model)
    except UnsupportedProblemError:
        return False
    return not model.types.any()
