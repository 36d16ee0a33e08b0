"""Whether global constraints hold at a point, row by row: by sorting and following, not by the rows that solve them."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from steepest.solvers.language.expressions import Call, Expression, Index, Reduction, TupleOf
from steepest.solvers.vectorized.evaluation import Evaluator
from steepest.solvers.vectorized.frames import Frame
from steepest.solvers.vectorized.scatter import Numbers
from steepest.solvers.vectorized.symbols import Truths

Group: TypeAlias = npt.NDArray[np.intp]
"""The elements of one row."""


def global_truth(evaluate: Evaluator, node: Call | Reduction, frame: Frame, tolerance: float) -> Truths:
    """Whether a global constraint holds in each row, within a tolerance."""
    if isinstance(node, Call):
        values = np.stack([np.broadcast_to(evaluate.number(each, frame), frame.size) for each in node.arguments])
        return np.array([_differ((values[:, row],), tolerance) for row in range(frame.size)])
    expansion = evaluate.expand(frame, node.generators)
    inner = expansion.frame
    parts: tuple[Expression, ...] = node.body.items if isinstance(node.body, TupleOf) else (node.body,)
    columns = [np.broadcast_to(evaluate.number(part, inner), inner.size) for part in parts]
    if isinstance(node.body, Index) and node.function == "circuit":
        ends = [evaluate.labels(end, inner).ids for end in node.body.indices[-2:]]
        columns += [np.broadcast_to(end, inner.size) for end in ends]
    ends_at = np.cumsum(np.bincount(expansion.parents, minlength=frame.size))
    groups = np.split(np.arange(inner.size), ends_at[:-1])
    return np.array([GLOBAL_TRUTHS[node.function](tuple(column[g] for column in columns), tolerance) for g in groups])


def _differ(columns: tuple[Numbers, ...], tolerance: float) -> bool:
    values = np.sort(columns[0])
    return bool((np.diff(values) > max(tolerance, 1e-9)).all())


def _is_circuit(columns: tuple[Numbers, ...], tolerance: float) -> bool:
    """Whether the arcs that are taken go once through every node and come back."""
    taken, tails, heads = columns
    chosen = taken > 0.5
    nodes = np.union1d(tails, heads)
    follower = dict(zip(tails[chosen].tolist(), heads[chosen].tolist(), strict=True))
    if len(follower) != int(chosen.sum()) or len(follower) != len(nodes) or not len(nodes):
        return not len(nodes)
    seen, start = set(), nodes[0].item()
    node = start
    while node not in seen and node in follower:
        seen.add(node)
        node = follower[node]
    return len(seen) == len(nodes) and node == start


def _is_apart(columns: tuple[Numbers, ...], tolerance: float) -> bool:
    start, duration = columns
    end = start + duration
    order = np.lexsort((end, start))
    room = tolerance * np.maximum(1.0, np.abs(end[order][:-1]))
    return bool((np.maximum.accumulate(end[order])[:-1] <= start[order][1:] + room).all())


def _fits(columns: tuple[Numbers, ...], tolerance: float) -> bool:
    capacity, start, duration, demand = columns
    end = start + duration
    for time, limit in zip(start.tolist(), capacity.tolist(), strict=True):
        runs = (start <= time + tolerance) & (end > time + tolerance)
        if demand[runs].sum() > limit + tolerance * max(1.0, abs(limit)):
            return False
    return True


GLOBAL_TRUTHS: dict[str, Callable[[tuple[Numbers, ...], float], bool]] = {
    "all_different": _differ,
    "circuit": _is_circuit,
    "no_overlap": _is_apart,
    "cumulative": _fits,
}
"""Each global constraint that is a condition, by the columns of its elements."""
