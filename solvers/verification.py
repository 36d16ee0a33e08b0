"""What an answer is worth: a solver's values are believed only as far as the model's own arrays confirm them."""

import numpy as np

from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.backends.scaling import row_factors
from steepest.solvers.tolerances import FEASIBILITY, INTEGRALITY, LARGEST_MISS, ROUNDING
from steepest.solvers.vectorized.scatter import Numbers, totals

_DUST = 1e-11
"""A value of this size is what a solver leaves of zero."""


def tidied(model: ArrayModel, values: Numbers) -> Numbers:
    """The values with whole numbers made whole and a solver's dust on the bounds taken away.

    Only what is within the tolerances is moved: a value beyond its bounds or between two whole numbers stays.
    """
    if not np.isfinite(values).all():
        return values
    values = np.where(np.abs(values) < _DUST, 0.0, values)
    off = (model.types == 2) & (np.abs(values) <= FEASIBILITY) & (values < model.lower)
    values = np.where(off, 0.0, values)
    near = (values >= model.lower - _room(model.lower)) & (values <= model.upper + _room(model.upper)) & ~off
    values = np.where(near, np.clip(values, model.lower, model.upper), values)
    whole = (model.types == 1) & (np.abs(values - np.round(values)) <= INTEGRALITY)
    return np.where(whole, np.round(values), values) + 0.0  # + 0.0: no minus zero


def defect(model: ArrayModel, values: Numbers) -> str | None:
    """What of the model the values break, or None if they meet all of it within the tolerances."""
    return column_defect(model, values) or row_defect(model, row_activity(model, values), row_room(model, values))


def column_defect(model: ArrayModel, values: Numbers) -> str | None:
    """Which variable's bounds or type the values break, or None."""
    if not np.isfinite(values).all():
        return f"gives variable {model.column_name(int(np.argmin(np.isfinite(values))))} no finite value"
    below = values < model.lower - _room(model.lower)
    beyond = (below & ~((model.types == 2) & (values == 0))) | (values > model.upper + _room(model.upper))
    if beyond.any():
        column = int(np.argmax(beyond))
        return f"gives variable {model.column_name(column)} the value {values[column]:g}, beyond its bounds"
    between = (model.types == 1) & (np.abs(values - np.round(values)) > INTEGRALITY)
    if between.any():
        column = int(np.argmax(between))
        return f"gives variable {model.column_name(column)} the value {values[column]:g}, which is not whole"
    return None


def row_defect(model: ArrayModel, activity: Numbers, room: Numbers) -> str | None:
    """Which row is missed by more than its room, or None.

    Args:
        model: The model.
        activity: What each row comes to.
        room: How far each row may be missed.
    """
    if not model.rows:
        return None
    missed = np.maximum(model.row_lower - activity, activity - model.row_upper)
    over = missed - room
    row = int(np.argmax(over))
    if over[row] <= 0:
        return None
    return f"breaks `{model.row_name(row)}` by {missed[row]:.3g}"


def _room(bounds: Numbers) -> Numbers:
    """How far a bound may be missed."""
    return np.minimum(FEASIBILITY * np.maximum(1.0, np.abs(bounds)), LARGEST_MISS)


def row_room(model: ArrayModel, values: Numbers) -> Numbers:
    """How far each row may be missed: relative to its largest term, and never below that term's rounding.

    A row of tiny coefficients is judged as the solver sees it, scaled up.
    """
    largest = largest_terms(model, values)
    room = np.minimum(FEASIBILITY * np.maximum(1 / row_factors(model), largest), LARGEST_MISS)
    return np.maximum(room, ROUNDING * largest)


def largest_terms(model: ArrayModel, values: Numbers) -> Numbers:
    """The largest term of each row by size."""
    terms = np.abs(model.row_coefficients * values[model.row_columns])
    largest = np.zeros(model.rows)
    np.maximum.at(largest, np.repeat(np.arange(model.rows), np.diff(model.row_starts)), terms)
    return largest


def row_activity(model: ArrayModel, values: Numbers) -> Numbers:
    """`A x`."""
    rows = np.repeat(np.arange(model.rows), np.diff(model.row_starts))
    return totals(rows, model.row_coefficients * values[model.row_columns], model.rows)


def objective_value(model: ArrayModel, values: Numbers) -> float:
    """The objective at a point, computed from the model's own arrays."""
    total = model.offset + float(model.cost @ values)
    if model.hessian is not None:
        columns = np.repeat(np.arange(model.columns), np.diff(model.hessian.starts))
        half = np.where(columns == model.hessian.rows, 0.5, 1.0)  # the lower triangle stands for both
        total += float(np.sum(half * model.hessian.values * values[columns] * values[model.hessian.rows]))
    return total + 0.0
