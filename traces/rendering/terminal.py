"""A trace as a tree of text, for terminals, logs and doctests."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TextIO

from steepest.traces.rendering.characters import fitted, visible, width_of, wrapped
from steepest.traces.rendering.entries import Entry, entry_of, summary_of
from steepest.traces.rendering.folding import View, view_of
from steepest.traces.rendering.tree import Row, rows_of

if TYPE_CHECKING:
    from steepest.traces.trace import Trace

Span = tuple[str, str]
"""A text and its role."""
Line = list[Span]

_COLOURS = {
    "guide": "\x1b[2m",
    "name": "\x1b[1m",
    "parameter": "\x1b[1;36m",
    "failure": "\x1b[1;31m",
    "mark": "\x1b[36m",
    "feedback": "\x1b[33m",
    "error": "\x1b[31m",
}
_RESET = "\x1b[0m"
_PLAIN = str.maketrans("├└─│→↑↓…×", "|`-|>^v~x")
"""Signs for a stream whose encoding lacks ours."""
_LEAST_WIDTH = 40
_LONGEST_VALUE = 200
_MOST_LINES = 12
"""Of a feedback or an exception's text, where the trace is folded."""


def show(
    trace: "Trace",
    stream: TextIO | None = None,
    *,
    limit: int | None,
    times: bool,
    width: int | None = None,
    colour: bool | None = None,
) -> None:
    """Write a trace to a stream; see `Trace.show`."""
    target = stream if stream is not None else sys.stdout
    is_terminal = target.isatty()
    columns = width or (shutil.get_terminal_size((100, 24)).columns if is_terminal else 100)
    coloured = colour if colour is not None else is_terminal and not os.environ.get("NO_COLOR")
    colours = _COLOURS if coloured else {}
    encoding = getattr(target, "encoding", None) or "utf-8"
    for line in _lines(trace, limit, times, columns):
        target.write(_encodable(_painted(line, colours), encoding) + "\n")


def text_of(trace: "Trace", *, limit: int | None, times: bool, width: int) -> str:
    """A trace as a text; see `Trace.to_text`."""
    return "".join(_painted(line, {}) + "\n" for line in _lines(trace, limit, times, width))


def _lines(trace: "Trace", limit: int | None, times: bool, columns: int) -> Iterator[Line]:
    width = max(columns, _LEAST_WIDTH)
    view = view_of(trace, limit)
    yield [("trace: ", "guide"), (fitted(summary_of(trace, times=times), width - 7), "guide")]
    for row in rows_of(view, deepest=max(width // 8, 4)):
        if row.item is None or view.items[row.item].node is None:
            yield [(row.lead, "guide"), (fitted(_reference(trace, view, row), width - len(row.lead)), "guide")]
        else:
            node = view.items[row.item].node
            entry = entry_of(trace, node, times=times, longest=_LONGEST_VALUE) if node is not None else None
            yield from _told(entry, row, width, limit is None) if entry is not None else ()


def _reference(trace: "Trace", view: View, row: Row) -> str:
    """A row that stands for what is elsewhere, or nowhere."""
    if row.item is not None:
        return f"… {view.items[row.item].summary}"
    names = ", ".join(_name(trace, view, place) for place in (row.above or row.further))
    return f"↑ {names}" if row.above else f"↓ {names}"


def _name(trace: "Trace", view: View, place: int) -> str:
    node = view.items[place].node
    return trace.name(node) if node is not None else f"… {view.items[place].summary}"


def _told(entry: Entry, row: Row, width: int, whole: bool) -> Iterator[Line]:
    """The lines of a node: what it is, and under it what went wrong and what was said."""
    yield [(row.lead, "guide"), *_headline(entry, width - len(row.lead))]
    room = width - len(row.below) - 2
    for role, text in [("error", _cause(entry)), *(("feedback", f"feedback: {each}") for each in entry.feedback)]:
        lines = list(wrapped(text, max(room, _LEAST_WIDTH // 2))) if text else []
        hidden = 0 if whole else len(lines) - _MOST_LINES
        for line in lines[:_MOST_LINES] if hidden > 0 else lines:
            yield [(row.below, "guide"), (line, role)]
        if hidden > 0:
            yield [(row.below, "guide"), (f"… {hidden:,} more lines", role)]


def _cause(entry: Entry) -> str:
    """An exception's text, where it says more than its last line, which stands with the node."""
    return entry.exception.rpartition("\n")[0].strip("\n")


def _headline(entry: Entry, width: int) -> Line:
    """`name = expression → value [marks]` in the width that there is."""
    role = entry.kind if entry.kind in {"parameter", "failure"} else "name"
    marks = f"  [{', '.join(entry.marks)}]" if entry.marks else ""
    name = fitted(visible(entry.name), max(width // 2, 8))
    room = max(width - width_of(name) - len(" = ") - width_of(marks), 8)
    made, arrow, value = entry.expression, " → ", entry.value
    if not made:
        made, arrow, value = value, "", ""
    if width_of(made) + len(arrow) + width_of(value) > room:
        half = max(room // 2, room - len(arrow) - width_of(value)) if value else room
        made = fitted(made, max(half, 4))
        value = fitted(value, max(room - width_of(made) - len(arrow), 4)) if value else ""
    outcome = "error" if entry.exception else ""
    spans = [(name, role), (f" = {made}", ""), (arrow, "guide"), (value, outcome), (marks, "mark")]
    return list(_clipped(spans, width))


def _clipped(line: Line, width: int) -> Iterator[Span]:
    """A line without what does not fit: on a narrow terminal there may be no room for all that must not be missed."""
    for text, role in line:
        kept = fitted(text, width)
        width -= width_of(kept)
        yield kept, role


def _painted(line: Line, colours: Mapping[str, str]) -> str:
    return "".join(
        f"{colours[role]}{text}{_RESET}" if role in colours and text else text for text, role in line
    ).rstrip()


def _encodable(text: str, encoding: str) -> str:
    """A text that the stream can take: our signs in plain ones, and of values what it lacks as escapes."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_PLAIN).encode(encoding, "backslashreplace").decode(encoding)
    return text
