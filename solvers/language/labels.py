"""Which bare words of a formulation are labels.

`plant[corn]` and `plant["corn"]` are the same: a bare word is a label where it stands for an index, is an element of
a set, or is a known label, and nothing else has its name. Which words are labels depends on the whole formulation, so
this runs once all of it is read; afterwards every `Name` in a tree is an index in scope or a declared name.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from steepest.solvers.diagnostics import Place
from steepest.solvers.language.expressions import (
    CONSTANTS,
    Expression,
    Generator,
    Head,
    Index,
    Label,
    LabelRef,
    Name,
    Number,
    Reduction,
    SetComprehension,
    SetLiteral,
    TupleOf,
    map_children,
    walk,
)

if TYPE_CHECKING:
    from steepest.solvers.formulation import Element, Formulation, Parameter


_WHOLE_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})\Z", re.ASCII)
_MOST_DIGITS = 15
"""Longer whole numbers are not exact as floating-point numbers, which is how they are computed with."""


def normalize_label(label: Label) -> Label:
    """The one form of a label: `"12"` and `12.0` are 12, `" north "` is `"north"`; other words stay as they are.

    Raises:
        ValueError: A number that is not finite.
    """
    if isinstance(label, str):
        label = label.strip()
        return int(label) if _WHOLE_NUMBER.match(label) and label != "-0" else label
    if isinstance(label, int) and abs(label) < 10**_MOST_DIGITS:
        return int(label)
    try:
        value = float(label)
    except OverflowError as error:
        raise ValueError("a number is too large") from error
    if not math.isfinite(value):
        raise ValueError(f"{label} is no finite number")
    # Beyond 2**53 a float is no exact whole number, and an int of hundreds of digits fits into no array.
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def label_or_number(text: str, place: Place | None = None) -> Expression:
    """A label; one that reads as a whole number is the number (docs/decisions.md, "Labels that are numbers")."""
    label = normalize_label(text)
    return LabelRef(label, place=place) if isinstance(label, str) else Number(label, place=place)


def label_node(label: Label) -> Expression:
    """A label as an expression."""
    return label_or_number(label) if isinstance(label, str) else Number(label)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a formulation: what is declared, what of it is a scalar parameter, and the known labels."""

    declared: frozenset[str]
    scalars: frozenset[str]
    labels: frozenset[str]
    bound: frozenset[str]
    """Index names that are bound anywhere: a label of the same name is quoted when it is printed."""
    anchored: frozenset[str]
    """Labels that stand somewhere where any word is one: in data, in a set, in the place of an index."""

    def may_be_bare(self, label: str) -> bool:
        """Whether a label needs no quotes: a reader knows it for one, and it shares its name with nothing."""
        return label in self.anchored and label not in self.declared and label not in self.bound


def vocabulary(formulation: "Formulation") -> Vocabulary:
    """The words of a formulation, sorted by what they can stand for."""
    declared = {e.name for e in _named_elements(formulation)} | CONSTANTS
    scalars = {p.name for p in formulation.parameters if p.index is None} | CONSTANTS
    labels = {label for p in formulation.parameters for cell in p.values for label in _words(cell.index)}
    labels |= {word for p in formulation.parameters for word in _words([p.value, *(c.value for c in p.values)])}
    labels |= {label for s in formulation.sets for family in s.families for label in _words(family.index)}
    labels.update(word for p in formulation.parameters if (word := _bare_word(p, declared)))
    anchored = set(labels)
    bound: set[str] = set()
    for expression in _expressions(formulation):
        for node in walk(expression):
            match node:
                case LabelRef(value):
                    labels.add(value)
                case Index(indices=indices):
                    anchored |= {e.value for e in _flat(indices) if isinstance(e, LabelRef)}
                case SetLiteral(elements):
                    labels |= {e.name for e in _flat(elements) if isinstance(e, Name) and e.name not in scalars}
                    anchored |= {e.value for e in _flat(elements) if isinstance(e, LabelRef)}
                case Reduction(generators=generators) | SetComprehension(generators=generators):
                    bound.update(name for generator in generators for name in generator.names)
    bound.update(name for head in _heads(formulation) for name in head.names)
    return Vocabulary(*map(frozenset, (declared, scalars, labels, bound, anchored)))


