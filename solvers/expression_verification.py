"""What an answer to a nonlinear model is worth: every solver's is judged alike, by evaluating the expressions."""

import numpy as np

from steepest.solvers.backends.expression_model import ExpressionModel, evaluated
from steepest.solvers.singularities import singularity
from steepest.solvers.solution import Status
from steepest.solvers.tolerances import FEASIBILITY, LARGEST_MISS
from steepest.solvers.vectorized.scatter import Numbers
from steepest.solvers.verification import column_defect, largest_terms, objective_value, row_activity, row_defect

NO_BEST_VALUE = (
    "the solver finds no best value of the objective, although there are values that meet all constraints: the "
    "objective has no finite best value, or is not defined somewhere among them, as `1/x` is not at x = 0; give bounds "
    "that keep its terms away from there, such as a divisor a lower bound above 0"
)
"""Of an objective without which a problem has answers that it has none with."""
_FAR = 1e15
"""A value of this size has no digits left behind its point, and is huge to SCIP by its own settings."""
_CALLED_BEST: tuple[Status, ...] = ("optimal", "locally_optimal")


def objective_at(model: ExpressionModel, values: Numbers) -> float:
    """The objective at a point, by our own evaluation; NaN where it has no value there."""
    return objective_value(model.linear, values) + float(evaluated(model.expressions, values)[0])


def expression_defect(model: ExpressionModel, values: Numbers) -> str | None:
    """What of the model the values break, or None if they meet all of it within the tolerances."""
    linear = model.linear
    broken = column_defect(linear, values) or _undefined(model, values)
    if broken is not None:
        return broken
    nonlinear = evaluated(model.expressions, values)[1:]
    largest = np.maximum(largest_terms(linear, values), np.abs(nonlinear))
    room = np.minimum(FEASIBILITY * np.maximum(1.0, largest), LARGEST_MISS)
    return row_defect(linear, row_activity(linear, values) + nonlinear, room)


def doubt(model: ExpressionModel, values: Numbers, status: Status, bound: float | None) -> str | None:
    """Why an answer is not to be believed although it may meet the model, in words; None if nothing speaks against it.

    Args:
        model: The model.
        values: The answer, one value a column.
        status: What the solver calls it.
        bound: What the solver says that no objective is better than, where it says so.
    """
    undefined = _undefined(model, values)
    if undefined is not None:
        return f"the solver's answer {undefined}; it is not to be trusted"
    far = _far(model, values) if status in _CALLED_BEST else None
    return _singular(model, values) or far or _beyond(bound, objective_at(model, values), model.linear.sense)


def _undefined(model: ExpressionModel, values: Numbers) -> str | None:
    """Which expression has no finite value at a point, or None."""
    is_finite = np.isfinite(evaluated(model.expressions, values))
    if is_finite.all():
        return None
    if not is_finite[0]:
        return "gives the objective no finite value"
    return f"gives `{model.linear.row_name(int(np.argmin(is_finite)) - 1)}` no finite value"


def _singular(model: ExpressionModel, values: Numbers) -> str | None:
    """Where a term has no value, the objective means nothing."""
    singular = singularity(model, values)
    if singular is None:
        return None
    return (
        f"at the solver's answer {singular}: the model may be unbounded there, or have no optimum; "
        "give bounds that keep it away, such as a divisor a lower bound above 0"
    )


def _far(model: ExpressionModel, values: Numbers) -> str | None:
    """A variable without a bound that is as far away as SCIP looks, where it calls the best it saw optimal.

    SCIP 10.0 says so of `maximize: sqrt(x)` over `x >= 0`, at an objective of 616,425,324.
    """
    open_above, open_below = np.isinf(model.linear.upper), np.isinf(model.linear.lower)
    far = (open_above & (values >= _FAR)) | (open_below & (values <= -_FAR))
    if not far.any():
        return None
    column = int(np.argmax(far))
    return (
        f"the solver calls an answer optimal in which {model.linear.column_name(column)} is {values[column]:g}: "
        "the model may be unbounded; give the variable a bound, if there is a best answer"
    )


def _beyond(bound: float | None, objective: float, sense: str) -> str | None:
    """A point that is better than what the solver has proved that none can be.

    SCIP 10.0 says so of `minimize: log(x)` over -5 to 5, which has no optimum.
    """
    if bound is None:
        return None
    better = bound - objective if sense == "minimize" else objective - bound
    if not better > LARGEST_MISS * max(1.0, abs(objective), abs(bound)):
        return None
    return (
        f"the solver's bound of {bound:g} is passed by its own answer, whose objective is {objective:g}: neither "
        "is to be trusted; the model may be unbounded, or a term have no value near the answer: give the variables "
        "bounds that keep it away, such as a lower bound above 0 under a logarithm"
    )
