"""What of a long trace is shown: repeated parts once from each end, and of what remains the beginning and the end.

Only runs of nodes that were created one after the other are folded into one. Creation order puts inputs first, so such
a run lies between what it needs and what needs it, and the folded graph has no cycles; and a loop of a program, its
body run again and again, is such a run, whatever the shape of the graph that it leaves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from steepest.traces.graph import Node
from steepest.traces.rendering.names import is_constant

if TYPE_CHECKING:
    from steepest.traces.trace import Trace

_LONGEST_PERIOD = 200
"""Nodes of the body of a loop that is found."""
_FEWEST_TIMES = 4
"""A body that ran less often is shown whole."""
_CANDIDATES = 8
"""Recurrences of a node that are tried as the length of the body, which keeps the search linear."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a rendering shows: a node, or a fold of several."""

    node: Node[Any] | None
    inputs: tuple[int, ...]
    """Places of the items that it was made from, each once."""
    hidden: int = 0
    """Nodes in the fold."""
    summary: str = ""
    """What the fold says about them."""


@dataclass(frozen=True, slots=True)
class View:
    """What is shown of a trace."""

    items: tuple[Item, ...]
    """Inputs before what was made from them."""
    outputs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Fold:
    begin: int
    end: int
    summary: str


def view_of(trace: "Trace", limit: int | None) -> View:
    """What is shown of a trace; linear in its nodes and edges.

    Args:
        trace: Any trace.
        limit: Nodes, besides small constants, from which on it is folded; None for never.
    """
    nodes = [node for node in trace.nodes if not is_constant(node) or trace.is_output(node)]
    folds = [] if limit is None or len(nodes) <= limit else _folds(trace, nodes, limit)
    owners: dict[int, int] = {}
    items: list[Item] = []
    place = 0
    for fold in [*folds, _Fold(len(nodes), len(nodes), "")]:
        for node in nodes[place : fold.begin]:
            items.append(Item(node, _places(trace.inputs(node), owners)))
            owners[id(node)] = len(items) - 1
        hidden = nodes[fold.begin : fold.end]
        if hidden:
            inputs = _places([each for node in hidden for each in trace.inputs(node)], owners)
            owners.update((id(node), len(items)) for node in hidden)
            items.append(Item(None, inputs, len(hidden), fold.summary))
        place = fold.end
    return View(tuple(items), tuple(dict.fromkeys(owners[id(output)] for output in trace.outputs)))


def _places(inputs: Sequence[Node[Any]], owners: dict[int, int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(owners[id(each)] for each in inputs if id(each) in owners))


def _folds(trace: "Trace", nodes: Sequence[Node[Any]], limit: int) -> list[_Fold]:
    repeated = _repetitions(nodes, _signatures(trace, nodes))
    left = len(nodes) - sum(fold.end - fold.begin - 1 for fold in repeated)
    if left <= limit:
        return repeated
    head, tail = _ends(nodes, repeated, limit)
    outstanding = [head + place for place, node in enumerate(nodes[head:tail]) if _stands_out(trace, node)]
    before = [fold for fold in repeated if fold.end <= head]
    after = [fold for fold in repeated if fold.begin >= tail]
    return [*before, *_around(outstanding[:limit], head, tail), *after]


def _ends(nodes: Sequence[Node[Any]], repeated: Sequence[_Fold], limit: int) -> tuple[int, int]:
    """Where the beginning that is shown ends, and where the end that is shown begins."""
    backwards = [_Fold(len(nodes) - fold.end, len(nodes) - fold.begin, "") for fold in reversed(repeated)]
    return _reach(nodes, repeated, limit // 2), len(nodes) - _reach(nodes, backwards, limit - limit // 2)


def _around(kept: Sequence[int], begin: int, end: int) -> list[_Fold]:
    """Folds of all that lies between two places, except for some."""
    edges = pairwise([begin - 1, *kept, end])
    return [_Fold(left + 1, right, f"{right - left - 1:,} more") for left, right in edges if right - left > 1]


def _reach(nodes: Sequence[Node[Any]], folds: Sequence[_Fold], most: int) -> int:
    """How many nodes from the beginning take so many items."""
    place = 0
    for fold in folds:
        if fold.begin - place + 1 > most:
            break
        most -= fold.begin - place + 1
        place = fold.end
    return min(place + most, len(nodes))


def _repetitions(nodes: Sequence[Node[Any]], signatures: Sequence[int]) -> list[_Fold]:
    """The runs in which one sequence of operations comes again and again, without their first and last time."""
    following = _next_equal(signatures)
    folds = []
    place = 0
    while place < len(nodes):
        period, times = _run(signatures, following, place)
        if times < _FEWEST_TIMES:
            place += 1
            continue
        body = _told(nodes[place : place + period])
        begin, end = place + period, place + period * (times - 1)
        folds.append(_Fold(begin, end, f"{times - 2:,} more of {body}"))
        place += period * times
    return folds


def _run(signatures: Sequence[int], following: Sequence[int], begin: int) -> tuple[int, int]:
    """Period and count of the longest repetition that begins at a place."""
    best = (0, 0)
    other = following[begin]
    for _ in range(_CANDIDATES):
        period = other - begin
        if other < 0 or period > _LONGEST_PERIOD:
            break
        end = begin
        while end + period < len(signatures) and signatures[end] == signatures[end + period]:
            end += 1
        times = (end - begin) // period + 1
        if times >= _FEWEST_TIMES and times * period > best[0] * best[1]:
            best = (period, times)
        other = following[other]
    return best


def _next_equal(signatures: Sequence[int]) -> list[int]:
    """For each place the next with the same signature; -1 for none."""
    latest: dict[int, int] = {}
    following = [-1] * len(signatures)
    for place in range(len(signatures) - 1, -1, -1):
        following[place] = latest.get(signatures[place], -1)
        latest[signatures[place]] = place
    return following


def _signatures(trace: "Trace", nodes: Sequence[Node[Any]]) -> list[int]:
    """What kind of step each node is, as numbers; what stands out is like nothing else and so never folded."""
    known: dict[object, int] = {}
    found = []
    for node in nodes:
        own: object = _stands_out(trace, node) or (_step(node), tuple([_step(each) for each in node.inputs]))
        found.append(known.setdefault(own, len(known)))
    return found


def _stands_out(trace: "Trace", node: Node[Any]) -> tuple[int] | None:
    is_failure = node.record is not None and node.record.exception
    return (id(node),) if is_failure or trace.is_output(node) or trace.feedback_on(node) else None


def _step(node: Node[Any]) -> object:
    if node.operation is None:
        return type(node._value), node.trainable is not None
    return node.operation.name, node.operation.template


def _told(body: Sequence[Node[Any]]) -> str:
    """The operations of a loop's body."""
    names = list(dict.fromkeys(node.operation.name if node.operation else node.label or "input" for node in body))
    return ", ".join(names[:4]) + (", …" if len(names) > 4 else "")