def _bare_word(parameter: "Parameter", declared: set[str]) -> str:
    """The word that a parameter is worth, if nothing declares it (`start = north`): it is a label then."""
    match parameter.expression:
        case Name(word) if word not in declared:
            return word if parameter.index is None or word not in parameter.index.names else ""
    return ""


def resolve_labels(formulation: "Formulation") -> None:
    """Replace, in place, every bare word that is a label by a `LabelRef`.

    A word in the place of an index is a label even if nothing else says so; once known, it is one everywhere.
    """
    words = vocabulary(formulation)
    _resolve(formulation, words)
    again = vocabulary(formulation)
    if again.labels != words.labels:
        _resolve(formulation, again)


def _resolve(formulation: "Formulation", words: Vocabulary) -> None:
    for element in [*_named_elements(formulation), *formulation.objectives, *formulation.constraints]:
        head: Head | None = getattr(element, "index", None)
        names = frozenset(head.names) if head is not None else frozenset()
        scope = _Scope(words, names)
        if head is not None:
            object.__setattr__(element, "index", Head(tuple(scope.generator(g) for g in head.generators)))
        for field in expression_fields(type(element)):
            expression = getattr(element, field)
            if expression is not None:
                object.__setattr__(element, field, scope.resolve(expression))
    for family in (family for s in formulation.sets for family in s.families):
        object.__setattr__(family, "members", _Scope(words, frozenset()).resolve(family.members))


@dataclass(frozen=True, slots=True)
class _Scope:
    """The vocabulary together with the index names bound at a place in the tree."""

    words: Vocabulary
    bound: frozenset[str]

    def resolve(self, node: Expression) -> Expression:
        match node:
            case Name(name):
                if name in self.bound or name in self.words.declared or name not in self.words.labels:
                    return node
                return LabelRef(name, place=node.place)
            case Index(name, indices):
                return Index(name, tuple(self.label(index) for index in indices), place=node.place)
            case SetLiteral(elements, cyclic):
                return SetLiteral(tuple(self.label(e) for e in elements), cyclic, place=node.place)
            case Reduction(generators=generators) | SetComprehension(generators=generators):
                inner = _Scope(self.words, self.bound | {n for g in generators for n in g.names})
                return map_children(node, inner.resolve)
        return map_children(node, self.resolve)

    def generator(self, generator: Generator) -> Generator:
        condition = generator.condition
        return Generator(
            generator.pattern,
            self.resolve(generator.source),
            self.resolve(condition) if condition is not None else None,
        )

    def label(self, node: Expression) -> Expression:
        """A node in the position of a label: a bare word is one unless it is an index or a scalar parameter."""
        if isinstance(node, TupleOf):
            return TupleOf(tuple(self.label(item) for item in node.items), place=node.place)
        if not isinstance(node, Name):
            return self.resolve(node)
        if node.name in self.bound or node.name in self.words.scalars:
            return node
        if node.name in self.words.declared and node.name not in self.words.labels:
            return node
        return LabelRef(node.name, place=node.place)


def expression_fields(kind: type["Element"]) -> tuple[str, ...]:
    """The fields of a kind of element that hold an expression."""
    return tuple(name for name in ("members", "expression", "body", "lower", "upper") if name in kind.model_fields)


def _named_elements(formulation: "Formulation") -> list:  # type: ignore[type-arg]  # four element types
    return [*formulation.sets, *formulation.parameters, *formulation.variables, *formulation.lets]


def _heads(formulation: "Formulation") -> Iterable[Head]:
    for element in [*_named_elements(formulation), *formulation.constraints]:
        if element.index is not None:
            yield element.index


def _expressions(formulation: "Formulation") -> Iterable[Expression]:
    """Every expression of the formulation, those in heads too."""
    for element in [*_named_elements(formulation), *formulation.objectives, *formulation.constraints]:
        for field in expression_fields(type(element)):
            expression = getattr(element, field)
            if expression is not None:
                yield expression
    yield from (family.members for s in formulation.sets for family in s.families)
    for head in _heads(formulation):
        for generator in head.generators:
            yield generator.source
            if generator.condition is not None:
                yield generator.condition


def _flat(elements: tuple[Expression, ...]) -> Iterable[Expression]:
    for element in elements:
        yield from element.items if isinstance(element, TupleOf) else (element,)


def _words(labels: Iterable[object]) -> set[str]:
    return {label for label in labels if isinstance(label, str)}
