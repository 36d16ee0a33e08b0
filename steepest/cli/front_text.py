"""The front of several objectives as a person reads it in the terminal."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from steepest.cli.tables import aligned
from steepest.solvers.display import counted, format_number

if TYPE_CHECKING:
    from steepest.solvers.pareto.front import ParetoFront

MOST_POINTS = 30
WIDEST_CELL = 40
_WIDTH, _HEIGHT = 60, 16


def sections(front: "ParetoFront | None") -> Iterator[str]:
    """The front as a person reads it in the terminal: a table, and of two objectives a plot."""
    if front is None:
        return
    yield front.message
    if front.points:
        yield "\n".join(["front", *(f"  {line}" for line in _table(front))])
        yield "\n".join(f"  {line}" for line in _ends(front))
    if len(front.points) > 1 and len(front.objectives) == 2:
        yield "\n".join(_plot(front))
    if front.left_out:
        yield "\n".join(["left out", *(f"  - {line}" for line in _left_out(front))])
    yield f"{counted(front.solves, 'solve')} in {front.seconds:.1f} s"


def _table(front: "ParetoFront") -> list[str]:
    heads = ["", *(f"{each.sense} {each.label}" for each in front.objectives), ""]
    rows: list[Sequence[str]] = [heads]
    for number, point in enumerate(front.points[:MOST_POINTS], 1):
        best = ", ".join(str(place + 1) for place in point.best_in)
        extreme = f"the best in objective {best}" if best else ""
        rows.append((str(number), *map(format_number, point.values), extreme))
    right = tuple(range(len(front.objectives) + 1))
    hidden = len(front.points) - MOST_POINTS
    more = [f"... and {hidden:,} more; --format json and --out show all"] if hidden > 0 else []
    return [*aligned(rows, right=right, widest=WIDEST_CELL), *more]


def _ends(front: "ParetoFront") -> Iterator[str]:
    for name, values in (
        ("ideal (the best of each alone)", front.ideal),
        ("nadir (the worst of each here)", front.nadir),
    ):
        if values is not None:
            yield f"{name}: {', '.join(map(format_number, values))}"


def _plot(front: "ParetoFront") -> list[str]:
    """The first objective across, the second upward; the extreme points are `O`."""
    columns = [[point.values[place] for point in front.points] for place in (0, 1)]
    (left, right), (low, high) = ((min(each), max(each)) for each in columns)
    rows = [[" "] * _WIDTH for _ in range(_HEIGHT)]
    for point in front.points:
        across = round((point.values[0] - left) / (right - left or 1) * (_WIDTH - 1))
        up = round((point.values[1] - low) / (high - low or 1) * (_HEIGHT - 1))
        rows[_HEIGHT - 1 - up][across] = "O" if point.best_in else "o"
    names = [format_number(high), *[""] * (_HEIGHT - 2), format_number(low)]
    margin = max(map(len, names))
    lines = [f"  {name.rjust(margin)} |{''.join(row).rstrip()}" for name, row in zip(names, rows, strict=True)]
    below = format_number(left).ljust(_WIDTH - len(format_number(right))) + format_number(right)
    pad = " " * (margin + 4)
    first, second = front.objectives
    return [f"  {second.label}", *lines, f"  {' ' * margin} +{'-' * _WIDTH}", pad + below, pad + first.label]


def _left_out(front: "ParetoFront") -> Iterator[str]:
    for each in front.left_out[:MOST_POINTS]:
        held = zip(front.objectives, each.limits, strict=True)
        limits = ", ".join(
            f"{objective.short_name} {'<=' if objective.sense == 'minimize' else '>='} {format_number(limit)}"
            for objective, limit in held
            if limit is not None
        )
        yield f"{limits}: {each.reason}"
    if len(front.left_out) > MOST_POINTS:
        yield f"... and {len(front.left_out) - MOST_POINTS:,} more; --format json shows all"
