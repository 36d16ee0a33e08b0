"""Plots as inline SVG: colors by class, so that the page's light and dark themes apply, and nothing is loaded."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from steepest.traces.rendering.markup import Markup, element, joined

__all__ = ["Point", "histogram", "interval", "interval_scale", "line_plot", "stacked_bar"]

WIDTH, HEIGHT = 360, 206
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 16, 36
"""Margins around the plotting area, for the axes' words."""
BINS = 24
_LETTER = 5.5
"""About as wide is a letter of the plots."""
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
"""Round distances of ticks, but for the power of ten."""
_MOST_TICKS = 5
_LEAST = 1e-300
"""What is smaller has no power of ten."""


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a line plot; `size` in 0 to 1 scales its dot, None draws none."""

    x: float
    y: float
    size: float | None = None
    title: str = ""


def stacked_bar(parts: Sequence[tuple[str, int]]) -> Markup:
    """A bar of parts side by side, each as wide as its count; a part's name is its class too."""
    total = sum(count for _, count in parts) or 1
    drawn, at = [], 0.0
    for name, count in parts:
        width = 1000 * count / total
        if count:
            title = element("title", f"{name.replace('_', ' ')}: {count:,} of {total:,}")
            drawn.append(element("rect", title, x=f"{at:.2f}", width=f"{width:.2f}", height=24, class_=f"fill-{name}"))
        at += width
    return element("svg", *drawn, class_="bar", view_box="0 0 1000 24", aspect="none", role="img")


def interval(share: float, low: float, high: float, title: str) -> Markup:
    """A share with its interval on a scale from 0 to 100 %, thin enough for a table's row."""
    marks = [
        element("line", x1=300 * place, x2=300 * place, y1=2, y2=20, class_="grid") for place in (0, 0.25, 0.5, 0.75, 1)
    ]
    whisker = element("line", x1=f"{300 * low:.1f}", x2=f"{300 * high:.1f}", y1=11, y2=11, class_="whisker")
    dot = element("circle", cx=f"{300 * share:.1f}", cy=11, r=5, class_="dot")
    return element(
        "svg",
        element("title", title),
        *marks,
        whisker,
        dot,
        class_="interval",
        view_box="-16 0 332 22",
        role="img",
    )


def interval_scale() -> Markup:
    """The numbers at the marks of `interval`, for the head of its column."""
    words = [
        element("text", f"{percent} %" if percent == 100 else percent, x=3 * percent, y=11, text_anchor="middle")
        for percent in (0, 25, 50, 75, 100)
    ]
    return element("svg", *words, class_="interval scale", view_box="-16 0 332 14", role="img")


def histogram(values: Sequence[float], label: str, shown: Callable[[float], str]) -> Markup:
    """How values spread, with the median marked; the scale is logarithmic where they span more than two decades.

    Args:
        values: At least one, none negative.
        label: What they are, with the unit.
        shown: How a value is written at the axis.
    """
    ordered = sorted(values)
    scale = _scale_of(ordered)
    counts = [0] * BINS
    for value in ordered:
        counts[min(int(BINS * scale.place(value)), BINS - 1)] += 1
    most = max(counts)
    width, height = _area()
    bars = [
        _bar(place, count, most, f"{count:,} from {shown(scale.value(place / BINS))} to "
             f"{shown(scale.value((place + 1) / BINS))}")
        for place, count in enumerate(counts)
        if count
    ]  # fmt: skip
    median = ordered[(len(ordered) - 1) // 2]
    at = LEFT + width * scale.place(median)
    line = element("line", x1=f"{at:.1f}", x2=f"{at:.1f}", y1=TOP, y2=TOP + height, class_="median")
    name = _words_at(at, TOP - 4, f"median {shown(median)}")
    words = [_words_at(LEFT + width * scale.place(tick), TOP + height + 16, shown(tick)) for tick in scale.ticks()]
    side = [_words_beside(0, "0"), _words_beside(1, f"{most:,}")]
    title = f"{label}, n = {len(values):,}, median {shown(median)}"
    return _plot(title, label + scale.remark, joined(*bars, line, name, *words, *side))


def line_plot(
    points: Sequence[Point], across: str, up: str, *, diagonal: bool = False, steps: bool = False, title: str = ""
) -> Markup:
    """Points from 0 to 1 across and upward, joined by a line, as percentages.

    Args:
        points: In the order in which they are joined.
        across: What the horizontal axis is.
        up: What the vertical axis is.
        diagonal: Draw where both are equal.
        steps: Join them by steps, each at the height of the point where it ends, the first from the vertical axis.
        title: What a screen reader says.
    """
    width, height = _area()

    def placed(point: Point) -> tuple[float, float]:
        return LEFT + width * point.x, TOP + height * (1 - point.y)

    drawn = [_grid_line(share) for share in (0, 0.5, 1)]
    if diagonal:
        drawn.append(element("line", x1=LEFT, y1=TOP + height, x2=LEFT + width, y2=TOP, class_="diagonal"))
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(placed, _stairs(points) if steps else points))
    drawn.append(element("polyline", points=path, class_="curve"))
    drawn += [_dot(*placed(point), point) for point in points if point.size is not None]
    drawn += [_words_below(share, f"{100 * share:.0f} %") for share in (0, 0.5, 1)]
    drawn += [_words_beside(share, f"{100 * share:.0f} %") for share in (0, 0.5, 1)]
    return _plot(title or f"{up} by {across}", f"{across} (across), {up} (up)", joined(*drawn))


