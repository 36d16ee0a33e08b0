"""Feedback that parameters have gathered, taken apart into the runs that it is about."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from steepest.agents.optimizers.accounts import account_of
from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.traces.feedback import Feedback, Subgraph, cut_out
from steepest.traces.graph import Node

__all__ = ["runs_of", "scores_of"]


def runs_of(subgraph: Subgraph, names: Mapping[str, Node[Any]]) -> list[Rollout]:
    """A rollout with its account for each run that feedback was given on, in the order of the first feedback.

    Feedback is about the same run if its outputs were made from something in common besides parameters and inputs. The
    whole is linear in the subgraph.

    Args:
        subgraph: Of the parameters and all their feedback.
        names: What the parameters are called.
    """
    groups: dict[int, list[Feedback]] = {}
    joined = _joined(subgraph)
    for each in subgraph.feedback:
        groups.setdefault(_root(joined, id(each.outputs[0])), []).append(each)
    return [_run(number, group, subgraph, names) for number, group in enumerate(groups.values(), 1)]


def scores_of(feedback: Sequence[Feedback]) -> list[float]:
    """The scores that were given."""
    return [each.score for each in feedback if each.score is not None]


def _run(number: int, feedback: Sequence[Feedback], subgraph: Subgraph, names: Mapping[str, Node[Any]]) -> Rollout:
    scores = scores_of(feedback)
    return Rollout(
        example=f"run {number}" if len(feedback) == len(scores) == 1 else "",
        score=math.fsum(scores) / len(scores) if scores else 0.0,
        words="\n".join(each.text for each in feedback),
        account=account_of(cut_out(subgraph.parameters, feedback), names),
    )


def _joined(subgraph: Subgraph) -> dict[int, int]:
    """A forest over the nodes: those with one root belong to one run."""
    forest: dict[int, int] = {}
    made = {id(node) for node in subgraph.nodes if node.operation is not None}
    for node in subgraph.nodes:
        for each in node.inputs if id(node) in made else ():
            if id(each) in made:
                _join(forest, id(node), id(each))
    for feedback in subgraph.feedback:
        for output in feedback.outputs[1:]:
            _join(forest, id(feedback.outputs[0]), id(output))
    return forest


def _join(forest: dict[int, int], first: int, second: int) -> None:
    first, second = _root(forest, first), _root(forest, second)
    if first != second:
        forest[first] = second


def _root(forest: dict[int, int], place: int) -> int:
    path = []
    while (above := forest.get(place, place)) != place:
        path.append(place)
        place = above
    for each in path:
        forest[each] = place
    return place
