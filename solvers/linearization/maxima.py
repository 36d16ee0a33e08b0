"""The largest of several linear forms as a column.

`t >= f` for each of them, and, where `t` is wanted larger than that, `t <= f` for one that a binary variable chooses.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from steepest.solvers.linearization.boxes import Box, column_box, form_box
from steepest.solvers.linearization.demand import Demand
from steepest.solvers.linearization.lattices import is_whole
from steepest.solvers.linearization.reformulation import Numbered, Record, Reformulation
from steepest.solvers.linearization.refusals import LARGEST_FACTOR, unbounded
from steepest.solvers.vectorized.forms import Block, Form, add, compacted
from steepest.solvers.vectorized.rows import RowBlock
from steepest.solvers.vectorized.scatter import Numbers

Owners = npt.NDArray[np.integer]
"""For each argument the place of the maximum that it belongs to."""


def maximum(made: Reformulation, record: Record, arguments: Form, owners: Owners, size: int) -> Form:
    """The largest argument of each of `size` maxima, as a form.

    An argument that is below another one wherever the variables are takes no part; where one is left, it is the
    maximum as it is.

    Args:
        made: What the columns and definitions are added to.
        record: Of the term.
        arguments: Linear forms, one a row.
        owners: Which maximum each belongs to; every one has at least one.
        size: How many maxima there are.
    """
    form = compacted(arguments)
    box = form_box(form, column_box(made.columns))
    floor = _largest(box.low, owners, size)
    kept = box.high > floor[owners]
    kept[_first_of_each(np.flatnonzero(box.low >= floor[owners]), owners, size)] = True
    alone = (np.bincount(owners[kept], minlength=size) == 1)[owners]
    direct, shared = np.flatnonzero(kept & alone), np.flatnonzero(kept & ~alone)
    parts = [form.gathered(direct).scattered(owners[direct], size)]
    if len(shared):
        rows, places = np.unique(owners[shared], return_inverse=True)
        inner = form.gathered(shared)
        whole = np.logical_and.reduceat(
            is_whole(inner, made.columns)[np.argsort(places, kind="stable")], _starts(places)
        )
        ceiling = _largest(box.high, owners, size)
        results = made.add_columns(record, floor[rows], ceiling[rows], whole)
        made.definitions.append(Maximum(record, inner, places, results))
        parts.append(Form(len(rows), np.zeros(()), (Block(None, results, np.ones(())),)).scattered(rows, size))
    return add(parts, [1] * len(parts))


@dataclass(eq=False)
class Maximum:
    """Columns that stand for the largest of several arguments each."""

    record: Record
    form: Form
    owners: Owners
    results: Numbered

    @property
    def arguments(self) -> Numbered:
        """The columns that occur in the arguments."""
        return np.concatenate([block.columns for block in self.form.blocks])

    def narrow(self, box: Box) -> None:
        """The maximum lies above every argument's least value and below the largest of all."""
        inner, count = form_box(self.form, box), len(self.results)
        np.maximum.at(box.low, self.results, _largest(inner.low, self.owners, count))
        np.minimum.at(box.high, self.results, _largest(inner.high, self.owners, count))

    def rows(self, made: Reformulation, box: Box, demand: Demand) -> Iterator[RowBlock]:
        """Above every argument where it is wanted smaller; at one of them where it is wanted larger."""
        above = np.flatnonzero(demand.smaller[self.results][self.owners])
        below = np.flatnonzero(demand.larger[self.results][self.owners])  # before its own rows ask for anything
        if len(above):
            yield made.row_block(self.record, self._excess(above), 0.0, np.inf)
        if len(below):
            yield from self._at_one_of(below, made, box)

    def _excess(self, chosen: Owners) -> Form:
        """The maximum less the argument, for the chosen arguments."""
        columns = self.results[self.owners[chosen]]
        return add(
            [Form(len(chosen), np.zeros(()), (Block(None, columns, np.ones(())),)), self.form.gathered(chosen)], [1, -1]
        )

    def _at_one_of(self, chosen: Owners, made: Reformulation, box: Box) -> Iterator[RowBlock]:
        inner = form_box(self.form, box)
        factors = (_largest_other(inner.high, self.owners, len(self.results)) - inner.low)[chosen]
        factors = np.maximum(factors, 0.0)
        if not (factors <= LARGEST_FACTOR).all():
            raise unbounded(self.record, self.arguments, box)
        self.record.note_big_m(factors)
        choices = made.add_binaries(self.record, len(chosen))
        switched = Form(len(chosen), np.zeros(()), (Block(None, choices, factors),))
        yield made.row_block(self.record, add([self._excess(chosen), switched], [1, 1]), -np.inf, factors)
        owners, places = np.unique(self.owners[chosen], return_inverse=True)
        one = Form(len(owners), np.zeros(()), (Block(places.astype(np.int32), choices, np.ones(())),))
        yield made.row_block(self.record, one, 1.0, 1.0)


def _largest(values: Numbers, owners: Owners, size: int) -> Numbers:
    found = np.full(size, -np.inf)
    np.maximum.at(found, owners, values)
    return found


def _largest_other(values: Numbers, owners: Owners, size: int) -> Numbers:
    """For each argument the largest value among the others of its maximum."""
    best = _largest(values, owners, size)
    first = _first_of_each(np.flatnonzero(values >= best[owners]), owners, size)
    rest = values.copy()
    rest[first] = -np.inf
    second = _largest(rest, owners, size)
    found = best[owners]
    found[first] = second[owners[first]]
    return found


def _first_of_each(places: Owners, owners: Owners, size: int) -> Owners:
    """Of the given places the first one of each owner."""
    first = np.full(size, len(owners))
    np.minimum.at(first, owners[places], places)
    return first[first < len(owners)]


def _starts(places: Owners) -> Owners:
    """Where each owner's places begin once they are sorted; every owner has one."""
    counts = np.bincount(places)
    return np.cumsum(counts) - counts
