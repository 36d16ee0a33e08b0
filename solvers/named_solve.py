"""A formulation solved by another solver that the user has, through Pyomo, and told for what its answer is worth."""

from time import perf_counter

from steepest.solvers.array_solve import require_supported
from steepest.solvers.backends.apart.idle import IdleWorkers
from steepest.solvers.backends.apart.solving import ask_apart, is_killable
from steepest.solvers.backends.pyomo_solve import STOPPED_WITHOUT, solve_with_pyomo
from steepest.solvers.backends.pyomo_solvers import OVERRAN, open_solver, proves_optimality
from steepest.solvers.backends.raw_answer import RawAnswer
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.bound_problem import BoundProblem
from steepest.solvers.named_running import named_request, named_solution
from steepest.solvers.ranked_solve import is_ranking, solve_ranked
from steepest.solvers.solution import Solution, Status
from steepest.solvers.vectorized.algebra import UnsupportedProblemError
from steepest.solvers.vectorized.compile import compile_formulation

LOCAL = "a local optimum: no answer near it is better; whether one elsewhere is better is not known"

_PATIENCE = 2.0
"""Seconds that a solver has to write its best answer after a cancel."""

idle_workers = IdleWorkers()
"""Of solvers by Pyomo alone: they are stopped by a signal to all of their process's group."""


def require_solver(name: str) -> None:
    """Raise `InputError` if Pyomo finds no solver of this name here; the message lists those that it finds."""
    open_solver(name)


def solve_by_name(problem: BoundProblem) -> Solution:
    """Solve by the solver that the options name.

    The answer is checked in the formulation as it is written. What a solver calls optimal that looks for local optima
    is `locally_optimal`, unless the problem is convex, where there are no others. It runs in a process of its own,
    which is ended with all that it started if it goes on after a cancel, a Ctrl-C or its time limit.

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
    solution = _solved(problem, name)
    if problem.start is not None:
        solution = solution.model_copy(update={"note": f"the start was not used: {name} is handed none"})
    if solution.status == "optimal" and not proves_optimality(name) and not _is_convex(problem):
        solution = solution.model_copy(update={"status": "locally_optimal", "bound": None, "gap": None})
    if solution.status == "locally_optimal":
        return solution.model_copy(update={"message": LOCAL})
    return solution


def _solved(problem: BoundProblem, name: str) -> Solution:
    """The solution of a process of its own, or of this one if it is itself such a process."""
    if is_killable():
        return solve_with_pyomo(problem.formulation, problem.data, problem.options, name, problem.control)
    begin = perf_counter()
    try:
        request = named_request(problem, name)
        reply = ask_apart(request, problem.options, problem.control, name, idle_workers, _PATIENCE)
    except SolverError:
        if not problem.control.cancelled:
            raise
        return _stopped("interrupted", name, perf_counter() - begin)  # some programs break down when interrupted
    if isinstance(reply, RawAnswer):
        return _stopped(reply.status, name, reply.seconds)
    return named_solution(reply)


def _stopped(status: Status, name: str, seconds: float) -> Solution:
    """What there is of a solver that had to be ended."""
    message = f"{name} {OVERRAN if status == 'time_limit' else STOPPED_WITHOUT}"
    return Solution(status=status, message=message, solver=f"pyomo/{name}", seconds=seconds)


def _is_convex(problem: BoundProblem) -> bool:
    """Whether the problem is an LP or a convex QP, by our own reading of it."""
    try:
        model = compile_formulation(problem.formulation, problem.data)
        require_supported(model)
    except UnsupportedProblemError:
        return False
    return not model.types.any()
