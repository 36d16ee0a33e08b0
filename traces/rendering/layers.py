"""Places for boxes in layers, so that everything stands above what was made from it and little crosses.

The steps of Sugiyama, Tagawa and Toda (1981): boxes to layers, order within them by the mean place of the neighbours,
then coordinates. Those are found a layer at a time: the places nearest to what the neighbours want, in the given order
and without overlap, which is an isotonic regression (pool adjacent violators). All of it is linear but for the sorting.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_SWEEPS = 8


@dataclass(frozen=True, slots=True)
class Box:
    """Something to be placed, in the units of the picture."""

    width: float
    height: float
    layer: int


@dataclass(frozen=True, slots=True)
class Placement:
    """Where everything stands."""

    lefts: tuple[float, ...]
    tops: tuple[float, ...]
    routes: tuple[tuple[tuple[float, float], ...], ...]
    """For each edge the points that it goes through, from the lower side of its source to the upper side of its end."""
    width: float
    height: float


def layers_of(inputs: Sequence[Sequence[int]]) -> list[int]:
    """A layer for each item: below all of its inputs, and near to what was made from it if that makes no edge longer.

    Args:
        inputs: Of each item the places of its inputs, which come before it.
    """
    layers: list[int] = []
    users: list[list[int]] = [[] for _ in inputs]
    for at, sources in enumerate(inputs):
        layers.append(1 + max((layers[source] for source in sources), default=-1))
        for source in sources:
            users[source].append(at)
    for at in range(len(inputs) - 1, -1, -1):
        if users[at] and len(inputs[at]) <= len(users[at]):
            layers[at] = min(layers[user] for user in users[at]) - 1
    return layers


def place(boxes: Sequence[Box], edges: Sequence[tuple[int, int]], gap: float, rise: float) -> Placement:
    """Places for boxes whose layers are known.

    Args:
        boxes: What is placed.
        edges: From an upper box to a lower one, by their places among the boxes.
        gap: Least distance of neighbours.
        rise: Distance of layers.
    """
    every = list(boxes)
    paths = [_path(every, source, end) for source, end in edges]
    upper: list[list[int]] = [[] for _ in every]
    lower: list[list[int]] = [[] for _ in every]
    for path in paths:
        for source, end in pairwise(path):
            upper[end].append(source)
            lower[source].append(end)
    rows = _rows(every)
    _order(rows, upper, lower)
    centres = _centres(rows, every, upper, lower, gap)
    return _placed(every, len(boxes), rows, centres, paths, rise)


def _path(every: list[Box], source: int, end: int) -> list[int]:
    """The places that an edge goes through; on layers between its ends a place is made for it."""
    path = [source]
    for layer in range(every[source].layer + 1, every[end].layer):
        path.append(len(every))
        every.append(Box(0.0, 0.0, layer))
    return [*path, end]


def _rows(every: Sequence[Box]) -> list[list[int]]:
    rows: list[list[int]] = [[] for _ in range(1 + max((box.layer for box in every), default=-1))]
    for index, box in enumerate(every):
        rows[box.layer].append(index)
    return rows


def _order(rows: list[list[int]], upper: Sequence[Sequence[int]], lower: Sequence[Sequence[int]]) -> None:
    """Bring each row into the order of its neighbours' mean places, downwards and upwards in turn."""
    places = {index: float(at) for row in rows for at, index in enumerate(row)}

    for sweep in range(_SWEEPS):
        neighbours, ordered = (upper, rows) if sweep % 2 == 0 else (lower, rows[::-1])
        for row in ordered:
            means = {
                index: sum(places[each] for each in neighbours[index]) / len(neighbours[index])
                if neighbours[index]
                else places[index]
                for index in row
            }
            row.sort(key=means.__getitem__)
            places.update((index, float(at)) for at, index in enumerate(row))


def _centres(
    rows: Sequence[Sequence[int]],
    every: Sequence[Box],
    upper: Sequence[Sequence[int]],
    lower: Sequence[Sequence[int]],
    gap: float,
) -> list[float]:
    """Horizontal centres, each near the mean of its neighbours' in the row above and the row below in turn."""
    centres = [0.0] * len(every)
    for sweep in range(_SWEEPS):
        neighbours, ordered = (upper, rows) if sweep % 2 == 0 else (lower, rows[::-1])
        for row in ordered:
            wishes = [
                sum(centres[each] for each in neighbours[index]) / len(neighbours[index])
                if neighbours[index]
                else centres[index]
                for index in row
            ]
            offsets = _offsets([every[index].width for index in row], gap)
            free = _nondecreasing([wish - offset for wish, offset in zip(wishes, offsets, strict=True)])
            for index, offset, value in zip(row, offsets, free, strict=True):
                centres[index] = value + offset
    return centres


def _offsets(widths: Sequence[float], gap: float) -> list[float]:
    """Where the centres of a row would be if its boxes stood side by side."""
    offsets = [0.0]
    for left, right in pairwise(widths):
        offsets.append(offsets[-1] + (left + right) / 2 + gap)
    return offsets[: len(widths)]


def _nondecreasing(wishes: Sequence[float]) -> list[float]:
    """The nondecreasing sequence nearest to the wishes in squares: violators are pooled and share their mean."""
    pools: list[tuple[float, int]] = []
    for wish in wishes:
        pools.append((wish, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (value, count), (former, others) = pools.pop(), pools.pop()
            pools.append(((value * count + former * others) / (count + others), count + others))
    return [value for value, count in pools for _ in range(count)]


def _placed(
    every: Sequence[Box],
    count: int,
    rows: Sequence[Sequence[int]],
    centres: Sequence[float],
    paths: Sequence[Sequence[int]],
    rise: float,
) -> Placement:
    tops: dict[int, float] = {}
    bottoms: dict[int, float] = {}
    top = 0.0
    for row in rows:
        tallest = max((every[index].height for index in row), default=0.0)
        for index in row:
            slack = (tallest - every[index].height) / 2 if index < count else 0.0
            tops[index], bottoms[index] = top + slack, top + tallest - slack
        top += tallest + rise
    lefts = [centre - box.width / 2 for centre, box in zip(centres, every, strict=True)]
    edge = min(lefts, default=0.0)
    middles = [centre - edge for centre in centres]
    return Placement(
        lefts=tuple(round(left - edge, 1) for left in lefts[:count]),
        tops=tuple(round(tops[index], 1) for index in range(count)),
        routes=tuple(_route(path, middles, tops, bottoms) for path in paths),
        width=round(max((left - edge + box.width for left, box in zip(lefts, every, strict=True)), default=0.0), 1),
        height=round(max(top - rise, 0.0), 1),
    )


def _route(
    path: Sequence[int], centres: Sequence[float], tops: dict[int, float], bottoms: dict[int, float]
) -> tuple[tuple[float, float], ...]:
    points = [(centres[path[0]], bottoms[path[0]])]
    for index in path[1:-1]:
        points += [(centres[index], tops[index]), (centres[index], bottoms[index])]
    points.append((centres[path[-1]], tops[path[-1]]))
    return tuple((round(x, 1), round(y, 1)) for x, y in points)