@dataclass(frozen=True, slots=True)
class _Scale:
    """From values to places between 0 and 1, and back."""

    low: float
    high: float
    is_logarithmic: bool

    def place(self, value: float) -> float:
        if self.high == self.low:
            return 0.5
        if self.is_logarithmic:
            return (math.log(max(value, self.low)) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        return (value - self.low) / (self.high - self.low)

    def value(self, place: float) -> float:
        if self.is_logarithmic:
            return math.exp((1 - place) * math.log(self.low) + place * math.log(self.high))
        return self.low + place * (self.high - self.low)

    def ticks(self) -> tuple[float, ...]:
        """Round values within the scale, at most a handful; the ends where there are none."""
        found = self._powers() if self.is_logarithmic else self._multiples()
        return found if len(found) > 1 else tuple(dict.fromkeys((self.low, self.high)))

    def _powers(self) -> tuple[float, ...]:
        first, last = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
        every = math.ceil((last - first + 1) / _MOST_TICKS)
        return tuple(10.0**power for power in range(first, last + 1, max(every, 1)))

    def _multiples(self) -> tuple[float, ...]:
        least = (self.high - self.low) / (_MOST_TICKS - 1)
        if least < _LEAST:
            return ()
        power = 10.0 ** math.floor(math.log10(least))
        step = next(each * power for each in _STEPS if each * power >= least * (1 - 1e-9))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return tuple(number * step for number in range(first, last + 1))

    @property
    def remark(self) -> str:
        return " (logarithmic)" if self.is_logarithmic else ""


def _scale_of(ordered: Sequence[float]) -> _Scale:
    low, high = ordered[0], ordered[-1]
    if low > 0 and high > 100 * low:
        return _Scale(low, high, True)
    return _Scale(0.0 if low != high and low < high / 2 else low, high, False)


def _area() -> tuple[int, int]:
    return WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM


def _bar(place: int, count: int, most: int, title: str) -> Markup:
    width, height = _area()
    tall = height * count / most
    return element(
        "rect",
        element("title", title),
        x=f"{LEFT + width * place / BINS:.1f}",
        y=f"{TOP + height - tall:.1f}",
        width=f"{width / BINS - 1:.1f}",
        height=f"{tall:.1f}",
        class_="bin",
    )


def _stairs(points: Sequence[Point]) -> Iterator[Point]:
    before = 0.0
    for point in points:
        yield Point(before, point.y)
        yield point
        before = point.x


def _dot(x: float, y: float, point: Point) -> Markup:
    radius = 3 + 6 * (point.size or 0)
    return element(
        "circle", element("title", point.title), cx=f"{x:.1f}", cy=f"{y:.1f}", r=f"{radius:.1f}", class_="dot"
    )


def _grid_line(share: float) -> Markup:
    width, height = _area()
    y = TOP + height * (1 - share)
    return element("line", x1=LEFT, x2=LEFT + width, y1=f"{y:.1f}", y2=f"{y:.1f}", class_="grid")


def _words_below(share: float, words: str) -> Markup:
    width, height = _area()
    return _words_at(LEFT + width * share, TOP + height + 16, words)


def _words_at(x: float, y: float, words: str) -> Markup:
    """Words around x, moved inward where they would leave the picture."""
    half = _LETTER * len(words) / 2
    anchor = "start" if x - half < LEFT - 6 else "end" if x + half > WIDTH else "middle"
    return element("text", words, x=f"{x:.1f}", y=y, text_anchor=anchor)


def _words_beside(share: float, words: str) -> Markup:
    _, height = _area()
    return element("text", words, x=LEFT - 6, y=f"{TOP + height * (1 - share) + 4:.1f}", text_anchor="end")


def _plot(title: str, caption: str, drawn: Markup) -> Markup:
    width, height = _area()
    axis = element(
        "polyline", points=f"{LEFT},{TOP} {LEFT},{TOP + height} {LEFT + width},{TOP + height}", class_="axis"
    )
    words = element("text", caption, x=LEFT + width / 2, y=HEIGHT - 5, text_anchor="middle")
    view = f"0 0 {WIDTH} {HEIGHT}"
    return element("svg", element("title", title), drawn, axis, words, class_="plot", view_box=view, role="img")
