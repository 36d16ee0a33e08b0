"""What sets contain as far as the text says: for lists in set order, and for tables whose axes may be swapped."""

from collections.abc import Iterable, Mapping

from steepest.solvers.formulation import Set
from steepest.solvers.language.expressions import (
    Arithmetic,
    Expression,
    Generator,
    Head,
    Index,
    Label,
    LabelRef,
    Name,
    Negation,
    Number,
    Range,
    SetComprehension,
    SetLiteral,
    Sum,
    TupleOf,
    walk,
)
from steepest.solvers.language.spelling import spell
from steepest.solvers.text.literals import Axis

MAX_ELEMENTS = 100_000
"""Most elements of a range that are written out."""

Elements = list[tuple[Label, ...]]


class KnownSets:
    """The elements of the sets that are literals, ranges, or made of those."""

    def __init__(self, sets: Iterable[Set] = (), scalars: Mapping[str, Label] | None = None) -> None:
        self.members: dict[str, Expression | None] = {each.name: each.members for each in sets}
        self.scalars = scalars or {}
        self._elements: dict[str, Elements | None] = {}
        self._sets_with: dict[Label, frozenset[str]] | None = None

    def add(self, made: Set) -> None:
        """Learn of a set that a table has defined."""
        self.members[made.name] = made.members
        self._elements.pop(made.name, None)
        self._sets_with = None

    def is_set(self, name: str) -> bool:
        """Whether a set of that name is declared."""
        return name in self.members

    def sets_with(self, label: Label) -> frozenset[str]:
        """The sets that are known to have an element."""
        if self._sets_with is None:
            found: dict[Label, set[str]] = {}
            for name in self.members:
                for element in self._named(name) or ():
                    if len(element) == 1:
                        found.setdefault(element[0], set()).add(name)
            self._sets_with = {each: frozenset(names) for each, names in found.items()}
        return self._sets_with.get(label, frozenset())

    def axes(self, head: Head) -> list[Axis]:
        """The index sets of a head."""
        return [self._axis(generator) for generator in head.generators]

    def _axis(self, generator: Generator) -> Axis:
        elements = self.elements(generator.source) if generator.condition is None else None
        arity = self.arity(generator.source)
        if generator.pattern is not None:
            arity = len(generator.names)
        return Axis(spell(generator.source), arity, elements)

    def arity(self, source: Expression) -> int | None:
        """How many labels an element has, or none if the text doesn't say."""
        match source:
            case Name(name):
                members = self.members.get(name)
                return self.arity(members) if members is not None and not _mentions(members, name) else None
            case SetLiteral(elements) if elements:
                return len(elements[0].items) if isinstance(elements[0], TupleOf) else 1
            case Range():
                return 1
            case SetComprehension(element, generators):
                if isinstance(element, TupleOf):
                    return len(element.items)
                return self.arity(generators[0].source) if element == _bound(generators[0]) else 1
            case Sum(terms):
                return self.arity(terms[0])
            case Arithmetic("|" | "&", left):
                return self.arity(left)
            case Index():
                return 1
        return None

    def elements(self, source: Expression) -> Elements | None:
        """The elements of a set in order, or none if they are not written in the text."""
        match source:
            case Name(name):
                return self._named(name)
            case SetLiteral(items):
                return _all(self._element(item) for item in items)
            case Range(first, last):
                return self._range(first, last)
            case Sum(terms, signs):
                return self._sum(terms, signs)
            case Arithmetic("|", left, right):
                return self._sum((left, right), (1, 1))
            case Arithmetic("&", left, right):
                first_set, second_set = self.elements(left), self.elements(right)
                if first_set is None or second_set is None:
                    return None
                return [each for each in first_set if each in set(second_set)]
        return None

    def _named(self, name: str) -> Elements | None:
        if name not in self._elements:
            self._elements[name] = None  # a set that is defined by itself has no elements that can be known
            members = self.members.get(name)
            self._elements[name] = self.elements(members) if members is not None else None
        return self._elements[name]

    def _sum(self, terms: tuple[Expression, ...], signs: tuple[int, ...]) -> Elements | None:
        found: dict[tuple[Label, ...], None] = {}
        for term, sign in zip(terms, signs, strict=True):
            elements = self.elements(term)
            if elements is None:
                return None
            for each in elements:
                if sign > 0:
                    found.setdefault(each)
                else:
                    found.pop(each, None)
        return list(found)

    def _range(self, first: Expression, last: Expression) -> Elements | None:
        begin, end = self._whole(first), self._whole(last)
        if begin is None or end is None or end - begin >= MAX_ELEMENTS:
            return None
        return [(number,) for number in range(begin, end + 1)]

    def _whole(self, node: Expression) -> int | None:
        match node:
            case Number(value):
                return int(value) if value == int(value) else None
            case Negation(Number(value)):
                return -int(value) if value == int(value) else None
            case Name(name):
                scalar = self.scalars.get(name)
                return scalar if isinstance(scalar, int) else None
        return None

    def _element(self, node: Expression) -> tuple[Label, ...] | None:
        items = node.items if isinstance(node, TupleOf) else (node,)
        labels = [self._label(item) for item in items]
        known = [label for label in labels if label is not None]
        return tuple(known) if len(known) == len(labels) else None

    def _label(self, node: Expression) -> Label | None:
        match node:
            case LabelRef(value):
                return value
            case Number(value):
                return int(value) if value == int(value) else value
            case Name(name):
                return self.scalars.get(name, name)
        return None


def _all(items: Iterable[tuple[Label, ...] | None]) -> Elements | None:
    found: Elements = []
    for item in items:
        if item is None:
            return None
        found.append(item)
    return found


def _bound(generator: Generator) -> Expression | None:
    return Name(generator.pattern) if isinstance(generator.pattern, str) else None


def _mentions(node: Expression, name: str) -> bool:
    return any(isinstance(each, Name) and each.name == name for each in walk(node))
