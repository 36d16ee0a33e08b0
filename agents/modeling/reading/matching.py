"""Which number of the text each number of a formulation comes from.

The value decides what comes into question; quotes, words, table heads, and what stands beside what decide among the
places that have it. The cells of a parameter are placed together, by beam search, since lists and tables are most
often copied in an order of the text.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from steepest.agents.modeling.numbers import key
from steepest.agents.modeling.reading.places import Place, Segments
from steepest.agents.modeling.reading.slots import Slot
from steepest.agents.modeling.reading.spans import Span, passages
from steepest.agents.modeling.reading.words import SHORTEST_STEM, alike

_BEAM = 12
"""Ways to place the cells before this one that are kept."""
_MOST_PLACES = 24
"""Places of one value that are looked at, the likeliest first."""

_QUOTED = 6.0
_NEXT = 2.0
_BESIDE_IN_TABLE = 1.5
_LATER = 0.3
_TAKEN = -2.5
_LABEL = -3.0
_ASIDE = -0.5
_LIKELIEST_READING = 0.5
_FULL_WORD = 1.0
_SHORTENED = 0.7
_LABEL_WEIGHT = 1.6


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to place a few cells: the place of each (None where the text has no such number), and how well."""

    score: float
    placed: tuple[int | None, ...]


def place_slots(slots: Sequence[Slot], segments: Segments) -> list[int | None]:
    """For each slot the place of `segments` that it comes from, or None where the text has no such number."""
    by_value: defaultdict[str, list[int]] = defaultdict(list)
    for at, place in enumerate(segments.places):
        for one in place.number.keys:
            by_value[one].append(at)
    found: list[int | None] = [None] * len(slots)
    taken: set[int] = set()
    for group in _groups(slots):
        members = [slots[at] for at in group]
        placed = _place(members, segments, by_value, taken)
        taken.update(at for at in placed if at is not None)
        for at, place_of_it in zip(group, placed, strict=True):
            found[at] = place_of_it
    return found


def _groups(slots: Sequence[Slot]) -> list[list[int]]:
    """The slots element by element: those with the surest places first, literals last."""
    grouped = [list(group) for _, group in groupby(range(len(slots)), key=lambda at: slots[at].element)]

    def sureness(group: list[int]) -> tuple[bool, bool, int]:
        first = slots[group[0]]
        return (first.is_literal, not first.quotes, -len(group))

    return sorted(grouped, key=sureness)


def _place(
    slots: Sequence[Slot], segments: Segments, by_value: Mapping[str, Sequence[int]], taken: set[int]
) -> tuple[int | None, ...]:
    quoted = quoted_spans(slots[0].quotes, segments.text)
    ways = [_Way(0.0, ())]
    for slot in slots:
        scored = {at: _score(slot, segments.places[at], quoted, is_taken=at in taken)
                  for at in by_value.get(key(abs(slot.value)), ())}  # fmt: skip
        ways = _extended(ways, scored, segments.places, in_order=not slot.is_literal)
    return ways[0].placed


def _extended(
    ways: Sequence[_Way], scored: Mapping[int, float], places: Sequence[Place], *, in_order: bool
) -> list[_Way]:
    """The best ways with one more cell placed."""
    if not scored:
        return [_Way(way.score, (*way.placed, None)) for way in ways]
    best = sorted(scored, key=lambda at: -scored[at])[:_MOST_PLACES]
    found: list[_Way] = []
    for way in ways:
        last = next((at for at in reversed(way.placed) if at is not None), None)
        beside = [at for at in _beside(last, places) if at in scored] if last is not None else []
        for at in dict.fromkeys([*best, *beside]):
            gain = scored[at] + (_step(last, at, places) if last is not None and in_order else 0.0)
            gain += _TAKEN if at in way.placed else 0.0
            found.append(_Way(way.score + gain, (*way.placed, at)))
    return sorted(found, key=lambda way: -way.score)[:_BEAM]


def _beside(at: int, places: Sequence[Place]) -> list[int]:
    """The numbers right behind a number, and the one below it in its table."""
    following = list(range(at + 1, min(at + 4, len(places))))
    cell = places[at].cell
    if cell is not None:
        for later in range(at + 1, min(at + 60, len(places))):
            other = places[later].cell
            if other is None or other.table != cell.table:
                break
            if other.column == cell.column and other.row > cell.row:
                return [*following, later]
    return following


def _step(last: int, at: int, places: Sequence[Place]) -> float:
    """How well one number follows another as the next cell of a parameter."""
    first, second = places[last].cell, places[at].cell
    if first is not None and second is not None and first.table == second.table:
        rows, columns = second.row - first.row, second.column - first.column
        if (rows, columns) in ((0, 1), (1, 0)):
            return _BESIDE_IN_TABLE
    data = [each for each in range(last + 1, at) if places[each].role == "data"] if 0 < at - last < 8 else [0]
    if at > last and not data:
        return _NEXT
    return _LATER if at > last else 0.0


def _score(slot: Slot, place: Place, quoted: Sequence[Span], *, is_taken: bool) -> float:
    score = _LIKELIEST_READING if key(abs(slot.value)) == key(place.number.values[0]) else 0.0
    score += _QUOTED if any(span.meets(place.span) for span in quoted) else 0.0
    score += _TAKEN if is_taken else 0.0
    score += {"label": _LABEL, "aside": _ASIDE, "data": 0.0}[place.role]
    return score + affinity(slot.words, place) + _LABEL_WEIGHT * affinity(slot.labels, place)


def affinity(words: Iterable[str], place: Place) -> float:
    """How much of what is said around a number are words of a slot."""
    total = 0.0
    for word in words:
        weight = place.words.get(word)
        if weight is not None:
            total += _FULL_WORD * weight
        elif len(word) >= SHORTEST_STEM:
            total += max((_SHORTENED * each for told, each in place.words.items() if alike(word, told)), default=0.0)
    return total


def quoted_spans(quotes: Iterable[str], text: str) -> list[Span]:
    """Where the text has the quotes of an element."""
    return [span for quote in quotes for span in passages(quote, text)]
