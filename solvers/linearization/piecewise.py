"""A function that joins points by straight lines: a line, and a bend at each inner point.

`f(x) = y1 + s1 (x - x1) + (s2 - s1) max(0, x - x2) + ...`, so that each bend is a maximum, which takes no binary
variable where it is wanted in its convex direction.
"""

from typing import TYPE_CHECKING

import numpy as np

from steepest.solvers.language.expressions import Call, Reduction
from steepest.solvers.linearization.maxima import maximum
from steepest.solvers.vectorized.forms import Form, add
from steepest.solvers.vectorized.frames import Frame
from steepest.solvers.vectorized.piecewise_points import piecewise_points

if TYPE_CHECKING:
    from steepest.solvers.linearization.linearizer import Linearizer


def piecewise_form(linearizer: "Linearizer", node: Call | Reduction, frame: Frame) -> Form:
    """The function's value, row by row; its argument is kept between the first point and the last."""
    argument, points = piecewise_points(linearizer.algebra.evaluate, node, frame)
    inner = linearizer.linear_form(argument, frame)
    record = linearizer.made.record("piecewise", node, linearizer.algebra.element)
    linearizer.made.add_rows(record, inner, points.x[points.first], points.x[points.last])
    line = add([inner, Form(frame.size, points.x[points.first])], [1, -1]).scaled(points.slopes[points.first])
    value = add([line, Form(frame.size, points.y[points.first])], [1, 1])
    bends = points.bends
    if not len(bends):
        return value
    owners, count = points.rows[bends], len(bends)
    beyond = add([inner.gathered(owners), Form(count, points.x[bends])], [1, -1])
    places = np.arange(count)
    arguments = beyond.scattered(places, 2 * count)  # and zero for each
    hinges = maximum(linearizer.made, record, arguments, np.tile(places, 2), count)
    change = points.slopes[bends] - points.slopes[bends - 1]
    return add([value, hinges.scaled(change).scattered(owners, frame.size)], [1, 1])
