"""Frames: all index tuples that an expression is evaluated for at once, a column per index name.

A constraint's head makes a frame of one row per index tuple; a comprehension inside it expands each row by the
elements of its sets, and remembers which row each new one came from, so that a sum is a scatter along `parents`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from steepest.solvers.vectorized.relations import Domain, Relation
from steepest.solvers.vectorized.universe import Ids

Rows = npt.NDArray[np.int32]

MAX_ROWS = 30_000_000
"""Rows that one frame may have: an index column takes 4 bytes a row, a coefficient 8, and there are several of both."""


@dataclass(frozen=True, slots=True)
class Labels:
    """A label in every row, or one for all (0-dimensional): by its position in the set it ranges over, or by its id."""

    over: Relation | None = None
    positions: Rows | None = None
    given: Ids | None = None

    @property
    def ids(self) -> Ids:
        """The labels' ids; -1 for none."""
        if self.given is not None:
            return self.given
        if self.over is None or self.positions is None:
            raise ValueError("labels need ids, or positions in a set")
        return self.over.columns[0][self.positions]

    def take(self, rows: npt.NDArray[np.integer]) -> "Labels":
        """The labels of the given rows."""
        if self.positions is not None:
            return Labels(self.over, self.positions if self.positions.ndim == 0 else self.positions[rows])
        ids = self.ids
        return Labels(self.over, None, ids if ids.ndim == 0 else ids[rows])


@dataclass(frozen=True, slots=True)
class Frame:
    """Rows of index values; the root frame has one row and no names."""

    size: int
    columns: Mapping[str, Labels] = field(default_factory=dict)

    def take(self, rows: npt.NDArray[np.integer]) -> "Frame":
        """The frame of the given rows."""
        return Frame(len(rows), {name: labels.take(rows) for name, labels in self.columns.items()})


ROOT = Frame(1)


@dataclass(frozen=True, slots=True)
class Expansion:
    """A frame made from another one by generators."""

    frame: Frame
    parents: Rows
    """The row of the original frame that each row came from; never decreasing."""


def crossed(size: int, count: int) -> tuple[Rows, npt.NDArray[np.int32]]:
    """For each of `size` rows all of `count` elements: the rows' and the elements' positions."""
    elements = np.arange(count, dtype=np.int32)
    if size == 1:
        return np.broadcast_to(np.int32(0), count), elements
    return np.repeat(np.arange(size, dtype=np.int32), count), np.tile(elements, size)


def joined(keys: Ids, relation: Relation, column: int) -> tuple[Rows, npt.NDArray[np.int32]]:
    """For each key the elements of a relation that have it in a column: the keys' and the elements' positions.

    Sorted once per relation and column; then linear in the keys and in what is found.
    """
    order, values = relation.sorted_by(column)
    start = np.searchsorted(values, keys, "left")
    counts = np.searchsorted(values, keys, "right") - start
    rows, at = spread(start, counts)
    return rows, order[at].astype(np.int32)


def spread(start: npt.NDArray[np.integer], counts: npt.NDArray[np.integer]) -> tuple[Rows, npt.NDArray[np.int64]]:
    """The rows `0, 0, ..., 1, ...` repeated by `counts`, and with each the running number from its `start`."""
    rows = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    ends = np.cumsum(counts)
    running = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - counts, counts)
    return rows, np.repeat(start, counts) + running


def locate(domain: Domain, labels: Sequence[Labels]) -> npt.NDArray[np.integer]:
    """The position of each index tuple in a domain, -1 where it is outside.

    An index that ranges over the very set of its position needs no look-up: it knows its place.
    """
    position: npt.NDArray[np.integer] = np.zeros((), np.int32 if len(domain) < 2**31 else np.int64)
    outside: npt.NDArray[np.bool_] | None = None
    first = 0
    for factor in domain.factors:
        part = labels[first : first + factor.width]
        first += factor.width
        if factor.width == 1 and part[0].over is factor and part[0].positions is not None:
            local: npt.NDArray[np.integer] = part[0].positions
        else:
            local = factor.locate([label.ids for label in part])
            outside = (local < 0) if outside is None else outside | (local < 0)
        position = local if len(domain.factors) == 1 else position * position.dtype.type(len(factor)) + local
    return position if outside is None else np.where(outside, -1, position)
