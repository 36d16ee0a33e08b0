"""Which points are as good as another in everything and better in something."""

import math
from collections.abc import Sequence
from itertools import chain, repeat

from steepest.solvers.pareto.front import FrontObjective, ParetoPoint

EQUAL = 1e-6
"""How far two values of an objective may be off and count as equal, relative to its range, or to its size above 1."""


def rooms(
    objectives: Sequence[FrontObjective], points: Sequence[ParetoPoint], steps: Sequence[float | None] = ()
) -> tuple[float, ...]:
    """For each objective, how far two values may be off and count as equal; less than half a step where it has one."""
    columns = [[point.values[place] for point in points] for place in range(len(objectives))]
    usual = (EQUAL * max([1.0, *map(abs, column)]) for column in columns)
    halves = chain(((step or math.inf) / 2 for step in steps), repeat(math.inf))
    return tuple(min(each, half) for each, half in zip(usual, halves, strict=False))


def dominates(
    one: Sequence[float], other: Sequence[float], objectives: Sequence[FrontObjective], room: Sequence[float]
) -> bool:
    """Whether one point is no worse in any objective, and better in at least one."""
    better = [each.sign * (b - a) for each, a, b in zip(objectives, one, other, strict=True)]
    return all(gain >= -least for gain, least in zip(better, room, strict=True)) and any(
        gain > least for gain, least in zip(better, room, strict=True)
    )


def not_dominated(
    points: Sequence[ParetoPoint], objectives: Sequence[FrontObjective], steps: Sequence[float | None] = ()
) -> list[ParetoPoint]:
    """The points that no other dominates, each once, from the best in the first objective to the worst."""
    room = rooms(objectives, points, steps)
    kept: list[ParetoPoint] = []
    for point in sorted(points, key=lambda each: _merits(each, objectives)):
        if any(_is_same(point.values, each.values, room) for each in kept):
            continue
        if not any(dominates(each.values, point.values, objectives, room) for each in points):
            kept.append(point)
    return kept


def _merits(point: ParetoPoint, objectives: Sequence[FrontObjective]) -> tuple[float, ...]:
    return tuple(each.sign * value for each, value in zip(objectives, point.values, strict=True))


def _is_same(one: Sequence[float], other: Sequence[float], room: Sequence[float]) -> bool:
    return all(abs(a - b) <= least for a, b, least in zip(one, other, room, strict=True))
