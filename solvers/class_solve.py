"""A formulation solved by what its class needs: HiGHS, around it what makes an objective linear, and SCIP."""

from dataclasses import replace

from steepest.solvers.array_solve import require_supported
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.bound_problem import BoundProblem
from steepest.solvers.checks.degree import classify
from steepest.solvers.compiled_solve import solution_of, solve_compiled
from steepest.solvers.display import counted
from steepest.solvers.fractional import read_ratio, solve_ratio
from steepest.solvers.linearization.monotone import read_monotone
from steepest.solvers.nonlinear_solve import solve_nonlinear
from steepest.solvers.ranked_solve import is_ranking, solve_ranked
from steepest.solvers.solution import Solution
from steepest.solvers.vectorized.algebra import UnsupportedProblemError
from steepest.solvers.vectorized.compile import CompiledModel, compile_formulation
from steepest.solvers.vectorized.instance import Instance

_STEPS_TOLD = 5
"""Of what was made linear, told while it is solved; the solution has all."""


def solve_by_class(problem: BoundProblem) -> Solution:
    """Solve a formulation by the first way that takes it; `options.solver` may narrow that to HiGHS or SCIP.

    Raises:
        FormulationError: The data do not fit.
        SolverError: The solver broke down, or its answer breaks the model.
    """
    if is_ranking(problem.formulation):
        return solve_ranked(problem, solve_by_class)
    try:
        model = compile_formulation(problem.formulation, problem.data)
        if problem.options.solver != "scip":
            require_supported(model)
    except UnsupportedProblemError as error:
        return _solved_otherwise(problem, error)
    _announce(model, problem)
    try:
        return solve_compiled(model, problem.options, problem.control, problem.start)
    except SolverError as error:
        if not model.is_rewritten:
            raise
        refusal = UnsupportedProblemError("; ".join(step.text for step in model.steps), str(error))
        solution = _solved_otherwise(problem, refusal)
        if solution.status == "unsupported":
            raise
        return solution


def _announce(model: CompiledModel, problem: BoundProblem) -> None:
    for step in model.steps[:_STEPS_TOLD]:
        problem.say(str(step))
    if len(model.steps) > _STEPS_TOLD:
        problem.say(f"and {len(model.steps) - _STEPS_TOLD:,} more terms are written linearly")
    sizes = ((model.rows, "row"), (model.columns, "column"), (model.nonzeros, "nonzero"))
    size = ", ".join(counted(number, noun) for number, noun in sizes)
    article = "an" if model.problem_class == "LP" else "a"
    problem.say(f"solving {article} {model.problem_class} of {size}")


def _solved_otherwise(problem: BoundProblem, refusal: UnsupportedProblemError) -> Solution:
    """Solve what does not go into one set of arrays: what is inside a monotone objective, a ratio, all else by SCIP."""
    solution = _solved_inside(problem)
    if solution is None and problem.options.solver != "scip":
        solution = _solved_as_ratio(problem)
    return solve_nonlinear(problem, refusal) if solution is None else solution


def _solved_inside(problem: BoundProblem) -> Solution | None:
    """The solution by what is inside a monotone objective; None if it is none."""
    monotone = read_monotone(problem.formulation, Instance(problem.formulation, problem.data))
    if monotone is None:
        return None
    control = problem.control.through(monotone.progress)
    inner = solve_by_class(replace(problem, formulation=monotone.formulation, control=control))
    return monotone.solution(inner)


def _solved_as_ratio(problem: BoundProblem) -> Solution | None:
    """The solution of a ratio of linear sums; None if it is none."""
    ratio = read_ratio(problem.formulation, problem.data)
    if ratio is None:
        return None
    problem.say("solving a ratio of linear sums by linear problems")
    answer = solve_ratio(problem.formulation, ratio, problem.options, problem.control, problem.start)
    return None if answer is None else solution_of(ratio.numerator, answer, classify(problem.formulation).name)
