"""SCIP as a back end for what HiGHS does not take: nonconvex, nonlinear, and with whole numbers (extra `nonlinear`).

It may overrun its own time limit by minutes and heeds no cancel meanwhile, so it runs where it can be killed.
"""

from importlib.util import find_spec

from steepest.solvers.backends.apart.solving import idle_workers, is_killable, run_apart
from steepest.solvers.backends.expression_model import ExpressionModel, height
from steepest.solvers.backends.raw_answer import RawAnswer
from steepest.solvers.control import SolveControl
from steepest.solvers.options import SolveOptions
from steepest.solvers.vectorized.algebra import UnsupportedProblemError
from steepest.solvers.vectorized.scatter import Numbers

_MOST_NESTED = 500
"""SCIP goes through an expression by recursion."""


def is_installed() -> bool:
    """Whether SCIP can be used here."""
    return find_spec("pyscipopt") is not None


def prepare() -> None:
    """Have SCIP's process start while the model is still being built."""
    if is_installed() and not is_killable():
        idle_workers.prepare()


def solve_with_scip(
    model: ExpressionModel, options: SolveOptions, control: SolveControl | None = None, start: Numbers | None = None
) -> RawAnswer:
    """Solve a nonlinear problem to global optimality, on one thread, in a process that can be killed.

    Args:
        model: The model.
        options: Limits and tolerances.
        control: Told of progress, and may end the solve.
        start: A point to begin with: a value for each column, NaN where it has none. What is beyond the bounds is left
            open, and so is all of it where no answer has those values.

    Raises:
        SolverError: SCIP does not take the problem, ends in an error of its own, or crashes.
        UnsupportedProblemError: A term is one that SCIP has no exact form of.
    """
    linear = model.linear
    if (linear.lower > linear.upper).any() or (linear.row_lower > linear.row_upper).any():
        return RawAnswer("infeasible", None, None, None, None, 0.0, "none needed")
    _require_shallow(model)
    control = control or SolveControl()
    if not is_killable():
        return run_apart("scip", model, options, control, start)
    from steepest.solvers.backends.scip_running import run_scip

    return run_scip(model, options, control, start)


def _require_shallow(model: ExpressionModel) -> None:
    """No expression may be nested so deeply that the recursion in SCIP runs out of stack."""
    for number in range(len(model.expressions)):
        if height(model.expressions, number) > _MOST_NESTED:
            owner = f"the constraint {model.linear.row_name(number - 1)}" if number else "the objective"
            reason = f"it is nested more than {_MOST_NESTED} levels deep: name parts of it by variables of their own"
            raise UnsupportedProblemError(owner, reason)
