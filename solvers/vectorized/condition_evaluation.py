"""Evaluates conditions on data for all rows of a frame at once; what an earlier part decides is never looked up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from steepest.solvers.diagnostics import problem
from steepest.solvers.language.expressions import Comparison, Connective, Expression, Not, TupleOf
from steepest.solvers.language.spelling import spell
from steepest.solvers.vectorized.frames import Frame, Labels
from steepest.solvers.vectorized.scatter import Numbers
from steepest.solvers.vectorized.symbols import Truths

if TYPE_CHECKING:
    from steepest.solvers.vectorized.evaluation import Evaluator

_COMPARE: dict[str, Callable[[Numbers, Numbers], Truths]] = {
    "<=": np.less_equal, ">=": np.greater_equal, "==": np.equal, "!=": np.not_equal, "<": np.less, ">": np.greater,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ConditionEvaluator:
    """Evaluates conditions by the evaluator of what they compare."""

    evaluate: "Evaluator"

    def condition(self, node: Expression, frame: Frame) -> Truths:
        """A truth value per row, evaluated from left to right and no further than needed."""
        if not frame.size:
            return np.empty(0, bool)
        match node:
            case Connective(operator, operands):
                return self._connective(operator == "and", operands, frame)
            case Not(operand):
                return ~self.condition(operand, frame)
            case Comparison(operands, operators):
                result: Truths = np.bool_(True)  # type: ignore[assignment]
                for left, sign, right in zip(operands, operators, operands[1:], strict=False):
                    result = result & self._compare(left, sign, right, frame)
                return result
        return np.asarray(self.evaluate.number(node, frame) != 0)

    def _connective(self, every: bool, operands: Sequence[Expression], frame: Frame) -> Truths:
        decided = np.full(frame.size, not every)
        open_rows = np.arange(frame.size)
        for operand in operands:
            truth = np.broadcast_to(self.condition(operand, frame.take(open_rows)), len(open_rows))
            open_rows = open_rows[truth if every else ~truth]
        decided[open_rows] = every
        return decided

    def _compare(self, left: Expression, operator: str, right: Expression, frame: Frame) -> Truths:
        if operator in ("in", "not in"):
            items = left.items if isinstance(left, TupleOf) else (left,)
            found = self.evaluate.sets.contains(right, [self.evaluate.labels(item, frame) for item in items], frame)
            return found if operator == "in" else ~found
        if isinstance(left, TupleOf) and isinstance(right, TupleOf):
            return self._compare_tuples(left, operator, right, frame)
        a, b = self.evaluate.value(left, frame), self.evaluate.value(right, frame)
        if isinstance(a, Labels) and isinstance(b, Labels):
            if operator in ("==", "!="):
                return np.asarray(a.ids == b.ids if operator == "==" else a.ids != b.ids)
            return self._compare_order(a, operator, b, left)
        x, y = (self.evaluate.symbols.universe.numbers[v.ids] if isinstance(v, Labels) else v for v in (a, b))
        if operator not in ("==", "!=") and (np.isnan(x).any() or np.isnan(y).any()):
            raise self._no_order(left)
        return np.asarray(_COMPARE[operator](x, y))

    def _compare_tuples(self, left: TupleOf, operator: str, right: TupleOf, frame: Frame) -> Truths:
        if operator not in ("==", "!=") or len(left.items) != len(right.items):
            message = f"`{spell(left)}` and `{spell(right)}` are tuples: they are compared label by label with == or !="
            raise problem("tuple-order", message, place=left.place)
        pairs = zip(left.items, right.items, strict=True)
        same: Truths = np.ones((), bool)
        for a, b in pairs:
            same = same & self._compare(a, "==", b, frame)
        return same if operator == "==" else ~same

    def _compare_order(self, a: Labels, operator: str, b: Labels, node: Expression) -> Truths:
        """`<` between labels: by value where both are numbers, otherwise by place in a set that has both."""
        numbers = self.evaluate.symbols.universe.numbers
        x, y = numbers[a.ids], numbers[b.ids]
        if not (np.isnan(x).any() or np.isnan(y).any()):
            return np.asarray(_COMPARE[operator](x, y))
        for over in (a.over, b.over):
            if over is not None:
                p, q = (np.asarray(over.locate((labels.ids,)), np.float64) for labels in (a, b))
                if (p >= 0).all() and (q >= 0).all():
                    return np.asarray(_COMPARE[operator](p, q))
        raise self._no_order(node)

    def _no_order(self, node: Expression) -> Exception:
        message = f"`{spell(node)}` is compared by order with something that stands in no ordered set with it"
        repair = "compare labels of one set, such as `t > first(T)`, or numbers"
        return problem("no-order", message, place=node.place, repair=repair)
