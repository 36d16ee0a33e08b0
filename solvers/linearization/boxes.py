"""Between which values linear and quadratic forms lie while their variables keep within a box, a row at a time.

The scalar twin for expressions of any kind is `backends.intervals`.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from steepest.solvers.vectorized.columns import SEMICONTINUOUS, Columns
from steepest.solvers.vectorized.forms import Block, Form
from steepest.solvers.vectorized.scatter import Numbers, totals


class Box(NamedTuple):
    """The least and the largest value of each column, or of each row of a form."""

    low: Numbers
    high: Numbers

    def at(self, positions: npt.NDArray[np.integer]) -> "Box":
        """The values at the given places."""
        return Box(self.low[positions], self.high[positions])


def column_box(columns: Columns) -> Box:
    """The box of all columns; a semicontinuous one may be zero."""
    may_be_off = columns.types == SEMICONTINUOUS
    return Box(
        np.where(may_be_off, np.minimum(columns.lower, 0.0), columns.lower),
        np.where(may_be_off, np.maximum(columns.upper, 0.0), columns.upper),
    )


def form_box(form: Form, box: Box) -> Box:
    """Between which values each row of a form lies."""
    low = np.array(np.broadcast_to(form.constant, form.size), np.float64)
    high = low.copy()
    for block in form.blocks:
        least, most = _terms(block, box)
        if block.rows is None:
            low, high = low + least, high + most
        else:
            low, high = low + totals(block.rows, least, form.size), high + totals(block.rows, most, form.size)
    return Box(low, high)


def _terms(block: Block, box: Box) -> Box:
    inner = box.at(block.columns)
    if block.second is not None:
        inner = product_box(inner, box.at(block.second))
    return scaled_box(inner, np.broadcast_to(block.coefficients, len(block.columns)))


def scaled_box(box: Box, factors: Numbers) -> Box:
    """The box times a factor each; zero times infinity is nothing."""
    low, high = _times(factors, box.low), _times(factors, box.high)
    return Box(np.minimum(low, high), np.maximum(low, high))


def product_box(left: Box, right: Box) -> Box:
    """The box of products, by their corners."""
    corners = [_times(a, b) for a in left for b in right]
    return Box(np.minimum.reduce(corners), np.maximum.reduce(corners))


def _times(a: Numbers, b: Numbers) -> Numbers:
    with np.errstate(invalid="ignore"):
        return np.where((a == 0) | (b == 0), 0.0, a * b)
