"""Where a few lines stand in a text, and what stands nearest to them where they do not."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from heapq import nsmallest
from itertools import accumulate

__all__ = ["Place", "Region", "closest_region", "find_places", "indentation"]

_LOOKED_AT = 5
"""Windows of a text that are compared character by character, of those that share most lines and words."""
_COMPARED = 1000
"""Characters of them."""
_SAME_LINE = 20
"""Shared words that a shared line counts for."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where lines were found."""

    first: int
    """The number of the first line, from 0."""
    shift: str = ""
    """What the text's lines are indented by and the searched ones are not."""
    unshift: str = ""
    """The other way round."""


@dataclass(frozen=True, slots=True)
class Region:
    """Lines of a text, for people and models to look at."""

    first: int
    """The number of the first line, from 1."""
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(f"{number:4} | {line}" for number, line in enumerate(self.lines, start=self.first))


def find_places(lines: Sequence[str], search: Sequence[str]) -> list[Place]:
    """Where `search` stands among `lines`.

    As it is; if it is nowhere, whatever blanks lines end with; if still nowhere, all indented by the same blanks.

    Args:
        lines: Of the text.
        search: One line or more.
    """
    exact = _windows(lines, search, lambda line: line)
    if exact:
        return [Place(first) for first in exact]
    trimmed = _windows(lines, search, str.rstrip)
    if trimmed:
        return [Place(first) for first in trimmed]
    return _shifted(lines, search)


def closest_region(lines: Sequence[str], search: Sequence[str]) -> Region:
    """What of a text is most like `search`, with as many lines.

    Args:
        lines: Of the text; one or more.
        search: One line or more.
    """
    size = min(len(search), len(lines))
    wanted = {line.strip() for line in search} - {""}
    words = {word for line in wanted for word in _WORD.findall(line)}
    shared = [_SAME_LINE * (line.strip() in wanted) + len(words.intersection(_WORD.findall(line))) for line in lines]
    before = [0, *accumulate(shared)]
    starts = range(len(lines) - size + 1)
    likely = nsmallest(_LOOKED_AT, starts, key=lambda first: (before[first] - before[first + size], first))
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(_stripped(search))

    def likeness(first: int) -> float:
        matcher.set_seq1(_stripped(lines[first : first + size]))
        return matcher.ratio()

    best = max(likely, key=lambda first: (likeness(first), -first))
    return Region(best + 1, tuple(lines[best : best + size]))


def _stripped(lines: Sequence[str]) -> str:
    return "\n".join(line.strip() for line in lines)[:_COMPARED]


def indentation(line: str) -> str:
    """The blanks that a line begins with."""
    return line[: len(line) - len(line.lstrip())]


def _windows(lines: Sequence[str], search: Sequence[str], form: Callable[[str], str]) -> list[int]:
    wanted = [form(line) for line in search]
    having = [form(line) for line in lines]
    size = len(wanted)
    return [
        first
        for first in range(len(having) - size + 1)
        if having[first] == wanted[0] and having[first : first + size] == wanted
    ]


def _shifted(lines: Sequence[str], search: Sequence[str]) -> list[Place]:
    solid = next((number for number, line in enumerate(search) if line.strip()), None)
    if solid is None:
        return []
    places = []
    for first in _windows(lines, search, str.strip):
        here, there = indentation(lines[first + solid]), indentation(search[solid])
        if here.endswith(there):
            place = Place(first, shift=here[: len(here) - len(there)])
        elif there.endswith(here):
            place = Place(first, unshift=there[: len(there) - len(here)])
        else:
            continue
        moved = [reindented(line, place) for line in search]
        if [line.rstrip() for line in moved] == [line.rstrip() for line in lines[first : first + len(search)]]:
            places.append(place)
    return places


def reindented(line: str, place: Place) -> str:
    """A line of a SEARCH or REPLACE section as it stands in the text."""
    if not line.strip():
        return line
    return place.shift + line.removeprefix(place.unshift)
