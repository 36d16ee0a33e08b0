"""A Gantt chart: what is done when, and on what."""

from collections.abc import Callable, Sequence

from steepest.solvers.display import format_number
from steepest.traces.rendering.markup import Markup, element
from steepest.web.drawing.frame import color_of, figure, shortened
from steepest.web.drawing.shapes import Task

__all__ = ["schedule"]

_WIDTH, _ROW, _LEFT, _RIGHT, _BOTTOM = 620, 26, 130, 20, 24
_MOST_TASKS = 200
_LONGEST = 18
_TICKS = 6
_LETTER = 7


def schedule(tasks: Sequence[Task]) -> Markup:
    """Tasks over time: a row for each, or for each of the things that they are done on."""
    shown = sorted(tasks, key=lambda each: (each.start, each.end))[:_MOST_TASKS]
    lanes = list(dict.fromkeys(sorted(each.lane for each in shown) if shown[0].lane else [each.name for each in shown]))
    begin, end = min(each.start for each in shown), max(each.end for each in shown)
    begin = min(begin, 0.0)
    scale = (_WIDTH - _LEFT - _RIGHT) / (end - begin or 1.0)
    groups = list(dict.fromkeys(sorted(_group(each) for each in shown)))

    def across(time: float) -> float:
        return _LEFT + (time - begin) * scale

    names = [
        element("text", shortened(lane, _LONGEST), x=_LEFT - 8, y=(row + 0.5) * _ROW, class_="label left-of")
        for row, lane in enumerate(lanes)
    ]
    rows = {lane: row for row, lane in enumerate(lanes)}
    drawn = [
        _task(each, across(each.start), across(each.end), rows[each.lane or each.name], groups.index(_group(each)))
        for each in shown
    ]
    bottom = len(lanes) * _ROW
    ticks = [_tick(begin + (end - begin) * step / _TICKS, across, bottom) for step in range(_TICKS + 1)]
    more = f", the first {_MOST_TASKS:,} of {len(tasks):,}" if len(tasks) > len(shown) else ""
    return figure(f"schedule by {tasks[0].variables[0]}{more}", _WIDTH, bottom + _BOTTOM, *ticks, *names, *drawn)


def _group(task: Task) -> str:
    """What has one color: the tasks of a job, where they are done on machines; else each its own."""
    return task.name.partition(", ")[0] if task.lane else task.name


def _task(task: Task, left: float, right: float, row: int, group: int) -> Markup:
    width, name = max(right - left, 1.0), _group(task)
    has_room = bool(task.lane) and len(name) * _LETTER < width
    label = element("text", name, x=f"{left + width / 2:.1f}", y=(row + 0.5) * _ROW, class_="label inside")
    box = element(
        "rect", x=f"{left:.1f}", y=row * _ROW + 3, width=f"{width:.1f}", height=_ROW - 6, rx=3, class_=color_of(group)
    )
    return element(
        "g",
        element("title", f"{task.name}: {format_number(task.start)} to {format_number(task.end)}"),
        box,
        label if has_room else Markup(),
    )


def _tick(time: float, across: Callable[[float], float], bottom: float) -> Markup:
    x = f"{across(time):.1f}"
    return element(
        "g",
        element("line", x1=x, x2=x, y1=0, y2=bottom, class_="grid"),
        element("text", f"{time:.4g}", x=x, y=bottom + 14, class_="label middle"),
    )
