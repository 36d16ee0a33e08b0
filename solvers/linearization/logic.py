"""Conditions over decisions as rows: every condition is a literal, a form whose value 1 says that it holds.

Only one direction is needed: a literal that is 1 makes its condition hold, and where the condition holds the literal
may be 1. Negations are pushed down to the comparisons first, so that no other direction is ever asked for. A condition
on one binary variable is its own literal; what is certain whatever is decided costs nothing.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from steepest.solvers.language.expressions import (
    Call,
    Comparison,
    Conditional,
    Connective,
    Expression,
    Not,
    Reduction,
    children,
)
from steepest.solvers.language.spelling import spell
from steepest.solvers.linearization.comparisons import Comparisons
from steepest.solvers.linearization.reformulation import Record
from steepest.solvers.vectorized.algebra import UnsupportedProblemError
from steepest.solvers.vectorized.forms import Block, Form, add, constant_form
from steepest.solvers.vectorized.frames import Expansion, Frame
from steepest.solvers.vectorized.scatter import Numbers
from steepest.solvers.vectorized.truths import counted_conditions, holds

if TYPE_CHECKING:
    from steepest.solvers.linearization.linearizer import Linearizer

_COUNTS = ("exactly", "at_least", "at_most")
_SIDES = {"exactly": [True, False], "at_least": [True], "at_most": [False]}
"""Whether it is those that hold or those that fail, or both, of which there have to be enough."""
_FUNCTIONS = ("implies", "either", *_COUNTS)


class Logic:
    """The conditions of one model."""

    def __init__(self, linearizer: "Linearizer") -> None:
        self.linearizer = linearizer
        self.algebra = linearizer.algebra
        self.comparisons = Comparisons(linearizer)

    def require(self, node: Expression, frame: Frame) -> None:
        """Make a condition hold in every row of a frame.

        Raises:
            UnsupportedProblemError: A part of it has no linear form.
        """
        record = self.linearizer.made.record("logic", node, self.algebra.element)
        self._require(node, frame, constant_form(np.zeros(()), frame.size), True, record)

    # Conditions that have to hold

    def _require(self, node: Expression, frame: Frame, exception: Form, wanted: bool, record: Record) -> None:
        """Make a condition hold, or fail to, in every row whose exception is 0."""
        if not frame.size:
            return
        if not self.algebra.has_variables(node, frozenset(frame.columns)):
            self._one_of([self._certain(node, frame, wanted), exception], record)
            return
        match node:
            case Not(operand):
                self._require(operand, frame, exception, not wanted, record)
            case Comparison():
                self._require_comparison(node, frame, exception, wanted, record)
            case Conditional():
                for rows, part in self._branches(node, frame):
                    self._require(part, frame.take(rows), exception.gathered(rows), wanted, record)
            case Call() | Reduction() if node.function in _COUNTS:
                self._require_count(node, frame, exception, wanted, record)
            case Reduction("either", body, generators) if not wanted:
                inner = self.algebra.evaluate.expand(frame, generators)
                self._require(body, inner.frame, exception.gathered(inner.parents), False, record)
            case Connective() | Call("implies" | "either"):
                self._require_connective(node, frame, exception, wanted, record)
            case _:
                self._one_of([self.literal(node, frame, wanted, record), exception], record)

    def _require_connective(
        self, node: Connective | Call, frame: Frame, exception: Form, wanted: bool, record: Record
    ) -> None:
        every, parts = _parts(node, wanted)
        if every:
            for part, side in parts:
                self._require(part, frame, exception, side, record)
            return
        # The last part that is not certain to be cheap is required unless another one holds: it needs no literal.
        last = max(range(len(parts)), key=lambda place: (not self._is_cheap(parts[place][0], frame), place))
        others = [self.literal(part, frame, side, record) for place, (part, side) in enumerate(parts) if place != last]
        self._require(parts[last][0], frame, add([exception, *others], [1] * (len(others) + 1)), parts[last][1], record)

    def _is_cheap(self, node: Expression, frame: Frame) -> bool:
        """Whether a condition has a literal without a column of its own."""
        match node:
            case Not(operand):
                return self._is_cheap(operand, frame)
            case Comparison((left, right), _):
                return self.comparisons.is_on_binaries(left, right, frame)
            case Comparison() | Connective() | Call() | Reduction() | Conditional():
                return False
        return True

    def _require_comparison(
        self, node: Comparison, frame: Frame, exception: Form, wanted: bool, record: Record
    ) -> None:
        pairs = self._pairs(node)
        if len(pairs) > 1 and not wanted:
            self._one_of([self.literal(node, frame, False, record), exception], record)
            return
        for pair in pairs:
            self.comparisons.require(pair, frame, exception, wanted, record)

    def _require_count(
        self, node: Call | Reduction, frame: Frame, exception: Form, wanted: bool, record: Record
    ) -> None:
        if node.function == "exactly" and not wanted:
            self._one_of([self.literal(node, frame, False, record), exception], record)
            return
        for count, total in self._counts(node, frame, wanted, record):
            self.comparisons.require_form(add([constant_form(count, frame.size), total], [1, -1]), exception, record)

    def _one_of(self, literals: Sequence[Form], record: Record) -> None:
        """At least one of the literals is 1, row by row."""
        total = add(literals, [1] * len(literals))
        if total.is_constant:
            total = total.gathered(np.flatnonzero(np.broadcast_to(total.constant, total.size) < 1))
        self.linearizer.made.add_rows(record, total, 1.0, np.inf)

    # Literals

    def literal(self, node: Expression, frame: Frame, wanted: bool, record: Record) -> Form:
        """A form that is 1 only where the condition holds (or fails to, as wanted), and else 0.

        Raises:
            UnsupportedProblemError: It has no linear form.
        """
        if not frame.size or not self.algebra.has_variables(node, frozenset(frame.columns)):
            return self._certain(node, frame, wanted)
        match node:
            case Not(operand):
                return self.literal(operand, frame, not wanted, record)
            case Comparison():
                literals = [self.comparisons.literal(pair, frame, wanted, record) for pair in self._pairs(node)]
                return self._joined(literals, wanted, record)
            case Conditional():
                parts = [
                    self.literal(part, frame.take(rows), wanted, record).scattered(rows, frame.size)
                    for rows, part in self._branches(node, frame)
                ]
                return add(parts, [1] * len(parts))
            case Call() | Reduction() if node.function in _COUNTS:
                return self._count_literal(node, frame, wanted, record)
            case Connective() | Call("implies" | "either"):
                every, sides = _parts(node, wanted)
                return self._joined([self.literal(part, frame, side, record) for part, side in sides], every, record)
            case Reduction("either", body, generators):
                inner = self.algebra.evaluate.expand(frame, generators)
                inside = self.literal(body, inner.frame, wanted, record)
                return self._aggregated(inside, inner.parents, frame.size, not wanted, record)
            case Call() | Reduction() if node.function in _FUNCTIONS:
                raise UnsupportedProblemError(spell(node), f"`{node.function}` does not take `for`", node.place)
        return self.comparisons.truth(node, frame, wanted, record)

    def _certain(self, node: Expression, frame: Frame, wanted: bool) -> Form:
        """The literal of a condition on data."""
        truth = holds(self.algebra.evaluate, node, frame, wanted=wanted)
        return constant_form(truth.astype(np.float64), frame.size)

    def _joined(self, literals: list[Form], every: bool, record: Record) -> Form:
        """The literal of several literals of the same rows."""
        if len(literals) == 1:
            return literals[0]
        size, count = literals[0].size, len(literals)
        rows = np.arange(size, dtype=np.int32)
        spread = [form.scattered(rows + place * size, count * size) for place, form in enumerate(literals)]
        return self._aggregated(add(spread, [1] * count), np.tile(rows, count), size, every, record)

    def _aggregated(self, literals: Form, parents: np.ndarray, size: int, every: bool, record: Record) -> Form:
        """A binary for each of `size` groups of literals: 1 only if every one, or at least one, of them is 1."""
        made = self.linearizer.made
        result = _columns(made.add_binaries(record, size))
        if every:
            made.add_rows(record, add([literals, result.gathered(parents)], [1, -1]), 0.0, np.inf)
        else:
            made.add_rows(record, add([literals.summed(parents, size), result], [1, -1]), 0.0, np.inf)
        return result

    # Counts

    def _count_literal(self, node: Call | Reduction, frame: Frame, wanted: bool, record: Record) -> Form:
        made = self.linearizer.made
        literals = []
        for count, total in self._counts(node, frame, wanted, record):
            result = _columns(made.add_binaries(record, frame.size))
            switched = result.scaled(np.asarray(np.broadcast_to(count, frame.size), np.float64))
            made.add_rows(record, add([total, switched], [1, -1]), 0.0, np.inf)
            literals.append(result)
        return self._joined(literals, wanted or node.function != "exactly", record)

    def _counts(self, node: Call | Reduction, frame: Frame, wanted: bool, record: Record) -> list[tuple[Numbers, Form]]:
        """A count as lower limits of sums of literals; an `exactly` that has to fail meets only one of them.

        That at most k of n conditions hold is that at least n - k of them fail.
        """
        number, expansion, conditions = self._counted(node, frame)
        sides = _SIDES[node.function]
        if not wanted and len(sides) == 1:
            sides = [not sides[0]]
        found = []
        for holding in sides:
            literals = [self.literal(each, expansion.frame, holding, record) for each in conditions]
            total = add(literals, [1] * len(literals)).summed(expansion.parents, frame.size)
            among = len(conditions) * np.bincount(expansion.parents, minlength=frame.size)
            if wanted:
                found.append((np.asarray(number if holding else among - number), total))
            else:
                limit = np.floor(number) + 1 if holding else among - np.ceil(number) + 1
                found.append((np.asarray(limit), total))
        return found

    def _counted(self, node: Call | Reduction, frame: Frame) -> tuple[Numbers, Expansion, Sequence[Expression]]:
        number = next(iter(node.arguments if isinstance(node, Call) else children(node.body)), None)
        if number is not None and self.algebra.has_variables(number, frozenset(frame.columns)):
            raise UnsupportedProblemError(spell(node), "the number depends on decisions", node.place)
        return counted_conditions(self.algebra.evaluate, node, frame)

    # Parts

    def _branches(self, node: Conditional, frame: Frame) -> list[tuple[np.ndarray, Expression]]:
        if self.algebra.has_variables(node.test, frozenset(frame.columns)):
            raise UnsupportedProblemError(spell(node), "a condition on a variable: write `implies(...)`", node.place)
        test = np.broadcast_to(self.algebra.evaluate.condition(node.test, frame), frame.size)
        branches = ((np.flatnonzero(test), node.then), (np.flatnonzero(~test), node.otherwise))
        return [(rows, part) for rows, part in branches if len(rows)]

    @staticmethod
    def _pairs(node: Comparison) -> list[Comparison]:
        """A chain as its comparisons of two operands each."""
        pairs = zip(node.operands, node.operators, node.operands[1:], strict=False)
        return [Comparison((left, right), (operator,), place=node.place) for left, operator, right in pairs]


def _parts(node: Connective | Call, wanted: bool) -> tuple[bool, list[tuple[Expression, bool]]]:
    """Whether every part or only one has to be as is told with it, so that the whole is as wanted."""
    match node:
        case Call("implies", (condition, consequence)):
            return not wanted, [(condition, not wanted), (consequence, wanted)]
        case Call("either", operands):
            return not wanted, [(operand, wanted) for operand in operands]
        case Connective(operator, operands):
            return (operator == "and") == wanted, [(operand, wanted) for operand in operands]
    raise TypeError(f"no parts of {type(node).__name__}")


def _columns(numbers: np.ndarray) -> Form:
    return Form(len(numbers), np.zeros(()), (Block(None, numbers, np.ones(())),))
