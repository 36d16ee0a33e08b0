"""How much each value had to do with an output: its share of 1, which goes back over the graph by weights.

The back-pass of DyLAN (arXiv 2310.02170) as a sweep: what a node is worth goes to its inputs in proportion
to their weights, so that nothing is lost or made on the way. The weights say how much an input was worth to a node:
ratings that agents gave each other, or all the same.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import add
from typing import Any, TypeAlias

from steepest.errors import InputError
from steepest.traces.failures import ExecutionError, TraceError
from steepest.traces.feedback import ends_of
from steepest.traces.graph import Node, ancestors, between, sweep
from steepest.traces.previews import preview

__all__ = ["Importance", "Weights", "importance", "mean_importance"]

Weights: TypeAlias = Callable[[Node[Any]], Sequence[float] | None]
"""Takes a node and gives a weight, 0 or more, for each of its inputs, in their order; None where all weigh the same."""


@dataclass(frozen=True, slots=True, eq=False)
class Importance:
    """Nodes and their shares; iterating gives pairs of a node and its share."""

    nodes: tuple[Node[Any], ...]
    """Ascending by creation."""
    shares: tuple[float, ...]
    """One for each node, from 0 to 1."""

    def __iter__(self) -> Iterator[tuple[Node[Any], float]]:
        return zip(self.nodes, self.shares, strict=True)

    def __len__(self) -> int:
        return len(self.nodes)

    def of(self, node: Node[Any]) -> float:
        """The share of one node; 0 of one that the outputs do not depend on."""
        return next((share for each, share in self if each is node), 0.0)

    def by_name(self, name: Callable[[Node[Any]], str | None] | None = None) -> dict[str, float]:
        """What nodes of one name have together, the largest first.

        Args:
            name: Of a node, None if it shall not count; its label or the name of its operation unless given.
        """
        parts: dict[str, list[float]] = {}
        for node, share in self:
            if (called := (name or _name_of)(node)) is not None:
                parts.setdefault(called, []).append(share)
        return _descending({called: math.fsum(each) for called, each in parts.items()})


def importance(
    outputs: Node[Any] | ExecutionError | Iterable[Node[Any]],
    nodes: Iterable[Node[Any]] | None = None,
    *,
    weights: Weights | None = None,
) -> Importance:
    """How much each of some nodes had to do with outputs; linear in the graph, and whatever its depth.

    The outputs have 1 together. A node passes on all that it has to those of its inputs that depend on one of `nodes`,
    or are one. So parameters, which are made of nothing, have 1 together; of nodes that depend on each other those of
    each round have, and a node has what all that was made from it passed on.

    Args:
        outputs: A node, several (those agents' that gave the final answer), or the error that a bundle raised.
        nodes: Among whom it is divided: the parameters behind the outputs unless given.
        weights: How much each input of a node was worth to it; all the same unless given. Where all that can be passed
            to weigh 0, they have the same, too.

    Raises:
        InputError: There is no output, or something else than nodes is passed.
        TraceError: The outputs depend on none of the nodes, or a node's weights are not one for each input, finite and
            0 or more.
    """
    ends = tuple({id(each): each for each in ends_of(outputs)}.values())
    asked = _asked(ends, nodes)
    on_path = {id(each) for each in between(asked, ends)}
    starts = [each for each in ends if id(each) in on_path]
    if not starts:
        raise TraceError(
            "the outputs depend on none of these nodes, so nothing can be divided among them: pass nodes= of which the "
            "outputs were made, or make what shall count a parameter with node(..., trainable=True)"
        )

    def spread(node: Node[Any], share: float) -> list[tuple[Node[Any], float]]:
        is_open = [id(each) in on_path for each in node.inputs]
        return list(zip(node.inputs, _divided(node, share, is_open, weights), strict=True)) if any(is_open) else []

    shares = {id(node): share for node, share in sweep([(each, 1 / len(starts)) for each in starts], spread, add)}
    found = sorted((each for each in asked if id(each) in shares), key=lambda each: each.order)
    return Importance(tuple(found), tuple(shares[id(each)] for each in found))


def mean_importance(
    runs: Iterable[Importance], name: Callable[[Node[Any]], str | None] | None = None
) -> dict[str, float]:
    """The mean over runs of what nodes of one name have, the largest first; a run without such a node counts as 0.

    The first k names are the team of k that DyLAN would keep.

    Args:
        runs: Of the same workflow on several tasks.
        name: As in `Importance.by_name`.

    Raises:
        InputError: There are no runs.
    """
    found = [each.by_name(name) for each in runs]
    if not found:
        raise InputError("there are no runs to take the mean over: pass what importance(output) gave for each")
    names = dict.fromkeys(called for each in found for called in each)
    return _descending({called: math.fsum(each.get(called, 0.0) for each in found) / len(found) for called in names})


def _asked(ends: Sequence[Node[Any]], nodes: Iterable[Node[Any]] | None) -> list[Node[Any]]:
    """Those among whom it is divided, each once."""
    if nodes is None:
        return [each for each in ancestors(ends) if each.trainable is not None]
    asked = list(nodes)
    for each in asked:
        if not isinstance(each, Node):
            raise InputError(f"importance is divided among nodes, and this is {preview(each, 80)}: pass nodes=[a, b]")
    return list({id(each): each for each in asked}.values())


def _divided(node: Node[Any], share: float, is_open: Sequence[bool], weights: Weights | None) -> list[float]:
    """What each input gets of a node's share: those that are open by their weights, the others nothing."""
    figures = [1.0] * len(is_open) if weights is None else _figures(node, weights(node))
    kept = [figure * is_one for figure, is_one in zip(figures, is_open, strict=True)]
    most = max(kept)
    relative = [each / most for each in kept] if most else [float(each) for each in is_open]  # so that no sum overflows
    whole = math.fsum(relative)
    return [share * (each / whole) for each in relative]


def _figures(node: Node[Any], weights: Sequence[float] | None) -> list[float]:
    count = len(node.inputs)
    if weights is None:
        return [1.0] * count
    figures = [float(each) for each in weights]
    if len(figures) != count or not all(math.isfinite(each) and each >= 0 for each in figures):
        raise TraceError(
            f"the weights of {node!r} are {preview(list(weights), 200)}, and it has {count} inputs: give a number for "
            "each, finite and 0 or more, or None where all weigh the same"
        )
    return figures


def _name_of(node: Node[Any]) -> str | None:
    return node.label or (node.operation.name if node.operation is not None else None)


def _descending(shares: dict[str, float]) -> dict[str, float]:
    return dict(sorted(shares.items(), key=lambda each: -each[1]))
