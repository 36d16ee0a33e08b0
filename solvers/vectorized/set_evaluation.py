"""Evaluates set expressions: those that are the same everywhere to a relation, others to their members row by row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from steepest.solvers.diagnostics import problem
from steepest.solvers.language.expressions import (
    Arithmetic,
    Conditional,
    Expression,
    Index,
    LabelRef,
    Name,
    Number,
    Range,
    SetComprehension,
    SetLiteral,
    Sum,
    TupleOf,
)
from steepest.solvers.language.spelling import spell
from steepest.solvers.vectorized.frames import MAX_ROWS, ROOT, Frame, Labels, Rows, crossed, joined, spread
from steepest.solvers.vectorized.relations import Domain, Relation, distinct_rows

if TYPE_CHECKING:
    from steepest.solvers.vectorized.evaluation import Evaluator


class Memberships(NamedTuple):
    """The members of a set expression for each row of a frame: the rows, never decreasing, and the labels."""

    rows: Rows
    columns: list[Labels]


@dataclass(frozen=True)
class SetEvaluator:
    """Evaluates set expressions with the help of an evaluator of numbers, labels and conditions."""

    evaluator: "Evaluator"

    # Sets that are the same in every row

    def relation(self, source: Expression) -> Relation:
        """The elements of a set expression that depends on no index.

        Raises:
            FormulationError: It is no set, has duplicates, or mixes tuples of different lengths.
        """
        match source:
            case Name(name):
                return self.evaluator.symbols.relation(name)
            case SetLiteral():
                return self.literal(source)
        rows, columns = self._row_by_row(source, ROOT)
        if isinstance(source, Range):
            return Relation((columns[0].ids,), source.cyclic)
        overs = tuple(column.over for column in columns) if len(columns) > 1 else ()
        return Relation(tuple(np.broadcast_to(column.ids, len(rows)) for column in columns), False, overs)

    def literal(self, source: SetLiteral) -> Relation:
        """The relation of `{a, b}` or `{(a, 1), (b, 2)}`."""
        tuples = [element.items if isinstance(element, TupleOf) else (element,) for element in source.elements]
        widths = {len(items) for items in tuples}
        if len(widths) > 1:
            message = f"`{_short(source)}` mixes tuples of {' and '.join(str(w) for w in sorted(widths))} labels"
            raise problem("mixed-tuples", message, place=source.place)
        width = widths.pop() if widths else 1
        universe = self.evaluator.symbols.universe
        if all(isinstance(item, Number | LabelRef) for items in tuples for item in items):
            columns = [
                universe.intern(items[k].value for items in tuples)  # type: ignore[attr-defined]
                for k in range(width)
            ]
        else:  # a scalar parameter that holds a label stands among the elements
            labels = [[self._element(item) for item in items] for items in tuples]
            columns = [universe.intern(items[k] for items in labels) for k in range(width)]
        if len(distinct_rows(columns)) < len(tuples):
            raise problem("duplicate-label", f"`{_short(source)}` has an element twice", place=source.place)
        return Relation(tuple(columns), source.cyclic)

    def _element(self, node: Expression) -> str | int | float:
        """The label that an element of a literal stands for."""
        if isinstance(node, Number | LabelRef):
            return node.value
        value = self.evaluator.value(node, ROOT)
        if isinstance(value, Labels):
            return self.evaluator.symbols.universe.labels[int(value.ids)]
        number = float(value)
        return int(number) if number.is_integer() else number

    # Members row by row

    def members(self, source: Expression, frame: Frame) -> Memberships:
        """The members of a set expression for each row, in the set's order, each once."""
        if frame.columns and not self.evaluator.depends(source, frame):
            return self._all_of(self.relation(source), frame)
        return self._row_by_row(source, frame)

    def _row_by_row(self, source: Expression, frame: Frame) -> Memberships:
        match source:
            case Name() | SetLiteral() if not self.evaluator.depends(source, frame):
                return self._all_of(self.relation(source), frame)
            case Index():
                return self._family_members(source, frame)
            case Range():
                return self._range(source, frame)
            case SetComprehension():
                return self._comprehension(source, frame)
            case SetLiteral(elements):
                return self._distinct([self._single(element, frame) for element in elements])
            case Arithmetic("|", left, right):
                return self._distinct([self.members(left, frame), self.members(right, frame)])
            case Arithmetic("&", left, right):
                return self._kept(self.members(left, frame), right, frame, inside=True)
            case Sum():
                return self._sum(source, frame)
            case Conditional():
                return self._conditional(source, frame)
        raise problem("not-a-set", f"`{_short(source)}` is not a set", place=source.place)

    def _conditional(self, source: Conditional, frame: Frame) -> Memberships:
        test = np.broadcast_to(self.evaluator.condition(source.test, frame), frame.size)
        parts = []
        for rows, part in ((np.flatnonzero(test), source.then), (np.flatnonzero(~test), source.otherwise)):
            if len(rows):
                # At the root there are no names, so its one row is the frame itself.
                found = self.members(part, frame.take(rows) if frame.columns else frame)
                parts.append(Memberships(rows[found.rows].astype(np.int32), found.columns))
        return self._distinct(parts) if parts else self.members(source.then, frame)

    def _all_of(self, relation: Relation, frame: Frame) -> Memberships:
        if frame.size * len(relation) > MAX_ROWS:
            message = f"{frame.size:,} x {len(relation):,} index tuples are too many"
            raise problem("too-large", message, repair="sum over a sparse set instead")
        rows, elements = crossed(frame.size, len(relation))
        if relation.width == 1:
            return Memberships(rows, [Labels(relation, elements)])
        overs = [relation.over(k) for k in range(relation.width)]
        columns = zip(overs, relation.columns, strict=True)
        return Memberships(rows, [Labels(over, None, column[elements]) for over, column in columns])

    def _sum(self, source: Sum, frame: Frame) -> Memberships:
        """`A + B - C` of sets, from left to right."""
        found = self.members(source.terms[0], frame)
        for sign, term in zip(source.signs[1:], source.terms[1:], strict=True):
            if sign > 0:
                found = self._distinct([found, self.members(term, frame)])
            else:
                found = self._kept(found, term, frame, inside=False)
        return found

    def _family_members(self, source: Index, frame: Frame) -> Memberships:
        """The members of `CanDo[t]`; an index tuple that the family has no set for is an error."""
        family = self.evaluator.symbols.family(source.name)
        self.evaluator.locate(source, Domain((family.keys,)), frame)
        relation, keys = family.members, family.keys.width
        labels = [self.evaluator.labels(index, frame) for index in source.indices]
        ids = [np.broadcast_to(label.ids, frame.size) for label in labels]
        rows, at = joined(ids[0], relation, 0)
        for k in range(1, keys):
            match_rows = np.flatnonzero(relation.columns[k][at] == ids[k][rows])
            rows, at = rows[match_rows], at[match_rows]
        return Memberships(rows, [Labels(given=column[at]) for column in relation.columns[keys:]])

    def _range(self, source: Range, frame: Frame) -> Memberships:
        first = np.broadcast_to(self.evaluator.number(source.first, frame), frame.size)
        last = np.broadcast_to(self.evaluator.number(source.last, frame), frame.size)
        if not (np.equal(np.mod(first, 1), 0).all() and np.equal(np.mod(last, 1), 0).all()):
            message = f"the ends of `{_short(source)}` are not whole numbers"
            raise problem("range-ends", message, place=source.place)
        counts = np.maximum(0, last - first + 1)
        if counts.sum() > MAX_ROWS:
            raise problem("too-large", f"`{_short(source)}` has {counts.sum():,.0f} elements", place=source.place)
        rows, values = spread(first.astype(np.int64), counts.astype(np.int64))
        return Memberships(rows, [Labels(given=self.evaluator.symbols.universe.intern(values.tolist()))])

    def _comprehension(self, source: SetComprehension, frame: Frame) -> Memberships:
        expansion = self.evaluator.expand(frame, source.generators)
        inner, rows = expansion.frame, expansion.parents
        items = source.element.items if isinstance(source.element, TupleOf) else (source.element,)
        labels = [self.evaluator.labels(item, inner) for item in items]
        columns = [self._interned(item, label, inner) for item, label in zip(items, labels, strict=True)]
        return self._distinct([Memberships(rows, columns)])

    def _interned(self, item: Expression, column: Labels, frame: Frame) -> Labels:
        """A column of computed numbers as labels, those that no set has had so far among them."""
        if not (column.ids < 0).any():
            return Labels(column.over, None, np.broadcast_to(column.ids, frame.size))
        numbers = np.broadcast_to(self.evaluator.number(item, frame), frame.size).tolist()
        labels = [int(number) if number.is_integer() else number for number in numbers]
        return Labels(given=self.evaluator.symbols.universe.intern(labels))

    def _single(self, element: Expression, frame: Frame) -> Memberships:
        items = element.items if isinstance(element, TupleOf) else (element,)
        labels = [self.evaluator.labels(item, frame) for item in items]
        rows = np.arange(frame.size, dtype=np.int32)
        return Memberships(rows, [self._interned(item, each, frame) for item, each in zip(items, labels, strict=True)])

    def _distinct(self, parts: Sequence[Memberships]) -> Memberships:
        """The parts' members together, first ones first, each once a row."""
        if len({len(part.columns) for part in parts}) > 1:
            raise problem("mixed-tuples", "a union of sets whose tuples differ in length")
        rows = np.concatenate([part.rows for part in parts])
        columns = [
            Labels(labels[0].over if len(parts) == 1 else None, None, np.concatenate([label.ids for label in labels]))
            for labels in zip(*(part.columns for part in parts), strict=True)
        ]
        keep = distinct_rows([rows, *(column.ids for column in columns)])
        keep = keep[np.argsort(rows[keep], kind="stable")]
        return Memberships(rows[keep], [column.take(keep) for column in columns])

    def _kept(self, found: Memberships, other: Expression, frame: Frame, *, inside: bool) -> Memberships:
        """The members that another set has too (`inside`), or has not."""
        at_rows = frame.take(found.rows)
        truth = np.broadcast_to(self.contains(other, found.columns, at_rows), len(found.rows))
        keep = np.flatnonzero(truth if inside else ~truth)
        return Memberships(found.rows[keep], [column.take(keep) for column in found.columns])

    def contains(self, source: Expression, labels: Sequence[Labels], frame: Frame) -> npt.NDArray[np.bool_]:
        """Whether the label or tuple of each row is in a set."""
        if not self.evaluator.depends(source, frame):
            relation = self.relation(source)
            self._require_width(source, relation.width, len(labels))
            return np.asarray(relation.locate([label.ids for label in labels]) >= 0)
        rows, columns = self.members(source, frame)
        self._require_width(source, len(columns), len(labels))
        held = Relation((rows, *(column.ids for column in columns)))
        asked = [np.broadcast_to(label.ids, frame.size) for label in labels]
        return np.asarray(held.locate([np.arange(frame.size, dtype=np.int32), *asked]) >= 0)

    def _require_width(self, source: Expression, width: int, asked: int) -> None:
        if width != asked:
            message = f"`{_short(source)}` holds tuples of {width}, but {asked} labels are looked up in it"
            raise problem("tuple-width", message, place=source.place)


def _short(source: Expression, limit: int = 80) -> str:
    text = spell(source)
    return text if len(text) <= limit else f"{text[:limit]} ..."
