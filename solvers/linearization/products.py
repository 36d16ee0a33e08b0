"""Products of an integer column with a bounded one, as columns of their own.

A binary times a bounded `x` is exactly described by four rows (Glover, "Improved linear integer programming
formulations of nonlinear integer problems", Management Science 22(4), 1975); a wider integer is first written in
binary digits.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from steepest.solvers.linearization.boxes import Box, column_box, product_box
from steepest.solvers.linearization.demand import Demand
from steepest.solvers.linearization.reformulation import Numbered, Record, Reformulation
from steepest.solvers.linearization.refusals import LARGEST_FACTOR, unbounded
from steepest.solvers.vectorized.algebra import UnsupportedProblemError
from steepest.solvers.vectorized.columns import INTEGER
from steepest.solvers.vectorized.forms import Block, Form, add, compacted
from steepest.solvers.vectorized.rows import RowBlock

WIDEST_RANGE = 1 << 12
"""How many values an integer in a product may have: beyond it, branching on the product itself is the better way."""


@dataclass(eq=False)
class ProductColumns:
    """The columns that stand for products in one model, each pair of factors once."""

    made: Reformulation
    _keys: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    _results: Numbered = field(default_factory=lambda: np.empty(0, np.int32))

    def linear(self, form: Form, record: Record) -> Form:
        """The form with products that have an integer factor replaced by columns; others stay as they are."""
        form = compacted(form)
        products = next((block for block in form.blocks if block.second is not None), None)
        if products is None or products.second is None:
            return form
        integer = self.made.columns.types == INTEGER
        chosen = integer[products.columns] | integer[products.second]
        if not chosen.any():
            return form
        taken, left = products.at(None, chosen), products.at(None, ~chosen)
        rows = products.rows_in(form.size)
        assert taken.second is not None  # noqa: S101  # as of the products it was taken from
        columns = self._columns_of(taken.columns, taken.second, record)
        blocks = [block for block in form.blocks if block.second is None]
        blocks.append(Block(rows[chosen], columns, taken.coefficients))
        if (~chosen).any():
            blocks.append(Block(rows[~chosen], left.columns, left.coefficients, left.second))
        return Form(form.size, form.constant, tuple(blocks))

    def _columns_of(self, first: Numbered, second: Numbered, record: Record) -> Numbered:
        """The column of each product; the square of a binary is the binary itself."""
        columns = self.made.columns
        is_binary = (columns.types == INTEGER) & (columns.lower >= 0) & (columns.upper <= 1)
        found = np.where((first == second) & is_binary[first], first, -1)
        open_products = np.flatnonzero(found < 0)
        keys = np.minimum(first, second).astype(np.int64) << 31 | np.maximum(first, second)
        self._add(np.unique(keys[open_products]), record)
        found[open_products] = self._results[np.searchsorted(self._keys, keys[open_products])]
        return found.astype(np.int32)

    def _add(self, keys: npt.NDArray[np.int64], record: Record) -> None:
        new = keys[~np.isin(keys, self._keys)]
        if not len(new):
            return
        first, second = (new >> 31).astype(np.int32), (new & (2**31 - 1)).astype(np.int32)
        integer, other = self._sides(first, second)
        columns = self.made.columns
        box = column_box(columns)
        inner = product_box(box.at(integer), box.at(other))
        low = np.where(first == second, np.maximum(inner.low, 0.0), inner.low)
        results = self.made.add_columns(record, low, inner.high, columns.whole[first] & columns.whole[second])
        self.made.definitions.append(Products(record, integer, other, results))
        order = np.argsort(np.concatenate([self._keys, new]))
        self._keys = np.concatenate([self._keys, new])[order]
        self._results = np.concatenate([self._results, results])[order]

    def _sides(self, first: Numbered, second: Numbered) -> tuple[Numbered, Numbered]:
        """The factor to be written in digits, the integer one of fewer values, and the other one."""
        columns = self.made.columns
        width = np.where(columns.types == INTEGER, columns.upper - columns.lower, np.inf)
        swap = (columns.types[first] != INTEGER) | ((width[second] < width[first]) & (columns.types[second] == INTEGER))
        return np.where(swap, second, first), np.where(swap, first, second)


@dataclass(eq=False)
class Products:
    """Columns that stand for an integer column times another one each."""

    record: Record
    integer: Numbered
    other: Numbered
    results: Numbered

    @property
    def arguments(self) -> Numbered:
        """The factors."""
        return np.concatenate([self.integer, self.other])

    def narrow(self, box: Box) -> None:
        """A product lies within the corners of its factors."""
        inner = product_box(box.at(self.integer), box.at(self.other))
        np.maximum.at(box.low, self.results, inner.low)
        np.minimum.at(box.high, self.results, inner.high)

    def rows(self, made: Reformulation, box: Box, demand: Demand) -> Iterator[RowBlock]:
        """Four rows for a binary factor; digits and four rows each for a wider one."""
        self._require_bounds(box)
        low, high = box.at(self.integer)
        is_binary = (low >= 0) & (high <= 1)
        smaller, larger = demand.smaller[self.results], demand.larger[self.results]
        wide = np.flatnonzero(~is_binary & (smaller | larger))
        if len(wide):
            yield from self._in_digits(wide, made, box, smaller[wide], larger[wide])
        narrow = np.flatnonzero(is_binary)
        yield from _switched(
            made, self.record, self.results[narrow], self.integer[narrow], box.at(self.other[narrow]),
            self.other[narrow], smaller[narrow], larger[narrow],
        )  # fmt: skip

    def _require_bounds(self, box: Box) -> None:
        low, high = box.at(self.arguments)
        if not (np.maximum(np.abs(low), np.abs(high)) <= LARGEST_FACTOR).all():
            raise unbounded(self.record, self.arguments, box)

    def _in_digits(
        self,
        wide: npt.NDArray[np.integer],
        made: Reformulation,
        box: Box,
        smaller: npt.NDArray[np.bool_],
        larger: npt.NDArray[np.bool_],
    ) -> Iterator[RowBlock]:
        """`integer = low + 1 b0 + 2 b1 + 4 b2 ...`, so that the product is `low x + 1 (b0 x) + 2 (b1 x) ...`."""
        integers, place = np.unique(self.integer[wide], return_inverse=True)
        low, high = box.at(integers)
        if (high - low >= WIDEST_RANGE).any():
            reason = f"a product needs a factor that is a whole number of fewer than {WIDEST_RANGE:,} values"
            raise UnsupportedProblemError(self.record.text, reason, self.record.place)
        counts = np.ceil(np.log2(np.maximum(high - low, 1) + 1)).astype(np.int64)
        starts = np.cumsum(counts) - counts
        digits = made.add_binaries(self.record, int(counts.sum()))
        owners = np.repeat(np.arange(len(integers)), counts)
        weights = np.exp2(np.arange(len(digits)) - starts[owners])
        written = [
            Form(len(integers), np.zeros(()), (Block(None, integers, np.ones(())),)),
            Form(len(integers), np.zeros(()), (Block(owners.astype(np.int32), digits, weights),)),
        ]
        yield made.row_block(self.record, add(written, [1, -1]), low, low)
        # one column for each digit of each product
        of = np.repeat(np.arange(len(wide)), counts[place])
        running = np.arange(len(of)) - np.repeat(np.cumsum(counts[place]) - counts[place], counts[place])
        digit = starts[place][of] + running
        other = self.other[wide][of]
        inside = box.at(other)
        parts = made.add_columns(self.record, np.minimum(inside.low, 0.0), np.maximum(inside.high, 0.0))
        size = len(wide)
        terms = [
            Form(size, np.zeros(()), (Block(None, self.results[wide], np.ones(())),)),
            Form(size, np.zeros(()), (Block(None, self.other[wide], low[place]),)),
            Form(size, np.zeros(()), (Block(of.astype(np.int32), parts, weights[digit]),)),
        ]
        yield made.row_block(self.record, add(terms, [1, -1, -1]), 0.0, 0.0)
        yield from _switched(made, self.record, parts, digits[digit], inside, other, smaller[of], larger[of])


def _switched(
    made: Reformulation,
    record: Record,
    results: Numbered,
    switch: Numbered,
    box: Box,
    other: Numbered,
    smaller: npt.NDArray[np.bool_],
    larger: npt.NDArray[np.bool_],
) -> Iterator[RowBlock]:
    """`result = switch * other` for a binary switch: from below where it is wanted smaller, from above where larger."""
    if len(results):
        record.note_big_m(np.maximum(np.abs(box.low), np.abs(box.high)))
    for wanted, at_zero, at_one, lower, upper in (
        (smaller, box.low, box.high, 0.0, np.inf),
        (larger, box.high, box.low, -np.inf, 0.0),
    ):
        chosen = np.flatnonzero(wanted)
        if not len(chosen):
            continue
        size = len(chosen)
        result, on = _column_form(results[chosen]), _column_form(switch[chosen])
        # result against at_zero * switch, and against other - at_one * (1 - switch)
        yield made.row_block(record, add([result, on.scaled(at_zero[chosen])], [1, -1]), lower, upper)
        off = add([Form(size, np.ones(())), on], [1, -1]).scaled(at_one[chosen])
        yield made.row_block(record, add([result, _column_form(other[chosen]), off], [1, -1, 1]), lower, upper)


def _column_form(columns: Numbered) -> Form:
    return Form(len(columns), np.zeros(()), (Block(None, columns, np.ones(())),))
