"""The numbers that a formulation has: one slot for each, with the words by which its place in the text is known."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from steepest.agents.modeling.reading.words import words_of
from steepest.solvers.checks.symbols import Symbols, declared_elements, title
from steepest.solvers.definitions import names_in
from steepest.solvers.formulation import Constraint, Formulation, NamedExpression, Objective, Parameter, Set, Variable
from steepest.solvers.language.expressions import (
    Arithmetic,
    Expression,
    Index,
    Label,
    LabelRef,
    Name,
    Negation,
    Number,
    Range,
    Reduction,
    SetLiteral,
    Sum,
    children,
)

AnElement: TypeAlias = Set | Parameter | Variable | NamedExpression | Objective | Constraint

_MOST_LABELS = 1000
"""Labels of a set that are compared with a text."""

_STRUCTURAL = frozenset({0.0, 1.0})
"""Literals that belong to how something is written: a lag of 1, a bound of 0."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A number of a formulation."""

    element: str
    """Such as `parameter flour`."""
    name: str
    """Empty for an objective."""
    index: tuple[Label, ...]
    value: float
    words: frozenset[str] = frozenset()
    """The words of its name, its unit and its note; for a number in an expression those of what stands beside it."""
    labels: frozenset[str] = frozenset()
    """The words of its index."""
    quotes: tuple[str, ...] = ()
    is_literal: bool = False
    """Whether it is written into an expression."""
    parts: tuple[float, ...] = ()
    """The numbers that a literal such as `3 / 4` is reckoned from."""
    is_used: bool = True
    """Whether an objective, a constraint or a variable needs it."""
    is_assumed: bool = False


def slots_of(formulation: Formulation, bound: Collection[str] = ()) -> list[Slot]:
    """The numbers of a formulation but for 0 and 1 in expressions and what comes from files and tables.

    Args:
        formulation: The formulation.
        bound: Names of sets and parameters whose data come from the person's tables.
    """
    needed = _needed(formulation)
    users = _users(formulation)
    found: list[Slot] = []
    for element in _elements(formulation):
        if isinstance(element, Set) or getattr(element, "name", "") in bound:
            continue
        told = title(element, formulation)
        if isinstance(element, Parameter):
            is_used = element.name in needed
            found += _cells(element, told, users.get(element.name, frozenset()), is_used=is_used)
        found += _literals(element, told, needed)
    return found


def _elements(formulation: Formulation) -> list[AnElement]:
    return [*declared_elements(formulation), *formulation.objectives, *formulation.constraints]


def sizes_of(formulation: Formulation) -> frozenset[int]:
    """How many members its sets have, how many variables there are, and how many labels its data go by."""
    symbols = Symbols(formulation)
    known = [symbols.known_set(Name(each.name)) for each in formulation.sets if each.index is None]
    members = [len(each) for each in known if each is not None]
    members += [len({label for cell in each.values for label in cell.index[:1]}) for each in formulation.parameters]
    alike = Counter(each.domain for each in formulation.variables).values()
    return frozenset([*members, *alike, len(formulation.variables)])


def labels_of(formulation: Formulation) -> frozenset[str]:
    """The labels of a formulation that have a number in them: 3, "Store 1"."""
    found: set[str] = set()
    symbols = Symbols(formulation)
    for each in formulation.sets:
        known = symbols.known_set(Name(each.name)) if each.index is None else None
        for member in islice(known or (), _MOST_LABELS):
            found.update(str(label) for label in (member if isinstance(member, tuple) else (member,)))
    return frozenset(label for label in found if any(character.isdigit() for character in label))


def _needed(formulation: Formulation) -> frozenset[str]:
    """The names that objectives, constraints and variables need, directly or not; definitions may go in a circle."""
    defined: list[Set | Parameter | NamedExpression] = [
        *formulation.sets,
        *formulation.parameters,
        *formulation.lets,
    ]
    definitions = {each.name: each for each in defined}
    waiting: list[AnElement] = [*formulation.variables, *formulation.objectives, *formulation.constraints]
    found: set[str] = set()
    while waiting:
        for name in names_in(waiting.pop()):
            if name not in found:
                found.add(name)
                waiting += [definitions[name]] if name in definitions else []
    return frozenset(found)


def _users(formulation: Formulation) -> Mapping[str, frozenset[str]]:
    """The words of the constraints in which a parameter stands; a limit is often told by those alone."""
    found: dict[str, frozenset[str]] = {}
    for constraint in formulation.constraints:
        words = words_of(constraint.name, constraint.note)
        for name in names_in(constraint):
            found[name] = found.get(name, frozenset()) | words
    return found


