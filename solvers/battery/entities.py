"""Pairs of entities that a formulation could mean alike, and the parts of it that speak of entities."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

from steepest.solvers.battery.lexicon import tokens
from steepest.solvers.battery.mirroring import Mirror
from steepest.solvers.formulation import Constraint, Element, Formulation, NamedExpression, Objective, Parameter, Set
from steepest.solvers.language.expressions import Expression, Head, LabelRef, SetLiteral, walk

_MOST_PAIRS = 60
_MOST_LABELS = 12

Part: TypeAlias = Constraint | Objective | NamedExpression | Parameter
"""An element with an expression in which entities may be exchanged."""


@dataclass(frozen=True)
class Pair:
    """Two entities and the exchange of them."""

    one: str
    other: str
    mirror: Mirror
    of_set: str = ""
    """The set whose labels they are."""


def entity_pairs(formulation: Formulation) -> list[Pair]:
    """Labels of one set, and the words in which single variables differ, as far as both have their own data."""
    parameters = frozenset(each.name for each in formulation.parameters)
    found = [*_label_pairs(formulation, parameters), *name_pairs(formulation)]
    return found[:_MOST_PAIRS]


def _label_pairs(formulation: Formulation, parameters: frozenset[str]) -> Iterator[Pair]:
    """Labels that stand in one written set only, and somewhere in an expression as such."""
    written = [each for each in formulation.sets if isinstance(each.members, SetLiteral) and each.index is None]
    used = Counter(label for each in formulation.sets for label in set(_labels_of(each)))
    literal = {
        node.value for part in parts_of(formulation) for node in walk(expression_of(part)) if isinstance(node, LabelRef)
    }
    for element in written:
        labels = [label for label in _labels_of(element) if used[label] == 1][:_MOST_LABELS]
        for one, other in combinations(labels, 2):
            if one in literal or other in literal:
                yield Pair(one, other, Mirror({one: other, other: one}, {}, parameters), element.name)


def _labels_of(element: Set) -> list[str]:
    nodes = [element.members] if element.members is not None else []
    nodes += [each.members for each in element.families]
    return [each.value for node in nodes for each in walk(node) if isinstance(each, LabelRef)]


def name_pairs(formulation: Formulation) -> Iterator[Pair]:
    """Single variables whose names differ in one word, with whatever else differs by these words only."""
    parameters = frozenset(each.name for each in formulation.parameters)
    scalars = [each for each in formulation.variables if each.index is None]
    elements: list[Element] = [*formulation.variables, *formulation.parameters, *formulation.lets]
    heads = {getattr(each, "name", ""): getattr(each, "index", None) for each in elements}
    by_tokens = {tokens(name): name for name in heads}
    for one, other in combinations(scalars, 2):
        words = _differing(tokens(one.name), tokens(other.name))
        if words is None or one.domain != other.domain or len(by_tokens) != len(heads):
            continue
        names = _exchanges(by_tokens, words)
        if any(heads[a] != heads[b] for a, b in names.items()):
            continue
        if one.name in names and any(each in parameters for each in names):
            yield Pair(words[0], words[1], Mirror({}, names, parameters))


def _differing(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, str] | None:
    """The one word in which two names differ."""
    if len(one) != len(other):
        return None
    different = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    return different[0] if len(different) == 1 else None


def _exchanges(by_tokens: Mapping[tuple[str, ...], str], words: tuple[str, str]) -> dict[str, str]:
    turn = {words[0]: words[1], words[1]: words[0]}
    turned = {name: tuple(turn.get(each, each) for each in spelt) for spelt, name in by_tokens.items()}
    return {name: by_tokens[other] for name, other in turned.items() if other in by_tokens and by_tokens[other] != name}


# Parts


def parts_of(formulation: Formulation) -> list[Part]:
    """Every element with an expression of its own, bounds of variables aside."""
    derived = [each for each in formulation.parameters if each.expression is not None]
    return [*formulation.constraints, *formulation.objectives, *formulation.lets, *derived]


def expression_of(part: Part) -> Expression:
    """What a part says."""
    expression = part.body if isinstance(part, Constraint) else part.expression
    assert expression is not None  # noqa: S101  # only derived parameters are parts
    return expression


def head_of(part: Part) -> Head | None:
    """What a part is indexed by."""
    return None if isinstance(part, Objective) else part.index
