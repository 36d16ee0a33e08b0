"""The numbers of a text with all that is known of each: sentence, table cell, role, and the words around it."""

import re
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from steepest.agents.modeling.numbers import StatedNumber, numbers_in
from steepest.agents.modeling.reading.roles import Role, Roles
from steepest.agents.modeling.reading.sentences import Sentence, sentences_in
from steepest.agents.modeling.reading.spans import Span
from steepest.agents.modeling.reading.tables import TextTable, tables_in
from steepest.agents.modeling.reading.words import words_of

MOST_NUMBERS = 3_000
"""Numbers of a text that are looked at; more of them are data, and belong in tables of their own."""

_REACH = 110
"""Characters before a number whose words speak of it; behind it they are half as many."""

_STEPS = ((3, 1.0), (8, 0.6), (20, 0.3))
"""How much a word tells at so many words from the number."""

_CLAUSE = re.compile(r"[.;:!?\n]\s|,\s(?:and|while|but|whereas)\s")
_OF_HEADER = 1.5
_OF_NUMBERED = 0.4  # "Store 1", which words alone do not hold
_OF_CAPTION = 0.3


@dataclass(frozen=True, slots=True)
class Cell:
    """Where in a table a number stands."""

    table: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Place:
    """A number of the text where it stands."""

    number: StatedNumber
    span: Span
    role: Role
    sentence: int | None
    cell: Cell | None = None
    words: Mapping[str, float] = field(default_factory=dict)
    """The words around it, or in the heads of its row and column, and how much each tells."""


@dataclass(frozen=True, slots=True)
class Segments:
    """A problem's text cut into tables, sentences and numbers."""

    text: str
    tables: Sequence[TextTable]
    sentences: Sequence[Sentence]
    places: Sequence[Place]
    is_cut: bool = False
    """Whether the text has more than `MOST_NUMBERS` numbers, and only the first of them are here."""


def segments_of(text: str, labels: Collection[str] = ()) -> Segments:
    """Cut a text into its parts; no model is asked.

    Args:
        text: The problem's text.
        labels: Labels of a formulation that have a number in them: numbers of such names are no data.
    """
    tables = tables_in(text)
    sentences = sentences_in(text, tables)
    every = _apart(numbers_in(text))
    numbers = every[:MOST_NUMBERS]
    roles = Roles(text, numbers, labels)
    starts = [sentence.span.start for sentence in sentences]
    cells = _cells(tables)
    cell_starts = [span.start for span, _ in cells]
    places = []
    for number in numbers:
        span = Span(number.start, number.end)
        home = bisect_right(starts, span.start) - 1
        cell = _cell_at(span, cells, cell_starts)
        role = roles.of(number)
        if cell is not None and tables[cell.table].is_label(cell.row, cell.column):
            role = "label"
        words = _words_around(span, text, sentences[home].span if home >= 0 else span)
        if cell is not None:
            words = _words_of_cell(cell, tables[cell.table], text)
        places.append(Place(number, span, role, home if home >= 0 else None, cell, words))
    return Segments(text, tables, sentences, places, is_cut=len(every) > len(numbers))


def _apart(numbers: Sequence[StatedNumber]) -> list[StatedNumber]:
    """The numbers without those that lie in another one."""
    found: list[StatedNumber] = []
    for number in numbers:
        if not found or number.start >= found[-1].end:
            found.append(number)
    return found


def _cells(tables: Sequence[TextTable]) -> list[tuple[Span, Cell]]:
    return [
        (span, Cell(place, row, column))
        for place, table in enumerate(tables)
        for row, cells in enumerate(table.rows)
        for column, span in enumerate(cells)
    ]


def _cell_at(span: Span, cells: Sequence[tuple[Span, Cell]], starts: Sequence[int]) -> Cell | None:
    at = bisect_right(starts, span.start) - 1
    return cells[at][1] if at >= 0 and cells[at][0].meets(span) else None


def _words_around(span: Span, text: str, sentence: Span) -> dict[str, float]:
    """The words of the clause before a number and right behind it."""
    before = text[max(sentence.start, span.start - _REACH) : span.start]
    after = text[span.end : min(sentence.end, span.end + _REACH // 2)]
    cuts = [match.end() for match in _CLAUSE.finditer(before)]
    weak = before[: cuts[-1]] if cuts else ""
    cut = _CLAUSE.search(after)
    found: dict[str, float] = {}
    _weigh(found, weak.split()[::-1], 0.5)
    _weigh(found, before[len(weak) :].split()[::-1])
    _weigh(found, (after[: cut.start()] if cut else after).split())
    for piece in words_of(before):
        found.setdefault(piece, _OF_NUMBERED)
    return found


def _weigh(found: dict[str, float], words: Sequence[str], share: float = 1.0) -> None:
    for distance, word in enumerate(words, start=1):
        weight = share * next((weight for limit, weight in _STEPS if distance <= limit), 0.1)
        for piece in words_of(word):
            found[piece] = max(found.get(piece, 0.0), weight)


def _words_of_cell(cell: Cell, table: TextTable, text: str) -> dict[str, float]:
    caption = text[max(0, table.span.start - 2 * _REACH) : table.span.start]
    found = dict.fromkeys(words_of(caption, table.rows[0][0].of(text)), _OF_CAPTION)
    for label in table.labels(cell.row, cell.column):
        found.update(dict.fromkeys(words_of(label.of(text)), _OF_HEADER))
    return found
