"""Linear and quadratic forms over the rows of a frame: what an expression with variables compiles to.

A form is a constant per row plus blocks of terms. A block is three arrays (row, column, coefficient), so that a sum
of a million terms is a few array operations and no object a term.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from steepest.solvers.diagnostics import problem
from steepest.solvers.vectorized.frames import MAX_ROWS, Rows, spread
from steepest.solvers.vectorized.scatter import Numbers, totals

_ROUNDING = 1e-14
"""What is left of terms that cancel, relative to their size: a few units in the last place of a float."""

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
        if factor.ndim == 0 and factor == 0:
            return Form(self.size, np.zeros(()))
        blocks = []
        for block in self.blocks:
            by_term = factor if factor.ndim == 0 or block.rows is None else factor[block.rows]
            blocks.append(Block(block.rows, block.columns, _times(block.coefficients, by_term), block.second))
        nothing = self.constant.ndim == 0 and self.constant == 0  # as in most sums: no need to spell zeros out
        constant = self.constant if nothing else np.asarray(self.constant * factor)
        return Form(self.size, constant, tuple(blocks))

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
    """The product of two forms whose degrees add up to 2 at most.

    Raises:
        FormulationError: There are more products of terms than fit into memory.
    """
    if right.is_constant:
        return left.scaled(right.constant)
    if left.is_constant:
        return right.scaled(left.constant)
    linear = left.scaled(right.constant).blocks + right.scaled(left.constant).blocks
    products = _product(_merged(left), _merged(right), left.size)
    constant = np.asarray(left.constant * right.constant)
    return Form(left.size, constant, (*(b for b in linear if np.any(b.coefficients)), products))


def compacted(form: Form) -> Form:
    """The same form with the terms of equal variables in a row added up, one block a degree, in row order.

    A named expression that is used many times costs its distinct terms each time, not the terms it was written with.
    """
    blocks = []
    for degree in (1, 2):
        chosen = [block for block in form.blocks if (block.second is None) == (degree == 1)]
        if chosen:
            blocks.append(in_row_order(_merged(Form(form.size, form.constant, tuple(chosen))), form.size))
    return Form(form.size, form.constant, tuple(block for block in blocks if len(block.columns)))


def in_row_order(block: Block, size: int) -> Block:
    """The terms sorted by row, those of the same variables added up, and zeros left out."""
    rows, first, second = block.rows_in(size), block.columns, block.second
    coefficients = np.broadcast_to(block.coefficients, len(first))
    if (rows[1:] < rows[:-1]).any():
        order = np.argsort(rows, kind="stable")
        rows, first, coefficients = rows[order], first[order], coefficients[order]
        second = None if second is None else second[order]
    if second is not None or ((rows[1:] == rows[:-1]) & (first[1:] <= first[:-1])).any():
        rows, first, second, coefficients = _added_up(rows, first, second, coefficients)
    if not coefficients.all():
        keep = np.flatnonzero(coefficients)
        rows, first, coefficients = rows[keep], first[keep], coefficients[keep]
        second = None if second is None else second[keep]
    return Block(rows, first, coefficients, second)


def _added_up(
    rows: Rows, first: Columns, second: Columns | None, coefficients: Numbers
) -> tuple[Rows, Columns, Columns | None, Numbers]:
    """Sorted by row and variables, with equal places added up; a product's smaller column comes first."""
    if second is not None:
        first, second = np.minimum(first, second), np.maximum(first, second)
    keys = (first, rows) if second is None else (second, first, rows)
    order = np.lexsort(keys)
    new = np.ones(len(order), bool)
    new[1:] = np.logical_or.reduce([key[order][1:] != key[order][:-1] for key in keys])
    at, starts = order[new], np.flatnonzero(new)
    total = np.add.reduceat(coefficients[order], starts)
    size = np.add.reduceat(np.abs(coefficients[order]), starts)
    total = np.where(np.abs(total) <= _ROUNDING * size, 0.0, total)  # 0.1 + 0.2 - 0.3 is nothing
    return rows[at], first[at], None if second is None else second[at], total


def _merged(form: Form) -> Block:
    """All blocks of one degree as one."""
    if len(form.blocks) == 1:
        return form.blocks[0]
    seconds = [block.second for block in form.blocks if block.second is not None]
    return Block(
        np.concatenate([block.rows_in(form.size) for block in form.blocks]),
        np.concatenate([block.columns for block in form.blocks]),
        np.concatenate([np.broadcast_to(block.coefficients, len(block.columns)) for block in form.blocks]),
        np.concatenate(seconds) if seconds else None,
    )


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
    products = int(counts[rows].sum())
    if products > MAX_ROWS:
        repair = "make each sum a variable of its own, with a constraint that defines it, and multiply those"
        raise problem("too-large", f"a product of sums has {products:,} terms", repair=repair)
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
