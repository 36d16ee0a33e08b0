"""A model solved by whichever back end takes its class: HiGHS, then SCIP; every ending is an answer with a status."""

from steepest.solvers.answer import Answer
from steepest.solvers.array_solve import require_supported, solve_arrays
from steepest.solvers.backends import scip
from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.backends.expression_model import ExpressionModel, with_expressions
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.expression_solve import solve_expressions
from steepest.solvers.options import SolveOptions
from steepest.solvers.vectorized.algebra import UnsupportedProblemError


def solve_model(model: ArrayModel | ExpressionModel, options: SolveOptions) -> Answer:
    """Solve a model and verify what comes back.

    No error is raised for a solver that breaks down or lies: the status is `failed` then, and the message says why;
    and `unsupported` for a model that no back end here takes.
    """
    try:
        return _solved(model, options)
    except UnsupportedProblemError as error:
        return Answer("unsupported", str(error))
    except (SolverError, FormulationError) as error:
        return Answer("failed", str(error))


def _solved(model: ArrayModel | ExpressionModel, options: SolveOptions) -> Answer:
    if isinstance(model, ExpressionModel):
        return _solved_by_scip(model, options, "it is nonlinear")
    try:
        require_supported(model)
    except UnsupportedProblemError as error:
        return _solved_by_scip(with_expressions(model), options, error.reason, model.problem_class)
    return solve_arrays(model, options)


def _solved_by_scip(
    model: ExpressionModel, options: SolveOptions, reason: str, problem_class: str | None = None
) -> Answer:
    if scip.is_installed():
        return solve_expressions(model, options)
    message = (
        f"a problem of class {problem_class or model.problem_class} ({reason}) needs the solver SCIP: "
        "pip install 'steepest[nonlinear]'"
    )
    return Answer("unsupported", message)
