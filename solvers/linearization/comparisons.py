"""Single comparisons in logic: as rows that hold unless something else does, and as literals.

A strict comparison is exact where both sides are whole numbers, or whole multiples of a step: `x > 0` is `x >= 1`.
Between real values `a < b` means `a <= b - STRICTNESS`: a best answer would lie at the edge that does not belong to it.
"""

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from steepest.solvers.language.expressions import Comparison, Expression, Index, Name, Number
from steepest.solvers.language.spelling import spell
from steepest.solvers.linearization.boxes import column_box, form_box
from steepest.solvers.linearization.indicators import Indicators
from steepest.solvers.linearization.lattices import lattice_steps
from steepest.solvers.linearization.reformulation import Record
from steepest.solvers.tolerances import STRICTNESS
from steepest.solvers.vectorized.algebra import UnsupportedProblemError
from steepest.solvers.vectorized.columns import INTEGER
from steepest.solvers.vectorized.forms import Block, Form, add, compacted, constant_form
from steepest.solvers.vectorized.frames import Frame
from steepest.solvers.vectorized.scatter import Numbers

if TYPE_CHECKING:
    from steepest.solvers.linearization.linearizer import Linearizer

_OPPOSITE = {"<=": ">", ">=": "<", "==": "!=", "!=": "==", "<": ">=", ">": "<="}
_HOLDS: dict[str, Callable[[Any, Any], Any]] = {
    "<=": operator.le, ">=": operator.ge, "==": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt,
}  # fmt: skip
_ROUNDING = 1e-9
"""A sum of data this close to zero is zero."""


