"""The shape of a tree of a trace: outputs at the root, below each node what it was made from.

A graph is no tree, so a node stands where it is met first and is referred to from elsewhere; and a program can be
deeper than a screen is wide, so what lies too deep becomes a tree of its own further down.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from steepest.traces.rendering.folding import View

_BRANCH, _LAST = "├─ ", "└─ "
_THROUGH, _BLANK = "│  ", "   "


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the tree."""

    lead: str
    """Guides in front of it."""
    below: str
    """Guides in front of what is told about it on further lines."""
    item: int | None = None
    """Place in the view of what stands here."""
    above: tuple[int, ...] = ()
    """Else places of what stands further up."""
    further: tuple[int, ...] = ()
    """Else places of what stands further down, too deep for here."""


def rows_of(view: View, deepest: int) -> Iterator[Row]:
    """The lines of the tree from top to bottom; every item once, linear in items and edges.

    Args:
        view: What is shown.
        deepest: Levels of one tree; what lies deeper is made a tree of its own.
    """
    shown: set[int] = set()
    roots = deque(view.outputs)
    while roots:
        root = roots.popleft()
        if root in shown:
            continue
        stack = [Row("", "", root)]
        while stack:
            row = stack.pop()
            if row.item is not None and row.item in shown:
                row = Row(row.lead, row.below, above=(row.item,))
            children: list[Row] = []
            if row.item is not None:
                shown.add(row.item)
                children, deferred = _children(view, row, shown, deepest)
                roots.extend(deferred)
            yield Row(row.lead, row.below + (_THROUGH if children else _BLANK), row.item, row.above, row.further)
            stack.extend(reversed(children))


def _children(view: View, row: Row, shown: set[int], deepest: int) -> tuple[list[Row], tuple[int, ...]]:
    """The rows below one, leaves first, and what is put off. A leaf that stands further up needs no row."""
    inputs = view.items[row.item].inputs if row.item is not None else ()
    above = tuple(place for place in inputs if place in shown and view.items[place].inputs)
    fresh = sorted((place for place in inputs if place not in shown), key=lambda place: bool(view.items[place].inputs))
    is_deep = len(row.below) >= deepest * len(_BRANCH)
    deferred = tuple(place for place in fresh if is_deep and view.items[place].inputs)
    rows = [Row("", "", place) for place in fresh if place not in deferred]
    rows += [Row("", "", above=above)] if above else []
    rows += [Row("", "", further=deferred)] if deferred else []
    return [_under(row, each, is_last=each is rows[-1]) for each in rows], deferred


def _under(parent: Row, row: Row, *, is_last: bool) -> Row:
    lead, below = (_LAST, _BLANK) if is_last else (_BRANCH, _THROUGH)
    return Row(parent.below + lead, parent.below + below, row.item, row.above, row.further)
