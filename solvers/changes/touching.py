"""Which rows of a constraint a change reaches, as far as the text tells; where it does not, it may be any."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from steepest.solvers.changes.change import ANY, Target
from steepest.solvers.definitions import Definition
from steepest.solvers.formulation import Constraint, Formulation, Set
from steepest.solvers.language.expressions import (
    Expression,
    Head,
    Index,
    Label,
    LabelRef,
    Name,
    Number,
    Reduction,
    SetComprehension,
    children,
)

__all__ = ["touches"]

Known: TypeAlias = Mapping[str, Label]
"""The labels that index names stand for; a name that is not in it may stand for any."""


def touches(target: Target, constraint: Constraint, index: Sequence[Label], formulation: Formulation) -> bool:
    """Whether a change of the target changes this row, be it by way of what the row is defined by.

    Args:
        target: What is changed: a parameter, or the limit of a constraint.
        constraint: The constraint.
        index: Of the row.
        formulation: Where the names of the constraint are defined.
    """
    if target.name == constraint.name:
        return target.matches(tuple(index))
    elements: list[Definition] = [*formulation.sets, *formulation.parameters, *formulation.lets]
    definitions = {each.name: each for each in elements}
    ahead = [(constraint.body, _known(constraint.index, index))]
    seen: set[tuple[str, tuple[Label | None, ...]]] = set()
    while ahead:
        node, known = ahead.pop()
        if _may_be(target, node, known):
            return True
        inside = _inside(node, known)
        ahead += [(each, inside) for each in children(node)]
        cell = _cell(node, known)
        if cell is not None and cell not in seen and cell[0] in definitions:
            seen.add(cell)
            definition = definitions[cell[0]]
            ahead += [(each, _known(definition.index, cell[1])) for each in _content(definition)]
    return False


def _known(head: Head | None, labels: Sequence[Label | None]) -> Known:
    """The labels that the index names of a head stand for, as far as they are known."""
    names = head.names if head is not None else ()
    if len(names) != len(labels):
        return {}
    return {name: label for name, label in zip(names, labels, strict=True) if label is not None}


def _inside(node: Expression, known: Known) -> Known:
    """What is known below a node: an index that runs there hides one of the same name."""
    if not isinstance(node, Reduction | SetComprehension):
        return known
    hidden = {name for generator in node.generators for name in generator.names}
    return {name: label for name, label in known.items() if name not in hidden}


def _cell(node: Expression, known: Known) -> tuple[str, tuple[Label | None, ...]] | None:
    """The element that a node is a cell of, and the labels of the cell; None is one that is not known."""
    match node:
        case Name(name=name):
            return name, ()
        case Index(name=name, indices=indices):
            return name, tuple(_label(each, known) for each in indices)
    return None


def _content(definition: Definition) -> Iterator[Expression]:
    """The expressions that a cell of an element is worked out from."""
    whole = definition.members if isinstance(definition, Set) else definition.expression
    if whole is not None:
        yield whole
    if isinstance(definition, Set):
        yield from (family.members for family in definition.families)


def _may_be(target: Target, node: Expression, known: Known) -> bool:
    """Whether a node may be a cell of the target."""
    cell = _cell(node, known)
    if cell is None or cell[0] != target.name:
        return False
    labels = cell[1]
    if target.index is None or len(labels) != len(target.index):
        return True
    pairs = zip(target.index, labels, strict=True)
    return all(label is None or wanted in (ANY, label) for wanted, label in pairs)


def _label(node: Expression, known: Known) -> Label | None:
    """The label that an index is in a row; None where that takes the data, or where a sum runs over it."""
    match node:
        case Name(name=name):
            return known.get(name)
        case LabelRef(value=label) | Number(value=label):
            return label
    return None