class Comparisons:
    """The comparisons of one model."""

    def __init__(self, linearizer: "Linearizer") -> None:
        self.linearizer = linearizer
        self.made = linearizer.made

    def is_on_binaries(self, left: Expression, right: Expression, frame: Frame) -> bool:
        """Whether a comparison is of one binary variable with data, as far as its spelling shows."""
        algebra, names = self.linearizer.algebra, frozenset(frame.columns)
        sides = [side for side in (left, right) if algebra.has_variables(side, names)]
        if len(sides) != 1 or not isinstance(sides[0], Name | Index):
            return False
        block = algebra.variables.get(sides[0].name)
        return block is not None and bool(self._is_binary()[block.start : block.start + block.size].all())

    def require(self, pair: Comparison, frame: Frame, exception: Form, wanted: bool, record: Record) -> None:
        """Make a comparison hold, or fail to, in every row whose exception is 0."""
        form, sign = self._difference(pair, frame, wanted)
        decided, literal = self._decided(form, sign)
        rows = np.flatnonzero(decided)
        if len(rows):
            self.made.add_rows(record, add([literal, exception], [1, 1]).gathered(rows), 1.0, np.inf)
        rest = np.flatnonzero(~decided)
        if len(rest):
            self._require_undecided(form.gathered(rest), sign, exception.gathered(rest), record)

    def _require_undecided(self, form: Form, sign: str, exception: Form, record: Record) -> None:
        parts = self._parts(form, sign)
        if sign != "!=":
            for part in parts:
                self.require_form(part, exception, record)
            return
        below = column_form(self.made.add_binaries(record, form.size))
        above = add([constant_form(np.ones(()), form.size), below], [1, -1])
        for part, other in zip(parts, (above, below), strict=True):
            self.require_form(part, add([exception, other], [1, 1]), record)

    def require_form(self, form: Form, exception: Form, record: Record) -> None:
        """`form <= 0` in every row whose exception is 0."""
        if exception.is_constant and not np.any(exception.constant):
            self.made.add_rows(record, form, -np.inf, 0.0)
        else:
            self.made.definitions.append(Indicators(record, form, exception))

    def literal(self, pair: Comparison, frame: Frame, wanted: bool, record: Record) -> Form:
        """A form that is 1 only where the comparison holds, or fails to, and else 0."""
        form, sign = self._difference(pair, frame, wanted)
        decided, literal = self._decided(form, sign)
        rest = np.flatnonzero(~decided)
        if not len(rest):
            return literal
        parts, open_form = [literal], form.gathered(rest)
        groups = [[part] for part in self._parts(open_form, sign)] if sign == "!=" else [self._parts(open_form, sign)]
        for group in groups:  # of below and above only one can be
            parts.append(self._switch(group, record).scattered(rest, frame.size))
        return add(parts, [1] * len(parts))

    def truth(self, node: Expression, frame: Frame, wanted: bool, record: Record) -> Form:
        """The literal of a number that stands for a condition, such as a binary variable."""
        if not isinstance(node, Name | Index):
            raise UnsupportedProblemError(spell(node), "it is no condition: compare it", node.place)
        is_not_zero = Comparison((node, Number(0)), ("!=",), place=node.place)
        return self.literal(is_not_zero, frame, wanted, record)

    # Parts

    def _difference(self, pair: Comparison, frame: Frame, wanted: bool) -> tuple[Form, str]:
        """What is compared with zero, and how."""
        (sign,) = pair.operators
        if sign not in _OPPOSITE:
            raise UnsupportedProblemError(spell(pair), f"`{sign}` takes no decisions", pair.place)
        left, right = (self.linearizer.linear_form(operand, frame) for operand in pair.operands)
        form = compacted(add([left, right], [1, -1]))
        constant = np.where(np.abs(form.constant) <= _ROUNDING, 0.0, form.constant)
        return replace(form, constant=np.asarray(constant)), sign if wanted else _OPPOSITE[sign]

    def _decided(self, form: Form, sign: str) -> tuple[npt.NDArray[np.bool_], Form]:
        """Which rows are on one binary column or none, and their literals; the others' are 0."""
        size = form.size
        constant = np.broadcast_to(form.constant, size)
        columns, coefficients = np.zeros(size, np.int32), np.zeros(size)
        decided = np.ones(size, bool)
        for block in form.blocks:
            rows = block.rows_in(size)
            columns[rows], coefficients[rows] = block.columns, block.coefficients
            decided &= np.bincount(rows, minlength=size) <= 1
            decided[rows] &= self._is_binary()[block.columns]
        at_zero = _holds(sign, constant)
        at_one = _holds(sign, constant + coefficients)
        slope = np.where(decided, at_one - at_zero, 0.0)
        used = np.flatnonzero(slope)
        block = Block(used.astype(np.int32), columns[used], slope[used])
        return decided, Form(size, np.where(decided, at_zero, 0.0), (block,) if len(used) else ())

    def _is_binary(self) -> npt.NDArray[np.bool_]:
        columns = self.made.columns
        return np.asarray((columns.types == INTEGER) & (columns.lower >= 0) & (columns.upper <= 1))

    def _parts(self, form: Form, sign: str) -> list[Form]:
        """The forms that are 0 or less: all of them where the comparison holds, or, for `!=`, one."""
        minus = form.scaled(np.asarray(-1.0))
        match sign:
            case "<=":
                return [form]
            case ">=":
                return [minus]
            case "==":
                return [form, minus]
            case "<":
                return [self._strictly(form)]
            case ">":
                return [self._strictly(minus)]
        return [self._strictly(form), self._strictly(minus)]

    def _strictly(self, form: Form) -> Form:
        """A form that is 0 or less where the given one is less than 0."""
        constant = np.broadcast_to(form.constant, form.size)
        steps = lattice_steps(form, self.made.columns)
        whole = np.where(steps > 0, steps, 1.0)
        largest = whole * (np.ceil(-constant / whole - _ROUNDING) - 1)  # of what the variables may come to
        return replace(form, constant=np.where(steps > 0, -largest, constant + STRICTNESS))

    def _switch(self, group: list[Form], record: Record) -> Form:
        """Literals for `form <= 0` for all forms of a group, row by row."""
        size = group[0].size
        boxes = [form_box(form, column_box(self.made.columns)) for form in group]
        never = np.logical_or.reduce([box.low > _ROUNDING for box in boxes])
        always = np.logical_and.reduce([box.high <= 0 for box in boxes])
        rows = np.flatnonzero(~(never | always))
        known = constant_form(always.astype(np.float64), size)
        if not len(rows):
            return known
        literal = column_form(self.made.add_binaries(record, len(rows)))
        exception = add([constant_form(np.ones(()), len(rows)), literal], [1, -1])
        for form in group:
            self.made.definitions.append(Indicators(record, form.gathered(rows), exception))
        return add([known, literal.scattered(rows, size)], [1, 1])


def _holds(sign: str, values: Numbers) -> Numbers:
    rounded = np.where(np.abs(values) <= _ROUNDING, 0.0, values)
    return np.asarray(_HOLDS[sign](rounded, 0.0), np.float64)


def column_form(columns: npt.NDArray[np.int32]) -> Form:
    """Each of the columns as a row of its own."""
    return Form(len(columns), np.zeros(()), (Block(None, columns, np.ones(())),))
