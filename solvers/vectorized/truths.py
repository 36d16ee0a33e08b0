"""Which conditions hold row by row, conditions of conditions among them, exactly or within a tolerance.

Within a tolerance a condition is read in favour of what is judged, as `scalar.violations.satisfied` reads it: negations
go down to the comparisons, `a <= b` holds if it is missed by no more than the tolerance, and `a < b` if the two differ
by more than rounding.
"""

from collections.abc import Sequence

import numpy as np

from steepest.solvers.diagnostics import problem
from steepest.solvers.language.expressions import (
    LOGICAL_FUNCTIONS,
    Call,
    Comparison,
    Conditional,
    Connective,
    Expression,
    Not,
    Reduction,
    TupleOf,
)
from steepest.solvers.language.spelling import spell
from steepest.solvers.vectorized.evaluation import Evaluator
from steepest.solvers.vectorized.frames import Expansion, Frame, Labels
from steepest.solvers.vectorized.global_truths import GLOBAL_TRUTHS, global_truth
from steepest.solvers.vectorized.scatter import Numbers, totals
from steepest.solvers.vectorized.symbols import Truths

_OPPOSITE = {"<=": ">", ">=": "<", "==": "!=", "!=": "==", "<": ">=", ">": "<="}
_DUST = 1e-9


def is_logical(node: Expression) -> bool:
    """Whether an expression is a condition made of conditions."""
    if isinstance(node, Call | Reduction):
        return node.function in LOGICAL_FUNCTIONS
    return isinstance(node, Connective | Not)


def holds(evaluate: Evaluator, node: Expression, frame: Frame, tolerance: float = 0.0, wanted: bool = True) -> Truths:
    """Whether a condition holds, or fails to, in each row of a frame.

    Args:
        evaluate: Of everything in it: data, or decisions at a point.
        node: The condition.
        frame: The rows.
        tolerance: How far a comparison may be missed, relative to its size above 1.
        wanted: False asks whether it fails.
    """
    return np.broadcast_to(_Conditions(evaluate, tolerance).holds(node, frame, wanted), frame.size)


class _Conditions:
    def __init__(self, evaluate: Evaluator, tolerance: float) -> None:
        self.evaluate = evaluate
        self.tolerance = tolerance

    def holds(self, node: Expression, frame: Frame, wanted: bool) -> Truths:
        if not frame.size:
            return np.empty(0, bool)
        match node:
            case Not(operand):
                return self.holds(operand, frame, not wanted)
            case Comparison(operands, operators) if not {"in", "not in"} & set(operators):
                return self.compared(node, frame, wanted)
            case Conditional(then, test, otherwise):
                return self.chosen(test, then, otherwise, frame, wanted)
            case Connective(operator, operands):
                return self.joined([(each, wanted) for each in operands], frame, (operator == "and") == wanted)
            case Call("implies", (condition, consequence)):
                return self.joined([(condition, not wanted), (consequence, wanted)], frame, not wanted)
            case Call() | Reduction() if node.function in LOGICAL_FUNCTIONS:
                return self.counted(node, frame, wanted)
            case Call() | Reduction() if node.function in GLOBAL_TRUTHS:
                return np.asarray(global_truth(self.evaluate, node, frame, self.tolerance) == wanted)
        return np.asarray(self.evaluate.condition(node, frame) == wanted)

    def joined(self, parts: Sequence[tuple[Expression, bool]], frame: Frame, every: bool) -> Truths:
        """From left to right and no further than needed: what an earlier part rules out is not looked up."""
        decided = np.full(frame.size, not every)
        open_rows = np.arange(frame.size)
        for part, wanted in parts:
            truth = np.broadcast_to(self.holds(part, frame.take(open_rows), wanted), len(open_rows))
            open_rows = open_rows[truth if every else ~truth]
        decided[open_rows] = every
        return decided

    def chosen(self, test: Expression, then: Expression, otherwise: Expression, frame: Frame, wanted: bool) -> Truths:
        truth = np.broadcast_to(self.evaluate.condition(test, frame), frame.size)
        found = np.empty(frame.size, bool)
        for rows, part in ((np.flatnonzero(truth), then), (np.flatnonzero(~truth), otherwise)):
            found[rows] = self.holds(part, frame.take(rows), wanted)
        return found

    def counted(self, node: Call | Reduction, frame: Frame, wanted: bool) -> Truths:
        number, expansion, conditions = counted_conditions(self.evaluate, node, frame)

        def count(side: bool) -> Numbers:
            truths = [self.holds(each, expansion.frame, side) for each in conditions]
            among = [np.broadcast_to(each, expansion.frame.size).astype(np.float64) for each in truths]
            return totals(expansion.parents, np.sum(among, axis=0), frame.size)

        among = len(conditions) * np.bincount(expansion.parents, minlength=frame.size)
        least = 0.0 if node.function == "at_most" else number
        most = number if node.function in ("exactly", "at_most") else among
        may_hold, may_fail = count(True), count(False)
        if wanted:
            return np.asarray((may_hold >= least) & (may_fail >= among - most))
        return np.asarray((may_hold > most) | (may_fail > among - least))

    def compared(self, node: Comparison, frame: Frame, wanted: bool) -> Truths:
        values = [self.evaluate.value(operand, frame) for operand in node.operands]
        if any(isinstance(value, Labels) for value in values):
            return np.asarray(self.evaluate.condition(node, frame) == wanted)
        found: Truths = np.full(frame.size, wanted)
        for left, sign, right in zip(values, node.operators, values[1:], strict=False):
            assert not isinstance(left, Labels)  # noqa: S101  # all of them are numbers
            assert not isinstance(right, Labels)  # noqa: S101
            truth = self.pair(left, sign if wanted else _OPPOSITE[sign], right)
            found = found & truth if wanted else found | truth
        return found

    def pair(self, left: Numbers, sign: str, right: Numbers) -> Truths:
        size = np.maximum(1.0, np.maximum(np.abs(left), np.abs(right)))
        slack, dust = self.tolerance * size, _DUST * size if self.tolerance else 0.0
        match sign:
            case "<=":
                return np.asarray(left <= right + slack)
            case ">=":
                return np.asarray(left >= right - slack)
            case "==":
                return np.asarray(np.abs(left - right) <= slack)
            case "!=":
                return np.asarray(np.abs(left - right) > dust)
            case "<":
                return np.asarray(left < right - dust)
        return np.asarray(left > right + dust)


def counted_conditions(
    evaluate: Evaluator, node: Call | Reduction, frame: Frame
) -> tuple[Numbers, Expansion, Sequence[Expression]]:
    """How many conditions a count asks for in each row, the rows that the conditions stand in, and the conditions.

    Raises:
        FormulationError: It is not written as a number and conditions.
    """
    generators = node.generators if isinstance(node, Reduction) else ()
    expansion = evaluate.expand(frame, generators)
    if isinstance(node, Call):
        parts = node.arguments
    else:
        parts = node.body.items if isinstance(node.body, TupleOf) else (node.body,)
    if node.function == "either":
        return np.ones(()), expansion, parts
    if len(parts) < 2:
        raise problem("wrong-arguments", f"`{spell(node)}` takes a number and conditions", place=node.place)
    return np.asarray(evaluate.number(parts[0], frame)), expansion, parts[1:]
