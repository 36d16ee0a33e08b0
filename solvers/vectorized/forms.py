"""Linear and quadratic forms over the rows of a frame: what an expression with variables compiles to.

A form is a constant per row plus blocks of terms. A block is three arrays (row, column, coefficient), so that a sum
of a million terms is a few array operations and no object a term.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from steepest.solvers.vectorized.frames import Rows, spread
from steepest.solvers.vectorized.scatter import Numbers, totals

Columns: TypeAlias = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Block:
    """Terms `coefficient * x[column]`, or `coefficient * x[column] * x[second]` where `second` is given."""

    rows: Rows | None
    """None: one term per row, in order."""
    columns: Columns
    coefficients: Numbers
    """0-dimensional where all terms have the same."""
    second: Columns | None = None

    def rows_in(self, size: int) -> Rows:
        """The terms' rows, spelled out."""
        return np.arange(size, dtype=np.int32) if self.rows is None else self.rows

    def at(self, rows: Rows | None, terms: Any = ...) -> "Block":
        """The given terms of the block, in other rows."""
        coefficients = self.coefficients if self.coefficients.ndim == 0 else self.coefficients[terms]
        second = None if self.second is None else self.second[terms]
        return Block(rows, self.columns[terms], coefficients, second)


@dataclass(frozen=True, slots=True)
class Form:
    """`constant + blocks`, for each of `size` rows."""

    size: int
    constant: Numbers
    blocks: tuple[Block, ...] = field(default=())

    @property
    def is_constant(self) -> bool:
        """Whether no variable occurs."""
        return not self.blocks

    @property
    def degree(self) -> int:
        """0, 1 or 2."""
        return max((1 if block.second is None else 2 for block in self.blocks), default=0)

    def scaled(self, factor: Numbers) -> "Form":
        """Every row times its factor."""
        blocks = []
        for block in self.blocks:
            by_term = factor if factor.ndim == 0 or block.rows is None else factor[block.rows]
            blocks.append(Block(block.rows, block.columns, _times(block.coefficients, by_term), block.second))
        return Form(self.size, np.asarray(self.constant * factor), tuple(blocks))

    def summed(self, parents: Rows, size: int) -> "Form":
        """The rows added up into `size` rows, each into its parent."""
        constant = np.broadcast_to(self.constant, self.size)
        total = totals(parents, constant, size) if self.constant.ndim or self.constant else np.zeros(())
        blocks = tuple(
            Block(parents if b.rows is None else parents[b.rows], b.columns, b.coefficients, b.second)
            for b in self.blocks
        )
        return Form(size, total, blocks)

    def scattered(self, rows: npt.NDArray[np.integer], size: int) -> "Form":
        """The rows put at other places of a form that is zero elsewhere."""
        return self.summed(rows.astype(np.int32), size)

    def gathered(self, positions: npt.NDArray[np.integer]) -> "Form":
        """The rows at the given positions, each as often as it is asked for."""
        size = positions.size
        constant = self.constant if self.constant.ndim == 0 else self.constant[positions]
        return Form(size, np.asarray(constant), tuple(_gather(b, positions, self.size) for b in self.blocks))


def constant_form(value: Numbers, size: int) -> Form:
    """A form without variables."""
    return Form(size, np.asarray(value))


def add(forms: Sequence[Form], signs: Sequence[int]) -> Form:
    """The forms added or subtracted, row by row."""
    signed = [form if sign > 0 else form.scaled(np.float64(-1)) for form, sign in zip(forms, signs, strict=True)]  # type: ignore[arg-type]
    constant = np.asarray(sum((form.constant for form in signed[1:]), start=signed[0].constant))
    return Form(forms[0].size, constant, tuple(block for form in signed for block in form.blocks))


def multiply(left: Form, right: Form) -> Form:
    """The product of two forms whose degrees add up to 2 at most."""
    if right.is_constant:
        return left.scaled(right.constant)
    if left.is_constant:
        return right.scaled(left.constant)
    linear = left.scaled(right.constant).blocks + right.scaled(left.constant).blocks
    products = tuple(_product(a, b, left.size) for a in left.blocks for b in right.blocks)
    constant = np.asarray(left.constant * right.constant)
    return Form(left.size, constant, tuple(b for b in linear if np.any(b.coefficients)) + products)


def _times(a: Numbers, b: Numbers) -> Numbers:
    """The product, without copying a million entries where one side is 1."""
    if a.ndim == 0 and a == 1:
        return b
    return a if b.ndim == 0 and b == 1 else np.asarray(a * b)


def _product(a: Block, b: Block, size: int) -> Block:
    """Every term of one block times every term of the other in the same row."""
    if a.rows is None and b.rows is None:
        return Block(None, a.columns, np.asarray(a.coefficients * b.coefficients), b.columns)
    rows = a.rows_in(size)
    order, start, counts = _by_row(b, size)
    of_a, at = spread(start[rows], counts[rows])
    left, right = a.at(None, of_a), b.at(None, order[at])
    return Block(rows[of_a], left.columns, np.asarray(left.coefficients * right.coefficients), right.columns)


def _gather(block: Block, positions: npt.NDArray[np.integer], size: int) -> Block:
    if block.rows is None:
        return block.at(None, positions)
    order, start, counts = _by_row(block, size)
    rows, at = spread(start[positions], counts[positions])
    return block.at(rows, order[at])


def _by_row(block: Block, size: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The terms' order by row, and where each row's terms begin and how many they are."""
    rows = block.rows_in(size)
    counts = np.bincount(rows, minlength=size)
    return np.argsort(rows, kind="stable"), np.cumsum(counts) - counts, counts
