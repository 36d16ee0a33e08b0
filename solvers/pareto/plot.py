"""A front as an SVG document that loads nothing: two objectives as points, more of them as lines across parallel axes.

Names come from a model or a file, so whatever is written is escaped. Every point says its values when it is pointed at.
"""

from collections.abc import Iterator, Sequence
from html import escape

from steepest.solvers.display import format_number
from steepest.solvers.pareto.axes import Axis
from steepest.solvers.pareto.front import FrontObjective, ParetoFront, ParetoPoint

_WIDTH, _HEIGHT = 640, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 84, 24, 44, 56
_SIDE = 60
"""Room beside parallel axes, for their names."""
_STYLE = """
text{font:12px system-ui,sans-serif;fill:#333}.small{font-size:11px;fill:#666}.grid{stroke:#ddd}.axis{stroke:#888}
.front{fill:none;stroke:#7a9cc6;stroke-dasharray:4 3}.line{fill:none;stroke:#3b6ea5;stroke-opacity:.55}
.dot{fill:#3b6ea5}.best{fill:#c2410c}.line.best{fill:none;stroke:#c2410c;stroke-opacity:1}
@media(prefers-color-scheme:dark){text{fill:#ddd}.small{fill:#aaa}.grid{stroke:#333}.axis{stroke:#777}}
"""


def front_svg(front: ParetoFront) -> str:
    """The plot; a front without points is its message."""
    if not front.points:
        drawn: Iterator[str] = iter(())
    elif len(front.objectives) == 2:
        drawn = _plane(front)
    else:
        drawn = _parallel(front)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
            f'aria-label="Pareto front, {len(front.points)} points">',
            f"<style>{_STYLE}</style>",
            _text(_LEFT, 24, front.message),
            *drawn,
            "</svg>\n",
        ]
    )


def _plane(front: ParetoFront) -> Iterator[str]:
    across, up = (Axis.over([point.values[place] for point in front.points]) for place in (0, 1))
    width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def x(value: float) -> float:
        return _LEFT + width * across.place(value)

    def y(value: float) -> float:
        return _TOP + height * (1 - up.place(value))

    for tick in across.ticks():
        yield _line(x(tick), _TOP, x(tick), _TOP + height, "grid")
        yield _text(x(tick), _TOP + height + 16, format_number(tick), "middle", "small")
    for tick in up.ticks():
        yield _line(_LEFT, y(tick), _LEFT + width, y(tick), "grid")
        yield _text(_LEFT - 6, y(tick) + 4, format_number(tick), "end", "small")
    yield _text(_LEFT + width / 2, _HEIGHT - 12, _axis_name(front.objectives[0]), "middle")
    yield _text(18, _TOP + height / 2, _axis_name(front.objectives[1]), "middle", turned=True)
    path = " ".join(f"{x(point.values[0]):.1f},{y(point.values[1]):.1f}" for point in front.points)
    yield f'<polyline class="front" points="{path}"/>'
    for point in front.points:
        name, size = ("best", 6) if point.best_in else ("dot", 4)
        at = f'cx="{x(point.values[0]):.1f}" cy="{y(point.values[1]):.1f}" r="{size}"'
        yield f'<circle class="{name}" {at}>{_title(point, front.objectives)}</circle>'


def _parallel(front: ParetoFront) -> Iterator[str]:
    """One axis an objective, its best at the top; one line a point."""
    count = len(front.objectives)
    height = _HEIGHT - _TOP - _BOTTOM
    apart = (_WIDTH - 2 * _SIDE) / (count - 1)
    axes = [Axis.over([point.values[place] for point in front.points]) for place in range(count)]

    def y(place: int, value: float) -> float:
        share = axes[place].place(value)
        return _TOP + height * (share if front.objectives[place].sense == "minimize" else 1 - share)

    for place, objective in enumerate(front.objectives):
        across = _SIDE + apart * place
        yield _line(across, _TOP, across, _TOP + height, "axis")
        for tick in axes[place].ticks():
            yield _text(across - 5, y(place, tick) + 4, format_number(tick), "end", "small")
        yield _text(across, _HEIGHT - 30 + 14 * (place % 2), _axis_name(objective), "middle")
    for point in front.points:
        path = " ".join(
            f"{_SIDE + apart * place:.1f},{y(place, value):.1f}" for place, value in enumerate(point.values)
        )
        name = "line best" if point.best_in else "line"
        yield f'<polyline class="{name}" points="{path}">{_title(point, front.objectives)}</polyline>'


def _axis_name(objective: FrontObjective) -> str:
    return f"{objective.sense}: {objective.label}"


def _title(point: ParetoPoint, objectives: Sequence[FrontObjective]) -> str:
    pairs = zip(objectives, point.values, strict=True)
    words = "; ".join(f"{each.label} {format_number(value)}" for each, value in pairs)
    best = ", ".join(objectives[place].short_name for place in point.best_in)
    return f"<title>{escape(words + (f' (best in {best})' if best else ''))}</title>"


def _text(x: float, y: float, words: str, anchor: str = "start", name: str = "", *, turned: bool = False) -> str:
    turn = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turned else ""
    kind = f' class="{name}"' if name else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{kind}{turn}>{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, name: str) -> str:
    return f'<line class="{name}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'
