"""A model solved by whichever back end takes its class: HiGHS, then SCIP; every ending is an answer with a status."""

from steepest.solvers.answer import Answer
from steepest.solvers.array_solve import require_supported, solve_arrays
from steepest.solvers.backends import scip
from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.backends.expression_model import ExpressionModel, with_expressions
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.control import SolveControl
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.expression_solve import solve_expressions
from steepest.solvers.options import SolveOptions
from steepest.solvers.vectorized.algebra import UnsupportedProblemError
from steepest.solvers.vectorized.scatter import Numbers


def solve_model(
    model: ArrayModel | ExpressionModel,
    options: SolveOptions,
    control: SolveControl | None = None,
    start: Numbers | None = None,
) -> Answer:
    """Solve a model and verify what comes back.

    No error is raised for a solver that breaks down or lies: the status is `failed` then, and the message says why;
    and `unsupported` for a model that no back end here takes.

    Args:
        model: The model.
        options: Limits and tolerances; `solver` may be "highs" or "scip" to have no other.
        control: Told of progress, and may end the solve.
        start: A point to begin with: a value for each column, NaN where it has none.
    """
    control = control or SolveControl()
    try:
        return _solved(model, options, control, start)
    except UnsupportedProblemError as error:
        return Answer("unsupported", str(error))
    except (SolverError, FormulationError) as error:
        return Answer("failed", str(error))


def _solved(
    model: ArrayModel | ExpressionModel, options: SolveOptions, control: SolveControl, start: Numbers | None
) -> Answer:
    reason = "it is nonlinear" if isinstance(model, ExpressionModel) else _refused_by_highs(model, options)
    if isinstance(model, ArrayModel):
        if reason is None:
            return solve_arrays(model, options, control, start)
        problem_class, model = model.problem_class, with_expressions(model)
    else:
        problem_class = model.problem_class
    if options.solver == "highs":
        return Answer("unsupported", f"HiGHS takes no problem of class {problem_class}: {reason}")
    if scip.is_installed():
        return solve_expressions(model, options, control, start)
    needed = "needs the solver SCIP: pip install 'steepest[nonlinear]'"
    return Answer("unsupported", f"a problem of class {problem_class} ({reason}) {needed}")


def _refused_by_highs(model: ArrayModel, options: SolveOptions) -> str | None:
    """Why HiGHS is not to solve a model, or None if it is."""
    if options.solver == "scip":
        return "SCIP is asked for"
    try:
        require_supported(model)
    except UnsupportedProblemError as error:
        return error.reason
    return None
