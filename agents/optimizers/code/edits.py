"""Edits of a text as SEARCH/REPLACE blocks, the form that models write most reliably (AlphaEvolve, Aider).

    <<<<<<< SEARCH
    lines that stand in the text
    =======
    lines to put in their place
    >>>>>>> REPLACE

All edits of a reply are of the text as it was shown. One that does not fit raises, with the place that comes nearest:
OpenEvolve leaves such a block out and evaluates the parent again (`openevolve:utils/code_utils.py`, `apply_diff`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from steepest.agents.optimizers.code.matching import Place, Region, closest_region, find_places, reindented
from steepest.errors import SteepestError

__all__ = [
    "Edit",
    "EditError",
    "apply_edits",
    "edits_between",
    "has_edits",
    "read_edits",
    "with_newlines",
    "write_edits",
]

_OPEN = re.compile(r"\s*<{5,9}\s*SEARCH\s*")
_MIDDLE = re.compile(r"\s*={5,9}\s*")
_CLOSE = re.compile(r"\s*>{5,9}\s*REPLACE\s*")
_FENCE = re.compile(r"\s*(```|~~~)[\w+-]*\s*")
_NEWLINE = re.compile(r"\r\n|\n")
_MOST_PLACES = 5


class EditError(SteepestError):
    """An edit can't be read or does not fit its text.

    Attributes:
        region: What of the text comes nearest to what was searched, where there is such a thing.
    """

    def __init__(self, words: str, region: Region | None = None) -> None:
        super().__init__(words if region is None else f"{words}\n{region}")
        self.region = region


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines of a text, without their ends, and those to put in their place."""

    search: tuple[str, ...]
    replace: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Change:
    number: int
    """Of the edit, from 1."""
    first: int
    last: int
    """Of the lines that go, the last not among them."""
    lines: tuple[str, ...]


def has_edits(reply: str) -> bool:
    """Whether there is the beginning of a block."""
    return any(_OPEN.fullmatch(line) for line in _NEWLINE.split(reply))


def read_edits(reply: str) -> tuple[Edit, ...]:
    """The blocks of a reply, in order; what stands around them (words, fences) is passed over.

    Raises:
        EditError: There is none, or one is not complete.
    """
    lines = _NEWLINE.split(reply)
    edits: list[Edit] = []
    at = 0
    while at < len(lines):
        if _OPEN.fullmatch(lines[at]):
            edit, at = _read_block(lines, at, len(edits) + 1)
            edits.append(edit)
        else:
            at += 1
    if not edits:
        raise EditError(
            "there is no edit: write each as a line `<<<<<<< SEARCH`, the lines to replace, a line `=======`, the new "
            "lines, and a line `>>>>>>> REPLACE`"
        )
    return tuple(edits)


def write_edits(edits: Sequence[Edit]) -> str:
    """The blocks that `read_edits` reads.

    Raises:
        EditError: A line of theirs looks like one of the lines between them.
    """
    for edit in edits:
        for line in (*edit.search, *edit.replace):
            if any(mark.fullmatch(line) for mark in (_OPEN, _MIDDLE, _CLOSE)):
                raise EditError(f"the line {line!r} can't stand in an edit: it would be read as the end of a section")
    return "\n".join(
        "\n".join(["<<<<<<< SEARCH", *edit.search, "=======", *edit.replace, ">>>>>>> REPLACE", ""]) for edit in edits
    )


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """A text with all edits made; its ends of lines stay what they are.

    Raises:
        EditError: One does not fit, fits several places, overlaps another, or all together change nothing.
    """
    lines = _NEWLINE.split(text)
    changes = sorted((_change(lines, number, edit) for number, edit in enumerate(edits, start=1)), key=_by_place)
    for before, after in pairwise(changes):
        if after.first < before.last:
            raise EditError(
                f"edits {before.number} and {after.number} change the same line {after.first + 1}: make one of them",
                Region(after.first + 1, (lines[after.first],)),
            )
    made = list(lines)
    for change in reversed(changes):
        made[change.first : change.last] = change.lines
    if made == lines:
        raise EditError("the edits change nothing: the lines after ======= are those before it")
    return with_newlines("\n".join(made), text)


def edits_between(old: str, new: str) -> tuple[Edit, ...]:
    """Edits that make one text of another, each with the lines around it that tell its place; none for equal texts."""
    before, after = _NEWLINE.split(old), _NEWLINE.split(new)
    opcodes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    bounds = _Bounds(opcodes, len(before), len(after))
    spans: list[tuple[int, int]] = []
    for tag, first, last, _, _ in opcodes:
        if tag == "equal":
            continue
        first, last = _told_apart(before, bounds, first, last)
        while spans and spans[-1][1] > first:
            earlier, end = spans.pop()
            first, last = min(earlier, first), max(end, last)
        spans.append((first, last))
    return tuple(
        Edit(tuple(before[first:last]), tuple(after[bounds.begin[first] : bounds.end[last]])) for first, last in spans
    )


