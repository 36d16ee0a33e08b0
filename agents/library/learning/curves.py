"""A run of learning as inline SVG: how many tasks were solved, and how the library grew, task by task."""

from collections.abc import Sequence

from steepest.agents.library.learning.journal import StepRecord, TaskRecord
from steepest.traces.rendering.figures import count_of, percent
from steepest.traces.rendering.markup import Markup, element

__all__ = ["accuracy_curve", "size_curve"]

_WIDTH, _HEIGHT = 560, 230
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 16, 22, 38
_MOST_TICKS = 5
_MOST_CORNERS = 600


def accuracy_curve(records: Sequence[TaskRecord]) -> Markup:
    """The share of tasks that were solved so far, within each iteration."""
    shares: list[float] = []
    solved = count = 0
    for place, record in enumerate(records):
        if place and record.iteration != records[place - 1].iteration:
            solved = count = 0
        count += 1
        solved += record.solved
        shares.append(solved / count)
    title = f"Solved so far within the iteration, task by task: {percent(shares[-1])} in the end"
    ticks = [(each / 4, percent(each / 4)) for each in range(5)]
    return _chart(title, shares, ticks, 1.0, _borders(records))


def size_curve(records: Sequence[TaskRecord | StepRecord]) -> Markup:
    """Active insights after each task, and after the steps that follow it."""
    tasks, sizes = [each for each in records if isinstance(each, TaskRecord)], list[float]()
    for record in records:
        if isinstance(record, TaskRecord):
            sizes.append(record.size)
        elif sizes:
            sizes[-1] = record.size
    top = max(*sizes, 1.0)
    step = max(1, round(top / _MOST_TICKS))
    ticks = [(float(each), f"{each:,}") for each in range(0, int(top) + 1, step)]
    title = f"Insights in the library, task by task: {count_of(records[-1].size, 'insight')} in the end"
    return _chart(title, sizes, ticks, top, _borders(tasks))


def _borders(records: Sequence[TaskRecord]) -> list[int]:
    """How many tasks were done when an iteration began, the first aside."""
    return [place for place in range(1, len(records)) if records[place].iteration != records[place - 1].iteration]


def _chart(
    title: str, values: Sequence[float], ticks: Sequence[tuple[float, str]], top: float, borders: Sequence[int]
) -> Markup:
    def x(count: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * count / len(values)

    def y(value: float) -> float:
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - value / top)

    every = -(-len(values) // _MOST_CORNERS)
    corners = [(place + 1, value) for place, value in enumerate(values) if not (len(values) - 1 - place) % every]
    path = f"M{x(0):.1f} {y(values[0]):.1f}" + "".join(f"H{x(at):.1f}V{y(value):.1f}" for at, value in corners)
    return element(
        "svg",
        element("title", title),
        *(_level(y(value), words) for value, words in ticks),
        *(_border(x(count)) for count in borders),
        element("path", d=path, class_="curve"),
        element("text", "0", x=_LEFT, y=_HEIGHT - _BOTTOM + 17, text_anchor="middle"),
        element("text", f"{len(values):,}", x=_WIDTH - _RIGHT, y=_HEIGHT - _BOTTOM + 17, text_anchor="end"),
        element("text", "tasks", x=(_WIDTH + _LEFT - _RIGHT) / 2, y=_HEIGHT - 5, text_anchor="middle"),
        class_="curves",
        view_box=f"0 0 {_WIDTH} {_HEIGHT}",
        role="img",
    )


def _level(y: float, words: str) -> Markup:
    line = element("line", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=f"{y:.1f}", y2=f"{y:.1f}", class_="grid")
    return element("g", line, element("text", words, x=_LEFT - 8, y=f"{y + 4:.1f}", text_anchor="end"))


def _border(x: float) -> Markup:
    """Where an iteration begins."""
    return element("line", x1=f"{x:.1f}", x2=f"{x:.1f}", y1=_TOP, y2=_HEIGHT - _BOTTOM, class_="border")
