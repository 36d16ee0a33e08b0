"""Bounds that rows imply for their columns: `x + y <= 10` with `y >= 0` bounds `x` although nobody wrote it down.

The activity argument of presolve (Savelsbergh, "Preprocessing and probing techniques for mixed integer programming
problems", ORSA Journal on Computing 6(4), 1994), for all terms of a block of rows at once.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from steepest.solvers.linearization.boxes import Box, scaled_box
from steepest.solvers.vectorized.rows import RowBlock
from steepest.solvers.vectorized.scatter import Numbers, totals

_OUTWARD = 1e-9
"""How much an implied bound is widened, relative to its size above 1: rounding must not cut anything off."""

_LARGEST = 1e12
"""An implied bound beyond this bounds nothing."""


def propagated(blocks: Sequence[RowBlock], box: Box, whole: npt.NDArray[np.bool_]) -> Box:
    """The box, made smaller by what every row implies for each of its columns; one pass over all rows.

    Args:
        blocks: Rows that every answer meets.
        box: Of all columns.
        whole: Which columns are whole numbers.
    """
    low, high = box.low.copy(), box.high.copy()
    for block in blocks:
        if len(block.columns):
            _narrow(block, Box(low, high))
    low, high = _rounded_inward(low, high, whole)
    crossed = low > high  # no answer exists: whoever solves the model says so
    return Box(np.where(crossed, box.low, low), np.where(crossed, box.high, high))


def _narrow(block: RowBlock, box: Box) -> None:
    rows, columns, factors = block.row_numbers, block.columns, block.coefficients
    terms = scaled_box(box.at(columns), factors)
    room_above = block.upper[rows] - _others(terms.low, rows, len(block))
    room_below = block.lower[rows] + _others(-terms.high, rows, len(block))
    at_most = np.where(factors > 0, room_above, room_below) / factors
    at_least = np.where(factors > 0, room_below, room_above) / factors
    np.minimum.at(box.high, columns, _widened(at_most, 1))
    np.maximum.at(box.low, columns, _widened(at_least, -1))


def _others(least: Numbers, rows: npt.NDArray[np.intp], size: int) -> Numbers:
    """For each term the least that all other terms of its row come to together."""
    is_open = np.isinf(least)
    closed = np.where(is_open, 0.0, least)
    total = totals(rows, closed, size)[rows] - closed
    opened = np.bincount(rows, is_open, size)[rows] - is_open
    return np.where(opened > 0, -np.inf, total)


def _widened(bounds: Numbers, direction: int) -> Numbers:
    wide = bounds + direction * _OUTWARD * np.maximum(1.0, np.abs(bounds))
    return np.where(np.abs(wide) <= _LARGEST, wide, direction * np.inf)  # NaN, of infinite less infinite, is no bound


def _rounded_inward(low: Numbers, high: Numbers, whole: npt.NDArray[np.bool_]) -> Box:
    return Box(np.where(whole, np.ceil(low - 1e-6), low), np.where(whole, np.floor(high + 1e-6), high))
