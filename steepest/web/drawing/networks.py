"""A network: what goes from where to where, the more the thicker."""

from math import hypot

from steepest.solvers.display import format_number
from steepest.solvers.language.expressions import Label
from steepest.traces.rendering.markup import Markup, element
from steepest.web.drawing.frame import figure, shortened
from steepest.web.drawing.layouts import Arrangement, Node
from steepest.web.drawing.shapes import Flows, Point

__all__ = ["network"]

_WIDTH, _EDGE_X, _EDGE_Y = 560, 120, 24
_TALLEST, _ROW = 920.0, 46.0
_MOST_FLOWS = 150
_THICKEST, _THINNEST = 7.0, 1.0
_DOT = 5
_LONGEST = 15
_LETTER, _LINE = 7.5, 14.0
"""Of a name: about what a letter takes, and how tall it is."""
_MOST_NUMBERS = 24
_NUMBER_AT = 0.7
"""Of the way, where lines from one end lie apart."""


def network(flows: Flows, arrangement: Arrangement) -> Markup:
    """The flows as lines between their ends.

    Args:
        flows: What goes where.
        arrangement: Where each end is drawn.
    """
    shown = sorted(flows.amounts, key=lambda each: -abs(each[2]))[:_MOST_FLOWS]
    points, height = _placed(arrangement)
    most = max(abs(amount) for _, _, amount in shown)
    has_numbers = len(shown) <= _MOST_NUMBERS and any(amount != most for _, _, amount in shown)
    lines = [_line(each, points, most, flows.unit, has_numbers=has_numbers) for each in shown]
    dots = [_dot(node, points) for node in points]
    unit = f" [{flows.unit}]" if flows.unit else ""
    more = f", the greatest {_MOST_FLOWS} of {len(flows.amounts):,}" if len(flows.amounts) > len(shown) else ""
    return figure(f"{flows.name}{unit}{more}", _WIDTH, height, *lines, *dots)


def _placed(arrangement: Arrangement) -> tuple[dict[Node, Point], float]:
    """Where each end is in the picture, and how tall that is: as columns need it, or else as wide as tall alike."""
    columns = [sum(side == each for side, _ in arrangement) for each in ("from", "to")]
    top, wide = min(y for _, y in arrangement.values()), _WIDTH - 2 * _EDGE_X
    if any(columns):
        height, top, scale = _height(max(columns)), 0.0, _height(max(columns)) - 2 * _EDGE_Y
    else:
        scale = float(wide)
        height = max(_ROW, (max(y for _, y in arrangement.values()) - top) * scale) + 2 * _EDGE_Y
    points = {node: (_EDGE_X + x * wide, _EDGE_Y + (y - top) * scale) for node, (x, y) in arrangement.items()}
    return points, height


def _height(longest: int) -> float:
    return min(max(120.0, longest * _ROW), _TALLEST)


def _line(
    flow: tuple[Label, Label, float], points: dict[Node, Point], most: float, unit: str, *, has_numbers: bool
) -> Markup:
    one, other, amount = flow
    (x1, y1), (x2, y2) = _end("from", one, points), _end("to", other, points)
    width = _THINNEST + (_THICKEST - _THINNEST) * abs(amount) / (most or 1.0)
    number = format_number(amount)
    told = element("title", f"{one} to {other}: {number} {unit}".rstrip())
    x, y = x1 + (x2 - x1) * _NUMBER_AT, y1 + (y2 - y1) * _NUMBER_AT
    label = element("text", number, x=f"{x:.1f}", y=f"{y - 4:.1f}", class_="label middle") if has_numbers else Markup()
    path = f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}{_head(x1, y1, x2, y2)}"
    return element("g", told, element("path", d=path, class_="flow", stroke_width=f"{width:.1f}"), label)


def _head(x1: float, y1: float, x2: float, y2: float) -> str:
    """The tip of an arrow, a little before the end."""
    far = hypot(x2 - x1, y2 - y1) or 1.0
    along, across = ((x2 - x1) / far, (y2 - y1) / far), ((y1 - y2) / far, (x2 - x1) / far)
    tip = x2 - along[0] * _DOT, y2 - along[1] * _DOT
    wings = [(tip[0] - 9 * along[0] + s * 4 * across[0], tip[1] - 9 * along[1] + s * 4 * across[1]) for s in (1, -1)]
    return "".join(f"M{tip[0]:.1f} {tip[1]:.1f}L{x:.1f} {y:.1f}" for x, y in wings)


def _end(side: str, label: Label, points: dict[Node, Point]) -> Point:
    return points[side, label] if (side, label) in points else points["", label]


def _dot(node: Node, points: dict[Node, Point]) -> Markup:
    side, label = node
    (x, y), name = points[node], shortened(str(label), _LONGEST)
    is_left = side == "from" or (not side and x < _WIDTH / 2)
    if not side and _is_in_the_way(points, x, y, -1 if is_left else 1, len(name)):
        text = element("text", name, x=f"{x:.1f}", y=f"{y - 14:.1f}", class_="label middle")
    else:
        kind, shift = ("label left-of", -10) if is_left else ("label", 10)
        text = element("text", name, x=f"{x + shift:.1f}", y=f"{y:.1f}", class_=kind)
    return element("g", element("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=_DOT), text)


def _is_in_the_way(points: dict[Node, Point], x: float, y: float, direction: int, letters: int) -> bool:
    """Whether another end lies where a name of so many letters would stand beside this one."""
    wide = 10 + letters * _LETTER + 2 * _DOT
    return any(0 < (there - x) * direction < wide and abs(down - y) < _LINE for there, down in points.values())
