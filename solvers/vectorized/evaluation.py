"""Evaluates data expressions for all rows of a frame at once: numbers, labels, conditions, sets and comprehensions.

The vectorized half of the language's meaning; `interpreter` is the scalar one, and property tests hold them together.
Conditions, conditionals and filters are lazy row by row: what a filter excludes is never looked up.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from steepest.solvers.diagnostics import problem
from steepest.solvers.language.expressions import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Connective,
    Expression,
    Generator,
    Index,
    LabelRef,
    Name,
    Negation,
    Not,
    Number,
    Reduction,
    Sum,
    TupleOf,
    spell,
    walk,
)
from steepest.solvers.vectorized.frames import MAX_ROWS, Expansion, Frame, Labels, Rows, crossed, joined
from steepest.solvers.vectorized.piecewise_points import piecewise_points
from steepest.solvers.vectorized.relations import Domain, Relation
from steepest.solvers.vectorized.scatter import Numbers, totals
from steepest.solvers.vectorized.set_evaluation import SetEvaluator
from steepest.solvers.vectorized.universe import Ids, Universe

Truths: TypeAlias = npt.NDArray[np.bool_]
Value: TypeAlias = Numbers | Labels

_FUNCTIONS: dict[str, Callable[[Numbers], Numbers]] = {
    "sqrt": np.sqrt, "exp": np.exp, "log": np.log, "sin": np.sin, "cos": np.cos, "abs": np.abs,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class ParameterArray:
    """A parameter's values over its domain: numbers with NaN for absent cells, or label ids with -1."""

    domain: Domain
    numbers: Numbers = field(default_factory=lambda: np.empty(0))
    ids: Ids | None = None
    """Given for a parameter whose values are labels."""


@dataclass(frozen=True, eq=False)
class Family:
    """A family of sets: one set for each key, empty ones among them."""

    keys: Relation
    """The index tuples that have a set."""
    members: Relation
    """Key labels followed by member labels."""


