"""The rows of a sheet as they stand in its XML, whatever it says of its own size; what is out of order is refused."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Final, TypeAlias

from steepest.solvers.data.cell_formats import Moment
from steepest.solvers.data.markup import TooLarge
from steepest.solvers.data.workbook_parts import Shared, is_true, unescaped

Row: TypeAlias = Mapping[int, object]
"""The cells with anything in them, by their column; the first is 1."""

MOST_CELLS = 2_000_000
"""Of a sheet, with the empty ones that it spells out."""
_MOST_ROWS = 1_048_576
_MOST_COLUMNS = 16_384
"""Excel's own limits of a sheet."""
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,12})", re.ASCII)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,4})?", re.ASCII)
_LONGEST_NUMBER = 400

NOT_COMPUTED: Final = object()
"""Stands in a cell for the value of a formula that no spreadsheet program has computed."""


class SheetRows:
    """Takes the events of a sheet's XML and hands over each row with anything in it."""

    tags = ("sheetData", "row", "c", "f", "v", "t", "rPh")
    most = 4 * MOST_CELLS

    def __init__(self, shared: Shared, take: Callable[[int, Row], None]) -> None:
        self._shared = shared
        self._take = take
        self._count = 0
        self._row = self._column = 0
        self._cells: dict[int, object] = {}
        self._within = [""]
        self._kind = self._style = ""
        self._pieces: list[str] = []
        self._is_told = self._is_formula = self._has_value = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A row, a cell or a part of a cell begins."""
        if tag in _INSIDE and self._within[-1] != _INSIDE[tag]:
            raise ValueError(f"<{tag}> stands where it can't, after {self._place()}")
        if tag == "c":
            self._start_cell(attributes)
        elif tag == "v":
            self._has_value = self._is_first(self._has_value)
            self._is_told = self._kind != "inlineStr"
        elif tag == "f":
            self._is_formula = self._is_first(self._is_formula)
        elif tag == "row":
            self._start_row(attributes)
        elif tag == "t":
            self._is_told = self._kind == "inlineStr" and "rPh" not in self._within
        self._within.append(tag)

    def end(self, tag: str) -> None:
        """A row, a cell or a part of a cell ends."""
        self._within.pop()
        if tag in ("v", "t"):
            self._is_told = False
        elif tag == "c":
            value = self._value()
            if value is not None:
                self._cells[self._column] = value
        elif tag == "row" and self._cells:
            self._take(self._row, self._cells)
            self._cells = {}

    def text(self, text: str) -> None:
        """A part of what a cell holds, or something between elements."""
        if self._is_told:
            self._pieces.append(text)

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        before = self._row
        self._row, self._column = _whole(attributes.get("r"), before + 1), 0
        if self._row <= before:
            raise ValueError(f"rows are not in their order: {self._row} comes after {before}")
        if self._row > _MOST_ROWS:
            raise TooLarge(f"more than {_MOST_ROWS:,} rows")

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        self._count += 1
        if self._count > MOST_CELLS:
            raise TooLarge(f"more than {MOST_CELLS:,} cells")
        before, place = self._column, attributes.get("r")
        self._column = before + 1 if place is None else self._column_of(place)
        if self._column <= before:
            raise ValueError(f"cells are not in their order: {self._place()} comes after {place_of(before, self._row)}")
        if self._column > _MOST_COLUMNS:
            raise TooLarge(f"more than {_MOST_COLUMNS:,} cells in row {self._row}")
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._pieces.clear()
        self._is_formula = self._has_value = False

    def _is_first(self, was: bool) -> bool:
        if was:
            raise ValueError(f"{self._place()} has two values or formulas")
        return True

    def _column_of(self, place: str) -> int:
        found = _PLACE.fullmatch(place)
        if found is None:
            raise ValueError(f"`{place[:20]}` in row {self._row} is no cell")
        if int(found[2]) != self._row:
            raise ValueError(f"cells are not in their order: {place} stands in row {self._row}")
        column = 0
        for letter in found[1]:
            column = column * 26 + ord(letter) - 64
        return column

    def _place(self) -> str:
        return place_of(self._column, self._row)

    def _value(self) -> object:
        """What a cell holds; None for an empty one."""
        text = "".join(self._pieces)
        if self._is_formula and not self._is_computed(text):
            return NOT_COMPUTED
        if not text:
            return None
        read = _KINDS.get(self._kind)
        if read is None:
            raise ValueError(f"{self._place()} is of no kind that there is: {self._kind[:20]}")
        try:
            return read(text, self._shared, self._style)
        except ValueError as error:
            raise ValueError(f"{self._place()} holds `{text[:60]}`, which is {error}") from error

    def _is_computed(self, text: str) -> bool:
        """Whether a formula's value is stored; some programs store none, or a zero and the wish to compute all."""
        if self._kind == "str":
            return self._has_value
        return bool(text) and not (self._shared.awaits_values and text == "0")


_INSIDE = {"row": "sheetData", "c": "row", "f": "c", "v": "c"}
"""Where elements have to stand directly."""


def place_of(column: int, row: int) -> str:
    """How a spreadsheet calls a cell, such as B3."""
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row}"


def _whole(text: str | None, otherwise: int) -> int:
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise ValueError(f"`{text[:20]}` is no row")
    return int(text)


def _number(text: str, shared: Shared, style: str) -> float | Moment | str:
    plain = text.strip()
    if len(plain) > _LONGEST_NUMBER or not _NUMBER.fullmatch(plain):
        raise ValueError("no number")
    number = int(plain) if plain.lstrip("+-").isdigit() else float(plain)
    return shared.formats.shown(number, style)


def _shared_text(text: str, shared: Shared, _style: str) -> str | None:
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and int(text) < len(shared.texts)):
        raise ValueError("the number of no text")
    return shared.texts[int(text)] or None


def _own_text(text: str, _shared: Shared, _style: str) -> str:
    return unescaped(text)


def _truth(text: str, _shared: Shared, _style: str) -> bool:
    if text not in ("0", "1", "false", "true"):
        raise ValueError("neither true nor false")
    return is_true(text)


def _error(text: str, _shared: Shared, _style: str) -> str:
    if not text.startswith("#"):
        raise ValueError("no error that there is")
    return text


def _iso_moment(text: str, _shared: Shared, _style: str) -> datetime | time:
    plain = text.removesuffix("Z")
    try:
        return datetime.fromisoformat(plain) if "-" in plain else time.fromisoformat(plain)
    except ValueError as error:
        raise ValueError("no date") from error


_KINDS: dict[str, Callable[[str, Shared, str], object]] = {
    "n": _number,
    "s": _shared_text,
    "str": _own_text,
    "inlineStr": _own_text,
    "b": _truth,
    "e": _error,
    "d": _iso_moment,
}