def _cells(parameter: Parameter, told: str, users: frozenset[str], *, is_used: bool) -> Iterator[Slot]:
    own = words_of(parameter.name, parameter.unit or "", parameter.note)
    sets = _sets_of(parameter)
    given: list[tuple[tuple[Label, ...], object]] = [((), parameter.value), ((), parameter.default)]
    given += [(tuple(cell.index), cell.value) for cell in parameter.values]
    for index, value in given:
        if isinstance(value, int | float):
            yield Slot(
                element=told,
                name=parameter.name,
                index=index,
                value=float(value),
                words=own or users,
                labels=_label_words(index, sets),
                quotes=tuple(parameter.quotes),
                is_used=is_used,
                is_assumed=parameter.is_assumed,
            )


def _sets_of(parameter: Parameter) -> list[str]:
    """The names of the sets that a parameter goes by, in order."""
    generators = parameter.index.generators if parameter.index is not None else ()
    return [each.source.name if isinstance(each.source, Name) else "" for each in generators]


def _label_words(index: Sequence[Label], sets: Sequence[str]) -> frozenset[str]:
    """The words of labels; a number is told with the name of its set."""
    found: set[str] = set()
    for place, label in enumerate(index):
        name = sets[place] if place < len(sets) else ""
        found |= words_of(label) if isinstance(label, str) else words_of(f"{name}{label}")
    return frozenset(found)


def _literals(element: AnElement, told: str, needed: Collection[str]) -> Iterator[Slot]:
    name = getattr(element, "name", "")
    is_used = name in needed or isinstance(element, Variable | Objective | Constraint)
    own = words_of(name, getattr(element, "unit", None) or "", element.note)
    if isinstance(element, Objective) and element.weight is not None:
        yield Slot(told, name, (), abs(element.weight), own, quotes=tuple(element.quotes), is_literal=True)
    for expression in _bodies(element):
        for value, parts, beside in _constants(expression):
            if value not in _STRUCTURAL:
                yield Slot(
                    element=told,
                    name=name,
                    index=(),
                    value=value,
                    words=own | words_of(*beside),
                    quotes=tuple(element.quotes),
                    is_literal=True,
                    parts=parts if len(parts) > 1 else (),
                    is_used=is_used,
                    is_assumed=element.is_assumed,
                )


def _bodies(element: AnElement) -> Iterator[Expression]:
    """The expressions of an element without those in its head, whose numbers are labels."""
    for field in ("expression", "body", "lower", "upper"):
        expression = getattr(element, field, None)
        if expression is not None:
            yield expression


def _constants(expression: Expression) -> Iterator[tuple[float, tuple[float, ...], list[str]]]:
    """The largest constant parts of an expression: value, the numbers in it, the names beside it.

    An exponent says what is computed, not with which data, and an index is a label.
    """
    stack: list[tuple[Expression, Sequence[str]]] = [(expression, ())]
    while stack:
        node, beside = stack.pop()
        value = _folded(node)
        if value is not None:
            yield abs(value), tuple(_numbers(node)), list(beside)
            continue
        below = _parts_with_data(node)
        names = [_word(each) for each in below if isinstance(each, Name | Index | LabelRef)]
        stack += [(each, names or beside) for each in reversed(below)]


def _parts_with_data(node: Expression) -> list[Expression]:
    match node:
        case Index() | Range() | SetLiteral():
            return []
        case Reduction(_, body, _):
            return [body]
        case Arithmetic("**", left, _):
            return [left]
    return list(children(node))


def _word(node: Name | Index | LabelRef) -> str:
    match node:
        case Index(name, indices):
            return " ".join([name, *(each.value for each in indices if isinstance(each, LabelRef))])
        case LabelRef(value):
            return value
    return node.name


def _folded(node: Expression) -> float | None:
    """The value of an expression of numbers alone."""
    match node:
        case Number(value):
            return float(value)
        case Negation(operand):
            inner = _folded(operand)
            return None if inner is None else -inner
        case Sum(terms, signs):
            values = [_folded(term) for term in terms]
            known = [value for value in values if value is not None]
            total = sum(sign * value for sign, value in zip(signs, known, strict=False))
            return total if len(known) == len(values) else None
        case Arithmetic("*" | "/" as operator, left, right):
            first, second = _folded(left), _folded(right)
            if first is None or second is None or (operator == "/" and not second):
                return None
            return first * second if operator == "*" else first / second
    return None


def _numbers(node: Expression) -> Iterator[float]:
    if isinstance(node, Number):
        yield abs(float(node.value))
    for child in children(node):
        yield from _numbers(child)