class Symbols(Protocol):
    """What the names of an instance stand for; resolved on demand."""

    universe: Universe

    def is_set(self, name: str) -> bool:
        """Whether the name is a set or a family of sets."""
        ...

    def relation(self, name: str) -> Relation:
        """A set's elements."""
        ...

    def family(self, name: str) -> Family:
        """A family of sets."""
        ...

    def scalar(self, name: str, node: Name) -> Value:
        """A scalar parameter's value."""
        ...

    def parameter(self, name: str, node: Index) -> ParameterArray:
        """An indexed parameter's values."""
        ...


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

    # Conditions

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
        return np.asarray(self.number(node, frame) != 0)

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
            found = self.sets.contains(right, [self.labels(item, frame) for item in items], frame)
            return found if operator == "in" else ~found
        if isinstance(left, TupleOf) and isinstance(right, TupleOf):
            return self._compare_tuples(left, operator, right, frame)
        a, b = self.value(left, frame), self.value(right, frame)
        if isinstance(a, Labels) and isinstance(b, Labels):
            if operator in ("==", "!="):
                return np.asarray(a.ids == b.ids if operator == "==" else a.ids != b.ids)
            return self._compare_order(a, operator, b, left)
        x, y = (self.symbols.universe.numbers[v.ids] if isinstance(v, Labels) else v for v in (a, b))
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
        numbers = self.symbols.universe.numbers
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
        expansion: Expansion | None = None
        for generator in generators:
            outer = expansion.frame if expansion else frame
            inner = self._extend(outer, generator)
            if expansion is None:
                parents = inner.parents
            elif frame.size == 1:  # all from the one row: no need to spell a million zeros out
                parents = np.broadcast_to(np.int32(0), inner.frame.size)
            else:
                parents = expansion.parents[inner.parents]
            expansion = Expansion(inner.frame, parents)
        return expansion or Expansion(frame, np.arange(frame.size, dtype=np.int32))

    def _extend(self, frame: Frame, generator: Generator) -> Expansion:
        """A frame combined with one generator; an equality between its index and the row is a join, not a filter."""
        if self.depends(generator.source, frame):
            rows, columns = self.sets.members(generator.source, frame)
            conditions = conjuncts(generator.condition)
        else:
            rows, columns, conditions = self._independent(frame, generator)
        anonymous = tuple(f"#{len(frame.columns) + k}" for k in range(len(columns)))
        names = anonymous if generator.pattern is None else generator.names
        if len(columns) != len(names):
            raise self._wrong_pattern(names, generator.source, len(columns))
        taken = frame if frame.size == 1 and len(rows) == 1 else frame.take(rows)
        combined = Frame(len(rows), {**taken.columns, **dict(zip(names, columns, strict=True))})
        for condition in conditions:
            truth = self.condition(condition, combined)
            if truth.ndim == 0 and truth:
                continue
            keep = np.flatnonzero(np.broadcast_to(truth, combined.size))
            combined, rows = combined.take(keep), rows[keep]
        return Expansion(combined, rows)

    def _independent(self, frame: Frame, generator: Generator) -> tuple[Rows, list[Labels], list[Expression]]:
        relation = self.relation(generator.source)
        conditions = conjuncts(generator.condition)
        for position, condition in enumerate(conditions):
            key = self._join_key(condition, generator.names, frame)
            if key is not None and key[0] < relation.width:
                rows, elements = joined(np.broadcast_to(key[1], frame.size), relation, key[0])
                del conditions[position]
                break
        else:
            if frame.size * len(relation) > MAX_ROWS:
                message = f"{frame.size:,} x {len(relation):,} index tuples are too many"
                raise problem(
                    "too-large", message, place=generator.source.place, repair="sum over a sparse set instead"
                )
            rows, elements = crossed(frame.size, len(relation))
        if relation.width == 1:
            return rows, [Labels(relation, elements)], conditions
        columns = [Labels(relation.over(k), None, column[elements]) for k, column in enumerate(relation.columns)]
        return rows, columns, conditions

    def _join_key(self, condition: Expression, names: tuple[str, ...], frame: Frame) -> tuple[int, Ids] | None:
        """The column and the key's ids for a condition such as `s2 == s`, if evaluating the key can't fail."""
        if not isinstance(condition, Comparison) or condition.operators != ("==",):
            return None
        for new, key in (condition.operands, tuple(reversed(condition.operands))):
            if isinstance(new, Name) and new.name in names:
                ids = self._key(key, frame)
                if ids is not None:
                    return names.index(new.name), ids
        return None

    def _key(self, key: Expression, frame: Frame) -> Ids | None:
        """The ids that a key stands for; a sum is a number here, not a step along a set."""
        parts = key.terms if isinstance(key, Sum) else (key,)
        known = [frame.columns[part.name] for part in parts if isinstance(part, Name) and part.name in frame.columns]
        literals = [part for part in parts if isinstance(part, Number | LabelRef)]
        if len(known) + len(literals) < len(parts):
            return None
        if not isinstance(key, Sum):
            return self.labels(key, frame).ids
        numbers = self.symbols.universe.numbers
        if any(isinstance(part, LabelRef) for part in literals) or any(np.isnan(numbers[k.ids]).any() for k in known):
            return None
        return self.symbols.universe.find_numbers(np.asarray(self.number(key, frame)))

    def _wrong_pattern(self, names: tuple[str, ...], source: Expression, width: int) -> Exception:
        what = "single labels" if width == 1 else f"tuples of {width}"
        message = f"`{spell(source)}` holds {what}, but {len(names)} index names take its elements"
        repair = (
            f"name the {width} labels: `for ({', '.join('abcdefgh'[:width])}) in {spell(source)}`"
            if width > 1
            else None
        )
        return problem("pattern-width", message, place=source.place, repair=repair)

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


_COMPARE: dict[str, Callable[[Numbers, Numbers], Truths]] = {
    "<=": np.less_equal, ">=": np.greater_equal, "==": np.equal, "!=": np.not_equal, "<": np.less, ">": np.greater,
}  # fmt: skip


def locate(domain: Domain, labels: Sequence[Labels]) -> npt.NDArray[np.integer]:
    """The position of each index tuple in a domain, -1 where it is outside.

    An index that ranges over the very set of its position needs no look-up: it knows its place.
    """
    position: npt.NDArray[np.integer] = np.zeros((), np.int32 if len(domain) < 2**31 else np.int64)
    outside: Truths | None = None
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


def conjuncts(condition: Expression | None) -> list[Expression]:
    """The parts of a condition that are joined by `and`."""
    if condition is None:
        return []
    return (
        list(condition.operands) if isinstance(condition, Connective) and condition.operator == "and" else [condition]
    )


def free_names(node: Expression) -> set[str]:
    """The plain names in an expression, whether bound inside or not; enough to see what it can't depend on."""
    return {part.name for part in walk(node) if isinstance(part, Name)}


def _first(truths: Truths) -> int:
    return int(np.argmax(truths))
