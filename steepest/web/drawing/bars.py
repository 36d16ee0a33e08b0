"""Bars: how much of each."""

from collections.abc import Sequence

from steepest.solvers.display import format_number
from steepest.solvers.solution import VariableValue
from steepest.traces.rendering.markup import Markup, element
from steepest.web.drawing.frame import figure, shortened

__all__ = ["bars"]

_WIDTH, _ROW, _LEFT, _RIGHT = 560, 24, 150, 80
_MOST_BARS = 30
_LONGEST = 20


def bars(name: str, values: Sequence[VariableValue]) -> Markup:
    """The values of a variable with one index, the greatest first where there are too many for all."""
    shown = list(values)
    if len(shown) > _MOST_BARS:
        shown = sorted(shown, key=lambda each: -abs(each.value))[:_MOST_BARS]
    low, high = min(0.0, *(each.value for each in shown)), max(0.0, *(each.value for each in shown))
    scale = (_WIDTH - _LEFT - _RIGHT) / (high - low or 1.0)
    zero = _LEFT - low * scale
    rows = [_bar(each, place * _ROW, zero, scale) for place, each in enumerate(shown)]
    unit = f" [{values[0].unit}]" if values[0].unit else ""
    more = f", the greatest {_MOST_BARS} of {len(values):,}" if len(values) > len(shown) else ""
    return figure(f"{name}{unit}{more}", _WIDTH, len(shown) * _ROW, *rows)


def _bar(each: VariableValue, top: float, zero: float, scale: float) -> Markup:
    end = zero + each.value * scale
    label = str(each.index[0])
    middle = top + _ROW / 2
    return element(
        "g",
        element("title", str(each)),
        element("text", shortened(label, _LONGEST), x=_LEFT - 8, y=middle, class_="label left-of"),
        element("rect", x=f"{min(zero, end):.1f}", y=top + 3, width=f"{abs(end - zero):.1f}", height=_ROW - 6, rx=3),
        element("text", format_number(each.value), x=f"{max(zero, end) + 6:.1f}", y=middle, class_="label"),
    )
