"""How a solve comes on: the best answer and the bound over time, which meet at the optimum."""

from collections.abc import Sequence
from math import isfinite

from steepest.solvers.control import SolveProgress
from steepest.solvers.display import format_number
from steepest.traces.rendering.markup import Content, Markup, element, joined

__all__ = ["gap_curve"]

_WIDTH, _HEIGHT = 480, 90
_EDGE = 6
_MOST_POINTS = 300


def gap_curve(progress: Sequence[SolveProgress]) -> Markup:
    """The incumbent and the bound by seconds; nothing before there is an incumbent.

    Args:
        progress: What a solver told, in order.
    """
    begin = next((place for place, each in enumerate(progress) if each.objective is not None), None)
    if begin is None:
        return Markup()
    shown = _thinned(progress[begin:])
    values = [
        value for each in shown for value in (each.objective, each.bound) if value is not None and isfinite(value)
    ]
    low, high = min(values), max(values)
    last = shown[-1].seconds or 1.0

    def line(points: list[tuple[float, float]], kind: str) -> Markup:
        placed = [(_across(seconds, last), _down(value, low, high)) for seconds, value in points]
        return element("polyline", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in placed), class_=kind)

    bounds = [(each.seconds, each.bound) for each in shown if each.bound is not None and isfinite(each.bound)]
    bests = [(each.seconds, each.objective) for each in shown if each.objective is not None]
    told: list[Content] = [_told("best", bests[-1][1], "incumbent")]
    if bounds:
        told.append(_told("bound", bounds[-1][1], "bound"))
    told.append(f"after {last:.0f} s")
    drawn = element(
        "svg",
        line(bests, "incumbent"),
        line(bounds, "bound"),
        element("title", "best answer and bound over time"),
        view_box=f"0 0 {_WIDTH} {_HEIGHT}",
        role="img",
        class_="gap",
    )
    return joined(drawn, element("p", *told, class_="note"))


def _told(what: str, value: float, kind: str) -> Markup:
    return element("span", f"{what} {format_number(value)}", class_=f"key {kind}")


def _thinned(progress: Sequence[SolveProgress]) -> list[SolveProgress]:
    step = max(1, len(progress) // _MOST_POINTS)
    return [*progress[:-1:step], progress[-1]]


def _across(seconds: float, last: float) -> float:
    return _EDGE + (_WIDTH - 2 * _EDGE) * min(seconds / last, 1.0)


def _down(value: float, low: float, high: float) -> float:
    share = 0.5 if high == low else (value - low) / (high - low)
    return _EDGE + (_HEIGHT - 2 * _EDGE) * (1 - share)
