"""Which rows of a constraint a change reaches, as far as the text tells; where it does not, it may be any."""

from collections.abc import Mapping, Sequence

from steepest.solvers.changes.change import ANY, Target
from steepest.solvers.formulation import Constraint
from steepest.solvers.language.expressions import Expression, Index, Label, LabelRef, Name, Number, walk

__all__ = ["touches"]


def touches(target: Target, constraint: Constraint, index: Sequence[Label]) -> bool:
    """Whether a change of the target changes this row.

    Args:
        target: What is changed: a parameter, or the limit of a constraint.
        constraint: The constraint.
        index: Of the row.
    """
    if target.name == constraint.name:
        return target.matches(tuple(index))
    names = constraint.index.names if constraint.index is not None else ()
    bound = dict(zip(names, index, strict=True)) if len(names) == len(index) else {}
    return any(_may_be(target, node, bound) for node in walk(constraint.body))


def _may_be(target: Target, node: Expression, bound: Mapping[str, Label]) -> bool:
    """Whether a node may be a cell of the target in the row in which these index names stand for labels."""
    match node:
        case Name(name=name):
            return name == target.name
        case Index(name=name, indices=indices) if name == target.name:
            if target.index is None or len(indices) != len(target.index):
                return True
            labels = (_label(each, bound) for each in indices)
            pairs = zip(target.index, labels, strict=True)
            return all(label is None or wanted in (ANY, label) for wanted, label in pairs)
    return False


def _label(node: Expression, bound: Mapping[str, Label]) -> Label | None:
    """The label that an index is in a row; None where that takes the data, or where a sum runs over it."""
    match node:
        case Name(name=name):
            return bound.get(name)
        case LabelRef(value=label) | Number(value=label):
            return label
    return None
