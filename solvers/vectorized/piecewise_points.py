"""The points of a piecewise linear function, for all rows of a frame."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from steepest.solvers.diagnostics import problem
from steepest.solvers.language.expressions import Call, Expression, Reduction, TupleOf
from steepest.solvers.language.spelling import spell
from steepest.solvers.vectorized.frames import Frame, Rows
from steepest.solvers.vectorized.scatter import Numbers

if TYPE_CHECKING:
    from steepest.solvers.vectorized.evaluation import Evaluator


@dataclass(frozen=True, eq=False)
class Points:
    """The points of each row, one behind the other, from left to right."""

    rows: Rows
    x: Numbers
    y: Numbers
    size: int

    @cached_property
    def counts(self) -> npt.NDArray[np.intp]:
        """How many points each row has."""
        return np.bincount(self.rows, minlength=self.size)

    @cached_property
    def last(self) -> npt.NDArray[np.intp]:
        """The place of each row's last point."""
        return np.cumsum(self.counts) - 1

    @cached_property
    def first(self) -> npt.NDArray[np.intp]:
        """The place of each row's first point."""
        return self.last - self.counts + 1

    @cached_property
    def slopes(self) -> Numbers:
        """The slope behind each point; 0 behind the last one of a row."""
        slopes = np.zeros(len(self.x))
        same = np.flatnonzero(self.rows[1:] == self.rows[:-1])
        slopes[same] = (self.y[same + 1] - self.y[same]) / (self.x[same + 1] - self.x[same])
        return slopes

    @cached_property
    def bends(self) -> npt.NDArray[np.intp]:
        """The places of inner points at which the slope changes."""
        inner = np.setdiff1d(np.arange(len(self.x)), np.concatenate([self.first, self.last]))
        return np.asarray(inner[self.slopes[inner] != self.slopes[inner - 1]])

    def at(self, values: Numbers) -> Numbers:
        """The function's value in each row; NaN beyond its ends."""
        values = np.broadcast_to(values, self.size)
        room = 1e-6 * np.maximum(1.0, np.abs(values))
        inside = (values >= self.x[self.first] - room) & (values <= self.x[self.last] + room)
        below = (self.x <= values[self.rows]) & (np.arange(len(self.x)) < self.last[self.rows])
        place = self.first + np.maximum(np.bincount(self.rows, below, self.size).astype(np.intp) - 1, 0)
        found = self.y[place] + self.slopes[place] * (values - self.x[place])
        return np.where(inside, found, np.nan)


def piecewise_points(evaluate: "Evaluator", node: Call | Reduction, frame: Frame) -> tuple[Expression, Points]:
    """The argument of a piecewise linear function, and its points.

    `piecewise(x, (0, 0), (10, 5), (30, 9))`, or `piecewise(x, (at[k], cost[k]) for k in Point)`.

    Raises:
        FormulationError: It is written otherwise, or the points do not go from left to right.
    """
    argument, corners = _parts(node)
    if isinstance(node, Reduction):
        expansion = evaluate.expand(frame, node.generators)
        rows, spots = expansion.parents, expansion.frame
        x, y = (np.broadcast_to(evaluate.number(part, spots), spots.size) for part in corners[0].items)
    else:
        rows = np.repeat(np.arange(frame.size, dtype=np.int32), len(corners))
        columns = [[np.broadcast_to(evaluate.number(c.items[k], frame), frame.size) for c in corners] for k in (0, 1)]
        x, y = (np.stack(column, axis=1).reshape(-1) for column in columns)
    points = Points(rows, x, y, frame.size)
    if (points.counts < 2).any() or ((rows[1:] == rows[:-1]) & (x[1:] <= x[:-1])).any():
        message = f"the points of `{spell(node)}` have to go from left to right, two of them at least"
        raise problem("piecewise-order", message, place=node.place, repair="put them in order, each x once")
    return argument, points


def _parts(node: Call | Reduction) -> tuple[Expression, tuple[TupleOf, ...]]:
    items = node.arguments if isinstance(node, Call) else node.body.items if isinstance(node.body, TupleOf) else ()
    corners = tuple(item for item in items[1:] if isinstance(item, TupleOf) and len(item.items) == 2)
    if len(corners) != len(items) - 1 or not corners or (isinstance(node, Reduction) and len(corners) != 1):
        repair = "write `piecewise(x, (0, 0), (10, 5), (30, 9))` or `piecewise(x, (at[k], cost[k]) for k in K)`"
        raise problem("wrong-arguments", f"`{spell(node)}` has no points", place=node.place, repair=repair)
    return items[0], corners
