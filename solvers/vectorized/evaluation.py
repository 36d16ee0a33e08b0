"""Evaluates data expressions for all rows of a frame at once: numbers, labels, conditions, sets and comprehensions.

The vectorized half of the language's meaning; `interpreter` is the scalar one, and property tests hold them together.
Conditions, conditionals and filters are lazy row by row: what a filter excludes is never looked up.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from steepest.solvers.diagnostics import problem
from steepest.solvers.language.expressions import (
    Arithmetic,
    Call,
    Conditional,
    Expression,
    Generator,
    Index,
    LabelRef,
    Name,
    Negation,
    Number,
    Reduction,
    Sum,
    walk,
)
from steepest.solvers.language.spelling import spell
from steepest.solvers.vectorized.condition_evaluation import ConditionEvaluator
from steepest.solvers.vectorized.frame_expansion import FrameExpander
from steepest.solvers.vectorized.frames import Expansion, Frame, Labels, locate
from steepest.solvers.vectorized.piecewise_points import piecewise_points
from steepest.solvers.vectorized.relations import Domain, Relation
from steepest.solvers.vectorized.scatter import Numbers, totals
from steepest.solvers.vectorized.set_evaluation import SetEvaluator
from steepest.solvers.vectorized.symbols import Symbols, Truths, Value

_FUNCTIONS: dict[str, Callable[[Numbers], Numbers]] = {
    "sqrt": np.sqrt, "exp": np.exp, "log": np.log, "sin": np.sin, "cos": np.cos, "abs": np.abs,
}  # fmt: skip


@dataclass(frozen=True)
class Evaluator:
    """Evaluates expressions against the symbols of an instance."""

    symbols: Symbols

    # Values

    def value(self, node: Expression, frame: Frame) -> Value:
        """A number or a label per row; 0-dimensional where all rows have the same.

        Raises:
            FormulationError: The expression has no value in some row; the finding names the row.
        """
        if not frame.size:  # nobody asks: a guard has left no rows, and what it guards against must not be judged
            return np.empty(0)
        match node:
            case Number(value):
                return np.float64(value)  # type: ignore[return-value]  # a 0-dimensional array in all but name
            case LabelRef(value):
                return Labels(given=self.symbols.universe.find([value])[0])
            case Name(name):
                return frame.columns[name] if name in frame.columns else self.symbols.scalar(name, node)
            case Index():
                return self._parameter_at(node, frame)
            case Call("first" | "last", (_,)):
                return self._end_of_set(node, frame)
            case Conditional():
                return self._conditional(node, frame)
        return self._arithmetic(node, frame)

    def number(self, node: Expression, frame: Frame) -> Numbers:
        """A number per row; an index whose labels are numbers counts as one."""
        return self._as_number(self.value(node, frame), node)

    def _as_number(self, value: Value, node: Expression) -> Numbers:
        if not isinstance(value, Labels):
            return value
        ids = value.ids
        numbers: Numbers = self.symbols.universe.numbers[ids]
        if np.isnan(numbers).any():
            row = _first(np.isnan(numbers))
            word = self._label_text(int(ids if ids.ndim == 0 else ids[row]))
            raise problem("label-as-number", f"`{spell(node)}` is the label {word}, not a number", place=node.place)
        return numbers

    def labels(self, node: Expression, frame: Frame) -> Labels:
        """A label per row, for an index position: -1 where a lag leaves its set or no label has the number."""
        if isinstance(node, Sum):
            return self._lag(node, frame)
        value = self.value(node, frame)
        if isinstance(value, Labels):
            return value
        return Labels(given=self.symbols.universe.find_numbers(np.asarray(value)))

    def _lag(self, node: Sum, frame: Frame) -> Labels:
        """`t - 1` in an index position: places in a cyclic or word-labelled set, otherwise the number itself."""
        base = self.value(node.terms[0], frame)
        if not isinstance(base, Labels):
            return Labels(given=self.symbols.universe.find_numbers(self.number(node, frame)))
        offset = np.zeros(())
        for sign, term in zip(node.signs[1:], node.terms[1:], strict=True):
            offset = np.asarray(offset + sign * self.number(term, frame))
        numbers = self.symbols.universe.numbers[base.ids]
        by_place = np.isnan(numbers) | bool(base.over is not None and base.over.cyclic)
        if not by_place.any():
            return Labels(given=self.symbols.universe.find_numbers(np.asarray(numbers + offset)))
        moved = self._moved(node, base, offset)
        if by_place.all():
            return moved
        by_number = self.symbols.universe.find_numbers(np.asarray(np.where(by_place, 0.0, numbers) + offset))
        return Labels(given=np.where(by_place, moved.ids, by_number))

    def _moved(self, node: Sum, base: Labels, offset: Numbers) -> Labels:
        """Labels a number of places further in their set; -1 beyond its ends, unless it goes round."""
        over = base.over
        if over is None:
            message = f"`{spell(node)}` moves along a set, but no ordered set of `{spell(node.terms[0])}` is known"
            repair = "take the index from a set: `for t in T`"
            raise problem("lag-without-order", message, place=node.place, repair=repair)
        if np.mod(offset, 1).any():
            raise problem("lag-not-whole", f"`{spell(node)}` moves by a fraction of a place", place=node.place)
        positions = base.positions if base.positions is not None else over.locate((base.ids,))
        moved = np.asarray(positions + offset).astype(np.int64)
        if over.cyclic:
            return Labels(over, (moved % len(over)).astype(np.int32))
        inside = (moved >= 0) & (moved < len(over))
        return Labels(over, None, np.where(inside, over.columns[0][np.where(inside, moved, 0)], np.int32(-1)))

    def _arithmetic(self, node: Expression, frame: Frame) -> Numbers:
        match node:
            case Negation(operand):
                return -self.number(operand, frame)
            case Sum(terms, signs):
                total = self.number(terms[0], frame)
                for sign, term in zip(signs[1:], terms[1:], strict=True):
                    value = self.number(term, frame)
                    total = total + value if sign > 0 else total - value
                return self._finite(total, node)
            case Arithmetic(operator, left, right) if operator in ("*", "/", "**"):
                return self._operation(node, operator, self.number(left, frame), self.number(right, frame))
            case Call("piecewise") | Reduction("piecewise"):
                argument, points = piecewise_points(self, node, frame)
                return self._finite(points.at(self.number(argument, frame)), node)
            case Call():
                return self._call(node, frame)
            case Reduction():
                return self._reduction(node, frame)
        raise problem("not-a-number", f"`{spell(node)}` is not a number", place=node.place)

    def _operation(self, node: Expression, operator: str, left: Numbers, right: Numbers) -> Numbers:
        if operator == "/" and (right == 0).any():
            raise problem("division-by-zero", f"`{spell(node)}` divides by zero", place=node.place)
        with np.errstate(all="ignore"):
            result = left * right if operator == "*" else left / right if operator == "/" else left**right
        return self._finite(result, node)

    def _finite(self, result: Numbers, node: Expression) -> Numbers:
        if not np.isfinite(result).all():
            raise problem("not-finite", f"`{spell(node)}` has no finite value", place=node.place)
        return result

    def _call(self, node: Call, frame: Frame) -> Numbers:
        name, arguments = node.function, node.arguments
        if name == "len" and len(arguments) == 1:
            return self._size(arguments[0], frame)
        if name in ("min", "max") and arguments:
            values = [self.number(argument, frame) for argument in arguments]
            pick = np.minimum if name == "min" else np.maximum
            result = values[0]
            for value in values[1:]:
                result = pick(result, value)
            return result
        if name == "norm2" and arguments:
            return np.asarray(np.sqrt(np.sum([self.number(argument, frame) ** 2 for argument in arguments], axis=0)))
        if name in _FUNCTIONS and len(arguments) == 1:
            with np.errstate(all="ignore"):
                return self._finite(_FUNCTIONS[name](self.number(arguments[0], frame)), node)
        raise problem("not-a-number", f"`{spell(node)}` is not a number", place=node.place)

    def _size(self, source: Expression, frame: Frame) -> Numbers:
        """The size of a set, per row where the set depends on the row."""
        if not self.depends(source, frame):
            return np.float64(len(self.relation(source)))  # type: ignore[return-value]
        rows = self.sets.members(source, frame).rows
        return np.bincount(rows, minlength=frame.size).astype(np.float64)

    def _end_of_set(self, node: Call, frame: Frame) -> Labels:
        """`first(S)` or `last(S)` as a label."""
        source = node.arguments[0]
        if self.depends(source, frame):
            message = f"`{spell(node)}` is the end of a set that differs from row to row"
            raise problem("end-of-dependent-set", message, place=node.place, repair="name the set under `sets:`")
        relation = self.relation(source)
        if not len(relation) or relation.width != 1:
            why = "is empty" if not len(relation) else "holds tuples"
            raise problem("no-end", f"`{spell(node)}`: the set {why}", place=node.place)
        return Labels(relation, np.array(0 if node.function == "first" else len(relation) - 1, np.int32))

    def _reduction(self, node: Reduction, frame: Frame) -> Numbers:
        expansion = self.expand(frame, node.generators)
        body = np.broadcast_to(self.number(node.body, expansion.frame), expansion.frame.size)
        if node.function == "sum":
            return totals(expansion.parents, body, frame.size)
        if node.function == "norm2":
            return np.asarray(np.sqrt(totals(expansion.parents, body**2, frame.size)))
        starts = np.searchsorted(expansion.parents, np.arange(frame.size))
        counts = np.bincount(expansion.parents, minlength=frame.size)
        if node.function not in ("min", "max") or (counts == 0).any():
            why = "of no elements" if node.function in ("min", "max") else "is not a number"
            raise problem("empty-reduction", f"`{spell(node)}` {why}", place=node.place)
        pick = np.minimum if node.function == "min" else np.maximum
        return pick.reduceat(body, starts)

    def _parameter_at(self, node: Index, frame: Frame) -> Value:
        array = self.symbols.parameter(node.name, node)
        positions = self.locate(node, array.domain, frame)
        value: Value
        if array.ids is not None:
            value = Labels(given=array.ids[positions])
            absent = np.asarray(value.ids < 0)
        else:
            value = numbers = np.asarray(array.numbers[positions])
            absent = np.isnan(numbers)
        if absent.any():
            where = self._index_text(node, frame, _first(absent))
            message = f"`{node.name}` has no value at {where}"
            repair = f"give it a value, or exclude the index with `if` (a cell `-` of `{node.name}` is absent)"
            raise problem("absent-value", message, place=node.place, repair=repair)
        return value

    def locate(self, node: Index, domain: Domain, frame: Frame) -> npt.NDArray[np.integer]:
        """The positions of a node's index tuples in a domain.

        Raises:
            FormulationError: The number of indices is wrong, or a tuple lies outside the domain.
        """
        if len(node.indices) != domain.width:
            message = f"`{node.name}` takes {domain.width} indices, not {len(node.indices)}"
            raise problem("index-count", message, place=node.place)
        labels = [self.labels(index, frame) for index in node.indices]
        positions = locate(domain, labels)
        if (positions < 0).any():
            self._outside(node, frame, _first(positions < 0))
        return positions

    def _outside(self, node: Index, frame: Frame, row: int) -> None:
        where = self._index_text(node, frame, row)
        message = f"`{spell(node)}` leaves the index set of `{node.name}` at {where}"
        lagged = any(isinstance(index, Sum) for index in node.indices)
        repair = "exclude the end with a condition such as `if t > first(T)`" if lagged else None
        raise problem("lag-leaves-set" if lagged else "index-outside", message, place=node.place, repair=repair)

    def _conditional(self, node: Conditional, frame: Frame) -> Value:
        test = self.condition(node.test, frame)
        if test.ndim == 0:
            return self.value(node.then if test else node.otherwise, frame)
        branches = ((np.flatnonzero(test), node.then), (np.flatnonzero(~test), node.otherwise))
        parts = [(rows, part, self.value(part, frame.take(rows))) for rows, part in branches if len(rows)]
        if parts and all(isinstance(value, Labels) for _, _, value in parts):
            ids = np.empty(frame.size, np.int32)
            for rows, _, value in parts:
                ids[rows] = value.ids  # type: ignore[union-attr]  # all of them are labels
            return Labels(given=ids)
        numbers = np.empty(frame.size, np.float64)
        for rows, part, value in parts:
            numbers[rows] = self._as_number(value, part)
        return numbers

    def condition(self, node: Expression, frame: Frame) -> Truths:
        """A truth value per row, evaluated from left to right and no further than needed."""
        return ConditionEvaluator(self).condition(node, frame)

    # Sets and frames

    @property
    def sets(self) -> SetEvaluator:
        """The evaluator of set expressions."""
        return SetEvaluator(self)

    def relation(self, source: Expression) -> Relation:
        """The elements of a set expression that depends on no index."""
        return self.symbols.relation(source.name) if isinstance(source, Name) else self.sets.relation(source)

    def depends(self, node: Expression, frame: Frame) -> bool:
        """Whether an expression refers to an index of the frame."""
        return any(name in frame.columns for name in free_names(node))

    def expand(self, frame: Frame, generators: Iterable[Generator]) -> Expansion:
        """Every row of a frame combined with all elements that the generators give for it, filtered."""
        return FrameExpander(self).expand(frame, generators)

    # Words for messages

    def _label_text(self, label: int) -> str:
        """A label as a message shows it."""
        return repr(self.symbols.universe.labels[label]) if label >= 0 else "(no such label)"

    def _index_text(self, node: Index, frame: Frame, row: int) -> str:
        """The index tuple of a node in a row, with the row's index values."""
        if not frame.columns:
            return f"[{', '.join(spell(index) for index in node.indices)}]"
        values = []
        for name, labels in frame.columns.items():
            if not name.startswith("#"):
                ids = labels.ids
                values.append(f"{name} = {self._label_text(int(ids if ids.ndim == 0 else ids[row]))}")
        return ", ".join(values) or f"[{', '.join(spell(index) for index in node.indices)}]"


def free_names(node: Expression) -> set[str]:
    """The plain names in an expression, whether bound inside or not; enough to see what it can't depend on."""
    return {part.name for part in walk(node) if isinstance(part, Name)}


def _first(truths: Truths) -> int:
    return int(np.argmax(truths))
