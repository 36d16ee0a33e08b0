"""Score curves as inline SVG: the best so far, by what was spent until then, with the members as dots."""

import math
from collections.abc import Callable, Sequence, Set

from steepest.agents.optimizers.reports.history import Entry, History, Moment
from steepest.agents.optimizers.reports.wording import figure
from steepest.traces.rendering.figures import duration
from steepest.traces.rendering.markup import Markup, element, joined

__all__ = ["score_curves"]

_WIDTH, _HEIGHT = 560, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 18, 18, 40
_MOST_DOTS = 400
_MOST_CORNERS = 600
_MOST_CURVES = 2
_FAR = 3
"""Times the range of the others below which the seed would flatten the curve."""
_TICKS = 5
_LETTER = 6.0
"""About as wide is a letter."""


def score_curves(history: History) -> Markup:
    """A curve by metric calls and by what else was spent, money before all; none before the seed is evaluated."""
    moments = history.moments
    if not moments:
        return Markup()
    axes: list[tuple[str, Callable[[Moment], float], Callable[[float], str]]] = [
        ("metric calls", lambda each: each.metric_calls, _count),
        ("US dollars", lambda each: each.money, lambda value: f"{value:g} $"),
        ("tokens of models", lambda each: each.tokens, _count),
        ("time", lambda each: each.seconds, duration),
    ]
    drawn = [_curve(history, *axis) for axis in axes if axis[1](moments[-1]) > 0]
    return joined(*drawn[:_MOST_CURVES])


def _curve(history: History, across: str, spent: Callable[[Moment], float], shown: Callable[[float], str]) -> Markup:
    moments = history.moments
    end = max(spent(moments[-1]), 1e-12)
    by_step = {each.step: spent(each) for each in moments}
    dots = [(by_step[each.step], each) for each in _dotted(history.members) if each.step in by_step]
    seed, best = moments[0].score, moments[-1].score
    low, high = _range({*(each.score for each in moments), *(each.score or 0.0 for _, each in dots)}, seed)

    def x(value: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * value / end

    def y(score: float) -> float:
        share = (score - low) / (high - low)
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - min(max(share, 0.0), 1.0))

    corners = _corners([(spent(each), each.score) for each in moments])
    path = f"M{x(corners[0][0]):.1f} {y(corners[0][1]):.1f}" + "".join(
        f"H{x(at):.1f}V{y(score):.1f}" for at, score in corners[1:]
    )
    parts = [
        *(_level(y(tick), figure(tick)) for tick in _ticks(low, high)),
        *(_mark(x(tick), shown(tick)) for tick in _ticks(0.0, end)),
        element("line", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=f"{y(seed):.1f}", y2=f"{y(seed):.1f}", class_="seed"),
        element("text", f"seed {figure(seed)}", x=_WIDTH - _RIGHT, y=f"{y(seed) - 5:.1f}", text_anchor="end"),
        element("path", d=f"M{x(corners[0][0]):.1f} {y(corners[0][1]):.1f}{path}H{x(end):.1f}", class_="curve"),
        *(_dot(x(at), y(each.score or 0.0), each, each.number == history.best) for at, each in dots),
    ]
    title = element("title", f"The best score so far against {across}: from {figure(seed)} to {figure(best)}")
    name = element(
        "text", across, x=(_WIDTH + _LEFT - _RIGHT) / 2, y=_HEIGHT - 5, text_anchor="middle", class_="axis-name"
    )
    return element("svg", title, *parts, name, class_="curves", view_box=f"0 0 {_WIDTH} {_HEIGHT}", role="img")


def _dotted(members: Sequence[Entry]) -> list[Entry]:
    """Those with a score; of very many the best, and others evenly."""
    scored = [each for each in members if each.score is not None]
    every = math.ceil(len(scored) / _MOST_DOTS)
    kept = {each.number for each in scored[::every]}
    kept |= {each.number for each in sorted(scored, key=lambda each: -(each.score or 0.0))[:20]}
    return [each for each in scored if each.number in kept]


def _corners(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Where the best changed; of very many, enough for the picture's width."""
    changed = [point for place, point in enumerate(points) if not place or point[1] != points[place - 1][1]]
    every = math.ceil(len(changed) / _MOST_CORNERS)
    return changed[::every] if every <= 1 else [*changed[:-1:every], changed[-1]]


def _range(scores: Set[float], seed: float) -> tuple[float, float]:
    """From about the worst to the best; what lies far below everything else is drawn at the bottom."""
    finite = sorted(each for each in scores if math.isfinite(each)) or [0.0]
    low, high = finite[len(finite) // 20], finite[-1]
    if seed < low and (seed > low - _FAR * (high - low) or low == high):
        low = seed
    margin = 0.06 * (high - low) or max(abs(high) * 0.1, 0.5)
    return low - margin, high + margin


def _ticks(low: float, high: float) -> list[float]:
    """Round values within a range, about `_TICKS`."""
    step = (high - low) / _TICKS
    if not math.isfinite(step) or step <= 0:
        return []
    power = 10.0 ** math.floor(math.log10(step))
    step = next(each * power for each in (1, 2, 2.5, 5, 10) if each * power >= step * (1 - 1e-9))
    return [step * place for place in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]


def _level(y: float, words: str) -> Markup:
    line = element("line", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=f"{y:.1f}", y2=f"{y:.1f}", class_="grid")
    return joined(line, element("text", words, x=_LEFT - 8, y=f"{y + 4:.1f}", text_anchor="end"))


def _mark(x: float, words: str) -> Markup:
    anchor = "end" if x + _LETTER * len(words) / 2 > _WIDTH else "middle"
    return element("text", words, x=f"{x:.1f}", y=_HEIGHT - _BOTTOM + 17, text_anchor=anchor)


def _dot(x: float, y: float, entry: Entry, is_best: bool) -> Markup:
    title = element("title", f"candidate {entry.number}: {figure(entry.score)}")
    circle = element(
        "circle", title, cx=f"{x:.1f}", cy=f"{y:.1f}", r=5 if is_best else 3, class_="dot best" if is_best else "dot"
    )
    return element("a", circle, href=f"#candidate={entry.number}", data_candidate=entry.number)


def _count(value: float) -> str:
    if value >= 1e6:
        return f"{value / 1e6:g} M"
    return f"{value / 1e3:g} k" if value >= 1e4 else f"{value:g}"