def with_newlines(text: str, like: str) -> str:
    """A text with its lines ended as another's mostly are."""
    windows = like.count("\r\n")
    newline = "\r\n" if windows and 2 * windows >= like.count("\n") else "\n"
    return newline.join(_NEWLINE.split(text))


def _read_block(lines: Sequence[str], start: int, number: int) -> tuple[Edit, int]:
    """The edit that begins at a line, and the line after it."""
    where = f"edit {number} (line {start + 1} of the reply)"
    end = next((at for at in range(start + 1, len(lines)) if _CLOSE.fullmatch(lines[at])), None)
    again = next((at for at in range(start + 1, end or len(lines)) if _OPEN.fullmatch(lines[at])), None)
    if end is None or again is not None:
        raise EditError(f"{where} has no line `>>>>>>> REPLACE` at its end; the reply may have been cut off")
    middles = [at for at in range(start + 1, end) if _MIDDLE.fullmatch(lines[at])]
    if len(middles) != 1:
        has = "no line" if not middles else f"{len(middles)} lines"
        raise EditError(f"{where} has {has} `=======` between what is searched and what replaces it; write one")
    (middle,) = middles
    return Edit(_section(lines[start + 1 : middle]), _section(lines[middle + 1 : end])), end + 1


def _section(lines: Sequence[str]) -> tuple[str, ...]:
    fenced = len(lines) >= 2 and _FENCE.fullmatch(lines[0]) and lines[-1].strip() in ("```", "~~~")
    return tuple(lines[1:-1] if fenced else lines)


def _change(lines: Sequence[str], number: int, edit: Edit) -> _Change:
    """Where an edit goes.

    Raises:
        EditError: Nowhere, or to several places.
    """
    if not edit.search:
        if list(lines) == [""]:
            return _Change(number, 0, 1, edit.replace or ("",))
        raise EditError(f"edit {number} searches nothing: give the lines that it shall replace or stand beside")
    places = find_places(lines, edit.search)
    if not places:
        raise EditError(
            f"the SEARCH lines of edit {number} do not stand in the text: copy them exactly. Closest to them is",
            closest_region(lines, edit.search),
        )
    if len(places) > 1:
        found = ", ".join(str(place.first + 1) for place in places[:_MOST_PLACES])
        more = ", ..." if len(places) > _MOST_PLACES else ""
        raise EditError(
            f"the SEARCH lines of edit {number} stand in the text {len(places)} times, at lines {found}{more}: give "
            "more lines around them. The first is",
            Region(places[0].first + 1, tuple(lines[places[0].first : places[0].first + len(edit.search)])),
        )
    return _Change(number, places[0].first, places[0].first + len(edit.search), _placed(edit.replace, places[0]))


def _placed(lines: Sequence[str], place: Place) -> tuple[str, ...]:
    return tuple(reindented(line, place) for line in lines)


def _by_place(change: _Change) -> tuple[int, int]:
    return change.first, change.number


class _Bounds:
    """Where lines of one text lie in another, by what both have in common."""

    def __init__(self, opcodes: Sequence[tuple[str, int, int, int, int]], before: int, after: int) -> None:
        self.begin = {0: 0}
        """For the beginning of a span the place in the other text; where lines are put in, before them."""
        self.end = {before: after}
        """For the end of a span, behind them."""
        for tag, first, last, new_first, _ in opcodes:
            if tag == "equal":
                for offset in range(last - first + 1):
                    self.begin.setdefault(first + offset, new_first + offset)
                    self.end[first + offset] = max(new_first + offset, self.end.get(first + offset, 0))
        self.end[before] = after

    def before(self, first: int) -> int:
        """The next place to the left where a span may begin."""
        return next((at for at in range(first - 1, -1, -1) if at in self.begin), 0)

    def behind(self, last: int) -> int:
        """The next place to the right where one may end."""
        return next((at for at in range(last + 1, max(self.end)) if at in self.end), max(self.end))


def _told_apart(before: Sequence[str], bounds: _Bounds, first: int, last: int) -> tuple[int, int]:
    """A span of changed lines with lines around it until it is found in one place only."""
    while first not in bounds.begin:
        first = bounds.before(first)
    while last not in bounds.end:
        last = bounds.behind(last)
    while first == last or len(find_places(before, before[first:last])) > 1:
        first, last = bounds.before(first), bounds.behind(last)
    return first, last
