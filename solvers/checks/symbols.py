"""What the names of a formulation stand for, as far as it can be known without its data.

The checks ask this table rather than the formulation. Where an answer depends on data that are bound later, or on an
index, it is None: a check that can't be sure says nothing.
"""

import sys
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from typing import TypeAlias, TypeVar, cast

from steepest.solvers.checks.known_sets import MAX_MEMBERS, KnownSet, Member, difference, intersection, union
from steepest.solvers.formulation import (
    Constraint,
    Formulation,
    NamedExpression,
    Objective,
    Parameter,
    Set,
    Variable,
)
from steepest.solvers.language.expressions import (
    Arithmetic,
    Call,
    Conditional,
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
from steepest.solvers.language.labels import normalize_label, vocabulary

Declared: TypeAlias = Set | Parameter | Variable | NamedExpression
"""An element that expressions refer to by its name."""

AnyElement: TypeAlias = Declared | Objective | Constraint

T = TypeVar("T")

NOTHING: frozenset[str] = frozenset()


class Symbols:
    """The names of one formulation; answers are remembered, so it is made anew when the formulation changes."""

    def __init__(self, formulation: Formulation, bound: Collection[str] = ()) -> None:
        self.formulation = formulation
        self.bound = frozenset(bound)
        """Names whose data come from the user's tables: what stands inline is not what will be solved."""
        self.words = vocabulary(formulation)
        self.elements: dict[str, Declared] = {}
        for element in declared_elements(formulation):
            self.elements.setdefault(element.name, element)
        self.decisions = self._decisions()
        """Names whose value depends on decision variables: the variables, and the lets that reach one."""
        self._sets: dict[str, KnownSet | None] = {}
        self._constants: dict[str, Label | None] = {}
        self._widths: dict[str, int | None] = {}
        self._remembered: dict[Hashable, object] = {}

    def once(self, key: Hashable, find: Callable[[], T]) -> T:
        """What was found out of the formulation under a key before, or is now: several checks ask for the same."""
        if key not in self._remembered:
            self._remembered[key] = find()
        return cast(T, self._remembered[key])

    def _decisions(self) -> frozenset[str]:
        found = {variable.name for variable in self.formulation.variables}
        uses = {let.name: names_in(let.expression) for let in self.formulation.lets}
        while reached := {name for name, used in uses.items() if name not in found and used & found}:
            found |= reached
        return frozenset(found)

    def has_decisions(self, node: Expression, hidden: Collection[str] = NOTHING) -> bool:
        """Whether an expression depends on a decision variable; `hidden` are index names in scope."""
        for each in walk(node):
            if isinstance(each, Index) and each.name in self.decisions:
                return True
            if isinstance(each, Name) and each.name in self.decisions and each.name not in hidden:
                return True
        return False

    # Sets

    def known_set(self, node: Expression, hidden: Collection[str] = NOTHING) -> KnownSet | None:
        """The elements of a set expression in order, or None where they are not fixed by the formulation alone."""
        match node:
            case Name(name) if name not in hidden:
                return self._named_set(name)
            case SetLiteral(elements, cyclic):
                members = [self.known_member(element, hidden) for element in elements]
                return KnownSet.of([m for m in members if m is not None], cyclic) if None not in members else None
            case Range(first, last, cyclic):
                return self._known_range(first, last, cyclic, hidden)
            case Sum(terms, signs):
                found = self.known_set(terms[0], hidden)
                for sign, term in zip(signs[1:], terms[1:], strict=True):
                    other = self.known_set(term, hidden)
                    if found is None or other is None:
                        return None
                    found = union(found, other) if sign > 0 else difference(found, other)
                return found
            case Arithmetic("|" | "&" as operator, left, right):
                first_set, second_set = self.known_set(left, hidden), self.known_set(right, hidden)
                if first_set is None or second_set is None:
                    return None
                return union(first_set, second_set) if operator == "|" else intersection(first_set, second_set)
        return None

    def _named_set(self, name: str) -> KnownSet | None:
        if name not in self._sets:
            self._sets[name] = None  # what a set in a cycle of definitions contains is not known
            element = self.elements.get(name)
            if isinstance(element, Set) and element.index is None and element.members is not None:
                self._sets[name] = self.known_set(element.members) if name not in self.bound else None
        return self._sets[name]

    def known_member(self, node: Expression, hidden: Collection[str] = NOTHING) -> Member | None:
        """An element of a set literal: a label or a tuple of labels."""
        if not isinstance(node, TupleOf):
            return self.constant(node, hidden)
        labels = [self.constant(item, hidden) for item in node.items]
        return tuple(label for label in labels if label is not None) if None not in labels else None

    def _known_range(
        self, first: Expression, last: Expression, cyclic: bool, hidden: Collection[str]
    ) -> KnownSet | None:
        start, end = self.constant(first, hidden), self.constant(last, hidden)
        if not isinstance(start, int) or not isinstance(end, int) or end - start >= MAX_MEMBERS:
            return None
        return KnownSet(range(start, end + 1), cyclic)

    # Constants

    def constant(self, node: Expression, hidden: Collection[str] = NOTHING) -> Label | None:
        """The label or number that an expression always is: literals and scalar parameters with a value inline."""
        match node:
            case LabelRef(value):
                return value
            case Number(value):
                return normalize_label(value) if is_finite(value) else None
            case Name(name) if name not in hidden:
                return self._constant_parameter(name)
            case Negation(operand):
                return self._constant_sum((operand,), (-1,), hidden)
            case Sum(terms, signs):
                return self._constant_sum(terms, signs, hidden)
            case Call("len", (argument,)):
                found = self.known_set(argument, hidden)
                return len(found) if found is not None else None
        return None

    def _constant_sum(
        self, terms: Sequence[Expression], signs: Sequence[int], hidden: Collection[str]
    ) -> int | float | None:
        total: int | float = 0
        for sign, term in zip(signs, terms, strict=True):
            value = self.constant(term, hidden)
            if value is None or isinstance(value, str):
                return None
            total += sign * value
        return total

    def _constant_parameter(self, name: str) -> Label | None:
        if name not in self._constants:
            self._constants[name] = None  # so that a cycle of definitions ends here
            element = self.elements.get(name)
            if isinstance(element, Parameter) and element.index is None and name not in self.bound:
                value = element.value
                if isinstance(value, int | float) and not is_finite(value):
                    value = None
                if element.expression is not None:
                    value = self.constant(element.expression)
                self._constants[name] = value
        return self._constants[name]

    def constant_number(self, node: Expression, hidden: Collection[str] = NOTHING) -> float | None:
        """As `constant`, for a number."""
        value = self.constant(node, hidden)
        return None if isinstance(value, str) else value

    # Widths: how many labels an element of a set has

    def width(self, node: Expression, whole: Mapping[str, int | None] | None = None) -> int | None:
        """How many labels an element of a set expression has; `whole` are the widths of index names in scope."""
        inner = whole or {}
        match node:
            case Name(name) if name not in inner:
                return self._named_width(name)
            case Index(name):
                return self._named_width(name)
            case SetLiteral(elements) if elements:
                return self.member_width(elements[0], inner)
            case Range():
                return 1
            case Sum((first, *_)) | Arithmetic("|" | "&", first) | Conditional(first):
                return self.width(first, inner)
            case SetComprehension(element, generators):
                for generator in generators:
                    inner = {**inner, **self.bound_widths(generator, inner)}
                return self.member_width(element, inner)
        return None

    def member_width(self, node: Expression, whole: Mapping[str, int | None]) -> int | None:
        """How many labels an expression in the position of an index stands for."""
        match node:
            case TupleOf(items):
                widths = [self.member_width(item, whole) for item in items]
                return sum(width for width in widths if width is not None) if None not in widths else None
            case Name(name) if name in whole:
                return whole[name]
            case Name() | Number() | LabelRef() | Index() | Negation() | Arithmetic("*" | "/" | "**"):
                return 1
            case Sum((first, *_)) | Conditional(first):
                return self.member_width(first, whole)
        return None

    def bound_widths(self, generator: Generator, whole: Mapping[str, int | None]) -> dict[str, int | None]:
        """The widths of the index names that a generator binds: 1 in a tuple, else what the set's elements have."""
        if isinstance(generator.pattern, str):
            return {generator.pattern: self.width(generator.source, whole)}
        return dict.fromkeys(generator.names, 1)

    def _named_width(self, name: str) -> int | None:
        if name not in self._widths:
            self._widths[name] = None
            element = self.elements.get(name)
            if isinstance(element, Set) and name not in self.bound:
                self._widths[name] = self._set_width(element)
        return self._widths[name]

    def _set_width(self, element: Set) -> int | None:
        whole: dict[str, int | None] = {}
        for generator in element.index.generators if element.index is not None else ():
            whole.update(self.bound_widths(generator, whole))
        if element.members is not None:
            return self.width(element.members, whole)
        return self.width(element.families[0].members) if element.families else None

    # Heads

    def arity(self, head: Head | None) -> int | None:
        """How many labels an index tuple of a head has; None where a set's width is not known."""
        widths = [width for _, _, width in self.positions(head)]
        return None if None in widths else len(widths)

    def positions(self, head: Head | None) -> Iterator[tuple[Expression, int, int | None]]:
        """For each position of an index tuple its set, its place in that set's tuples, and that set's width.

        A set of unknown width is one position with the width None.
        """
        whole: dict[str, int | None] = {}
        for generator in head.generators if head is not None else ():
            width = self.width(generator.source, whole)
            if isinstance(generator.pattern, tuple):
                width = len(generator.pattern)
            for place in range(width if width is not None else 1):
                yield generator.source, place, width
            whole.update(self.bound_widths(generator, whole))


def declared_elements(formulation: Formulation) -> Iterator[Declared]:
    """What expressions can refer to, in the order of the text."""
    yield from formulation.sets
    yield from formulation.parameters
    yield from formulation.variables
    yield from formulation.lets


def is_finite(value: float) -> bool:
    """Whether a number is one that a solver can take: not NaN, not infinite, and no whole number beyond the floats."""
    return abs(value) <= sys.float_info.max


def names_in(node: Expression) -> frozenset[str]:
    """Every name that an expression mentions, index names too."""
    return frozenset(each.name for each in walk(node) if isinstance(each, Name | Index))


def title(element: AnyElement, formulation: Formulation) -> str:
    """How messages call an element: its kind and its name."""
    match element:
        case Objective():
            if len(formulation.objectives) == 1:
                return "objective"
            return f"objective {next(i for i, each in enumerate(formulation.objectives, 1) if each is element)}"
        case NamedExpression(name=name):
            return f"let {name}"
    return f"{type(element).__name__.lower()} {element.name}"
