"""Where the ends of flows are drawn: on a map where the model knows places, else in two columns or a ring."""

from collections.abc import Mapping, Sequence
from math import cos, pi, sin

from steepest.solvers.language.expressions import Label
from steepest.web.drawing.shapes import Flows, Point

__all__ = ["Arrangement", "arranged"]

Side = str
Node = tuple[Side, Label]
Arrangement = Mapping[Node, Point]
"""Points in the unit square, y downwards, by side (`from`, `to`, or nothing for both) and label."""


def arranged(flows: Flows, places: Mapping[Label, Point]) -> Arrangement:
    """Where to draw the ends of flows.

    Args:
        flows: The flows.
        places: Coordinates of all ends, or none; y grows upwards, as latitudes do.
    """
    ends = list(dict.fromkeys(end for one, other, _ in flows.amounts for end in (one, other)))
    if places:
        return _map(ends, places)
    sources = list(dict.fromkeys(one for one, _, _ in flows.amounts))
    targets = list(dict.fromkeys(other for _, other, _ in flows.amounts))
    if not set(sources) & set(targets) or not flows.is_within:
        return {**_column("from", sources, 0.0), **_column("to", targets, 1.0)}
    return _ring(ends)


def _map(ends: Sequence[Label], places: Mapping[Label, Point]) -> Arrangement:
    xs, ys = [places[end][0] for end in ends], [places[end][1] for end in ends]
    wide = max(max(xs) - min(xs), max(ys) - min(ys)) or 1.0
    left, top = (max(xs) + min(xs) - wide) / 2, (max(ys) + min(ys) + wide) / 2
    return {("", end): ((places[end][0] - left) / wide, (top - places[end][1]) / wide) for end in ends}


def _column(side: Side, ends: Sequence[Label], across: float) -> Arrangement:
    return {(side, end): (across, (place + 0.5) / len(ends)) for place, end in enumerate(ends)}


def _ring(ends: Sequence[Label]) -> Arrangement:
    turns = [2 * pi * place / len(ends) - pi / 2 for place in range(len(ends))]
    return {("", end): (0.5 + cos(turn) / 2, 0.5 + sin(turn) / 2) for end, turn in zip(ends, turns, strict=True)}
