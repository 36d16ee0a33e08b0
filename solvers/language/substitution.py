"""Labels in place of index names: what an expression says at one index tuple."""

from collections.abc import Mapping

from steepest.solvers.language.expressions import (
    Expression,
    Label,
    Name,
    Reduction,
    SetComprehension,
    map_children,
)
from steepest.solvers.language.labels import label_node


def with_labels(node: Expression, labels: Mapping[str, Label]) -> Expression:
    """The expression with labels where free index names stood; a name that a comprehension binds again is its own."""
    if not labels:
        return node
    if isinstance(node, Name):
        return label_node(labels[node.name]) if node.name in labels else node
    if isinstance(node, Reduction | SetComprehension):
        bound = {name for generator in node.generators for name in generator.names}
        labels = {name: label for name, label in labels.items() if name not in bound}
    return map_children(node, lambda child: with_labels(child, labels))
