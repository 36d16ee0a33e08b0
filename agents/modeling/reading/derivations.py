"""Numbers that no text states as they are: reckoned from two that stand together, changed in unit, or a total."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from steepest.agents.modeling.numbers import key
from steepest.agents.modeling.reading.matching import affinity, quoted_spans
from steepest.agents.modeling.reading.places import Place, Segments
from steepest.agents.modeling.reading.slots import Slot
from steepest.solvers.display import format_number

_FACTORS = {
    60.0: "60", 3600.0: "3600", 24.0: "24", 7.0: "7", 12.0: "12", 52.0: "52", 365.0: "365", 30.0: "30",
    100.0: "100", 1000.0: "1000", 1e6: "1,000,000", 16.0: "16", 2000.0: "2000",
}  # fmt: skip
"""What changes seconds, minutes, hours, days, weeks, months and years, cents, kilograms, pounds and tons."""

_AGAIN = re.compile(r"\(|=|\b(?:total|altogether|in all|i\.e|that is|or about|equals?|equivalent|sum)\b", re.IGNORECASE)

_MOST_TOGETHER = 40
"""Numbers of one sentence or row that are combined with one another."""

_TOTAL = 0.2
_PAIR = 0.0
_CHANGED = -0.1
_QUOTED = 3.0
_LEAST = 0.5
"""How well words have to bear a calculation out: two of a text's numbers come to nearly every small number somehow."""
_LEAST_OF_LITERAL = 1.2


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a number is reckoned from stated ones."""

    places: tuple[int, ...]
    how: str
    """Such as `8 * 60`."""
    likelihood: float = 0.0


class Derivations:
    """What the numbers of a text come to, by value; made once for a text."""

    def __init__(self, segments: Segments) -> None:
        self._segments = segments
        self._by_value: defaultdict[str, list[Derivation]] = defaultdict(list)
        for value, derivation in _reckoned(segments.places):
            self._by_value[key(abs(value))].append(derivation)

    def of(self, slot: Slot) -> Derivation | None:
        """How a slot is reckoned, or None where no way is borne out by its words or its quotes."""
        quoted = quoted_spans(slot.quotes, self._segments.text)
        words = slot.words | slot.labels

        def fitness(derivation: Derivation) -> float:
            places = [self._segments.places[at] for at in derivation.places]
            near = sum(affinity(words, place) for place in places) / len(places)
            in_quotes = any(span.meets(place.span) for span in quoted for place in places)
            return derivation.likelihood + near + _QUOTED * in_quotes

        ways = [(fitness(each), each) for each in self._by_value.get(key(abs(slot.value)), [])]
        fit, best = max(ways, key=lambda way: way[0], default=(0.0, None))
        return best if fit >= (_LEAST_OF_LITERAL if slot.is_literal else _LEAST) else None

    def follows(self, at: int, used: Collection[int]) -> Derivation | None:
        """How a stated number says again what used ones near it say: "12 days (288 hours)", the totals of a table."""
        place = self._segments.places[at]
        for derivation in self._by_value.get(key(place.number.values[0]), []):
            if at in derivation.places or not all(each in used for each in derivation.places):
                continue
            others = [self._segments.places[each] for each in derivation.places]
            if all(_is_near(place, other) for other in others) and self._is_told_again(place, others):
                return derivation
        return None

    def _is_told_again(self, place: Place, others: Sequence[Place]) -> bool:
        """Whether the text itself sets a number beside what it is reckoned from."""
        if place.cell is not None:
            return len(others) > 1
        begin, end = min(each.span.end for each in (place, *others)), max(each.span.start for each in (place, *others))
        return _AGAIN.search(self._segments.text, begin, end) is not None


def _is_near(place: Place, other: Place) -> bool:
    if place.cell is not None or other.cell is not None:
        return place.cell is not None and other.cell is not None and place.cell.table == other.cell.table
    return abs((place.sentence or 0) - (other.sentence or 0)) <= 1


def _reckoned(places: Sequence[Place]) -> Iterator[tuple[float, Derivation]]:
    for at, place in enumerate(places):
        if place.role != "label":
            yield from _changed(at, place)
    for together in _together(places):
        yield from _total(together, places)
        for first, second in combinations(together[:_MOST_TOGETHER], 2):
            yield from _pair(first, second, places)


def _changed(at: int, place: Place) -> Iterator[tuple[float, Derivation]]:
    """One number in another unit, or what it leaves of the whole."""
    value = place.number.values[0]
    shown = format_number(value)
    for factor, told in _FACTORS.items():
        yield value * factor, Derivation((at,), f"{shown} * {told}", _CHANGED)
        yield value / factor, Derivation((at,), f"{shown} / {told}", _CHANGED)
    if 0 < value < 1:
        yield 1 - value, Derivation((at,), f"1 - {shown}", _CHANGED)
        yield 1 + value, Derivation((at,), f"1 + {shown}", _CHANGED)
        yield 1 / value, Derivation((at,), f"1 / {shown}", _CHANGED)
    elif value > 1:
        for digits in (2, 3, 4, 6, 12):
            yield round(1 / value, digits), Derivation((at,), f"1 / {shown}", _CHANGED)


def _together(places: Sequence[Place]) -> Iterator[list[int]]:
    """Numbers that belong together: those of a sentence and of the next, of a row, of a column."""
    sentences: defaultdict[int, list[int]] = defaultdict(list)
    lines: defaultdict[tuple[int, str, int], list[int]] = defaultdict(list)
    for at, place in enumerate(places):
        if place.role == "label":
            continue
        if place.cell is not None:
            lines[place.cell.table, "row", place.cell.row].append(at)
            lines[place.cell.table, "column", place.cell.column].append(at)
        elif place.sentence is not None:
            sentences[place.sentence].append(at)
    for number in sorted(sentences):
        yield sentences[number]
        following = sentences.get(number + 1, [])
        if following and len(sentences[number]) + len(following) <= _MOST_TOGETHER:
            yield [*sentences[number], *following]
    yield from lines.values()


def _total(together: Sequence[int], places: Sequence[Place]) -> Iterator[tuple[float, Derivation]]:
    if len(together) > 2:
        values = [places[at].number.values[0] for at in together]
        yield sum(values), Derivation(tuple(together), _sum_in_words(values), _TOTAL)


def _sum_in_words(values: Iterable[float]) -> str:
    told = [format_number(value) for value in values]
    return " + ".join(told if len(told) < 7 else [*told[:3], "...", told[-1]])


def _pair(first: int, second: int, places: Sequence[Place]) -> Iterator[tuple[float, Derivation]]:
    one, other = places[first].number.values[0], places[second].number.values[0]
    both, shown = (first, second), (format_number(one), format_number(other))
    yield one * other, Derivation(both, f"{shown[0]} * {shown[1]}", _PAIR)
    yield one + other, Derivation(both, f"{shown[0]} + {shown[1]}", _PAIR)
    yield (
        one - other,
        Derivation(both, f"{shown[0]} - {shown[1]}" if one >= other else f"{shown[1]} - {shown[0]}", _PAIR),
    )
    for upper, lower, told in ((one, other, shown), (other, one, shown[::-1])):
        if lower:
            value = upper / lower
            for rounded in {value, round(value, 2), round(value, 3), round(value, 4)}:
                yield rounded, Derivation(both, f"{told[0]} / {told[1]}", _PAIR)
        if 0 < lower < 1:
            yield upper * (1 + lower), Derivation(both, f"{told[0]} * (1 + {told[1]})", _PAIR)
            yield upper * (1 - lower), Derivation(both, f"{told[0]} * (1 - {told[1]})", _PAIR)
