"""What a change of data does to a compiled model, certified from its arrays: whether every answer stays one.

Two models of the same columns and rows are compared coefficient by coefficient. Where each row of the second holds for
whatever meets the first, and no point costs more, the second is at least as good, whatever the solver says; the signs
of the variables' bounds decide what a larger coefficient does.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from steepest.solvers.vectorized.columns import INTEGER
from steepest.solvers.vectorized.compile import CompiledModel
from steepest.solvers.vectorized.scatter import Numbers

Direction = Literal["helps", "hurts", "nothing", "unclear"]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change of data does."""

    direction: Direction
    """`helps`: the optimum is at least as good afterwards; `hurts`: at most as good; `unclear`: neither is certain."""
    is_limit: bool = False
    """Whether it moves nothing but what decisions are compared with: sides, bounds, or a side that is switched."""
    in_objective: bool = False
    in_rows: bool = False


UNCLEAR = Effect("unclear")


def effect(before: CompiledModel, after: CompiledModel) -> Effect:
    """What a change does to the optimum, as far as the arrays prove it."""
    if not _same_layout(before, after):
        return UNCLEAR
    sign = 1.0 if before.sense == "minimize" else -1.0
    price = sign * (after.cost - before.cost)
    rows = after.row_coefficients - before.row_coefficients
    low, high = np.minimum(before.lower, after.lower), np.maximum(before.upper, after.upper)
    objective = _objective_ways(price, sign * (after.offset - before.offset), low, high)
    limits, switched = _row_ways(before, after, rows, low, high)
    bounds = _ways((before.lower, before.upper), (after.lower, after.upper))
    is_limit = not price.any() and switched
    return Effect(
        _direction(objective & limits & bounds),
        is_limit=is_limit,
        in_objective=bool(price.any()) or after.offset != before.offset,
        in_rows=bool(rows.any() or _moved(before, after)),
    )


_HELPS, _HURTS = 1, 2
_BOTH = _HELPS | _HURTS


def _direction(ways: int) -> Direction:
    return {_BOTH: "nothing", _HELPS: "helps", _HURTS: "hurts"}.get(ways, "unclear")  # type: ignore[return-value]


def _same_layout(before: CompiledModel, after: CompiledModel) -> bool:
    hessians = (before.hessian, after.hessian)
    if (hessians[0] is None) != (hessians[1] is None):
        return False
    if hessians[0] is not None and hessians[1] is not None and not _same(hessians[0].values, hessians[1].values):
        return False
    pairs = (
        (before.types, after.types),
        (before.row_starts, after.row_starts),
        (before.row_columns, after.row_columns),
    )
    return before.sense == after.sense and all(np.array_equal(one, other) for one, other in pairs)


def _same(one: Numbers, other: Numbers) -> bool:
    return len(one) == len(other) and bool((one == other).all())


def _objective_ways(price: Numbers, offset: float, low: Numbers, high: Numbers) -> int:
    """Whether no point of the box costs more, and whether none costs less."""
    moved = price != 0
    dearer = ((price > 0) & (low >= 0)) | ((price < 0) & (high <= 0))
    cheaper = ((price > 0) & (high <= 0)) | ((price < 0) & (low >= 0))
    helps = offset <= 0 and bool(cheaper[moved].all())
    hurts = offset >= 0 and bool(dearer[moved].all())
    return helps * _HELPS | hurts * _HURTS


def _row_ways(
    before: CompiledModel, after: CompiledModel, change: Numbers, low: Numbers, high: Numbers
) -> tuple[int, bool]:
    """Whether every row stays met by what met it, and whether by nothing else; and whether only sides are moved."""
    columns = before.row_columns
    moved = change != 0
    grows = ((change > 0) & (low[columns] >= 0)) | ((change < 0) & (high[columns] <= 0))
    falls = ((change > 0) & (high[columns] <= 0)) | ((change < 0) & (low[columns] >= 0))
    row = np.repeat(np.arange(before.rows), np.diff(before.row_starts))
    may_grow, may_fall = np.zeros(before.rows, bool), np.zeros(before.rows, bool)
    np.logical_or.at(may_grow, row[moved & ~falls], True)
    np.logical_or.at(may_fall, row[moved & ~grows], True)
    has_upper = np.isfinite(before.row_upper) | np.isfinite(after.row_upper)
    has_lower = np.isfinite(before.row_lower) | np.isfinite(after.row_lower)
    rises = has_upper & may_grow  # the activity of a point may grow: an upper side may break
    sinks = has_lower & may_fall
    loosened = _ways((before.row_lower, before.row_upper), (after.row_lower, after.row_upper))
    helps = bool(loosened & _HELPS) and not (rises | sinks).any()
    hurts = bool(loosened & _HURTS) and not ((has_upper & may_fall) | (has_lower & may_grow)).any()
    return helps * _HELPS | hurts * _HURTS, _are_switches(before, columns[moved])


def _are_switches(model: CompiledModel, columns: npt.NDArray[np.int32]) -> bool:
    """Whether the columns are all of them yes or no, so that a coefficient is a limit that is switched."""
    is_binary = (model.types == INTEGER) & (model.lower >= 0) & (model.upper <= 1)
    return bool(is_binary[columns].all())


def _ways(before: tuple[Numbers, Numbers], after: tuple[Numbers, Numbers]) -> int:
    """Of lower and upper bounds: whether all are at least as wide afterwards, and whether all are as narrow."""
    is_wider = bool((after[0] <= before[0]).all() and (after[1] >= before[1]).all())
    is_narrower = bool((after[0] >= before[0]).all() and (after[1] <= before[1]).all())
    return is_wider * _HELPS | is_narrower * _HURTS


def _moved(before: CompiledModel, after: CompiledModel) -> bool:
    pairs = (
        (before.row_lower, after.row_lower),
        (before.row_upper, after.row_upper),
        (before.lower, after.lower),
        (before.upper, after.upper),
    )
    return any(not np.array_equal(one, other) for one, other in pairs)
