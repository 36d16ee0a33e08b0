"""Tables in the text: their lines read into a grid of cells.

A grid comes from lines with pipes (`| corn | 3 |`), from `corn: 3 | 4`, or from columns set apart by spaces. What its
cells mean (a matrix, a record per label, key columns) is decided by `reader_parameters`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from steepest.solvers.diagnostics import Diagnostics, FormulationError, Place, problem
from steepest.solvers.text.lines import Line, masked

_RULE_CELL = re.compile(r":?-+:?\Z")
_RULE_LINE = re.compile(r"\s*\+?[-=+:| ]*-[-=+:| ]*\Z")
_COLON_ROW = re.compile(r'\s*(?P<label>"(?:[^"\\]|\\.)*"|[^\s:|][^:|]*?)\s{0,80}:(?=\s|$)')
_SPACED = re.compile(r'"(?:[^"\\]|\\.)*"|\S+')


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one line."""

    cells: list[str]
    place: Place


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column: its text, and the unit in brackets behind it."""

    text: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class Grid:
    """A table's head and its rows, every row as long as the head."""

    head: list[Column]
    rows: list[Row]
    place: Place

    @property
    def corner(self) -> str:
        """What stands over the labels of the rows."""
        return self.head[0].text


def read_grid(
    lines: Sequence[Line],
    head: str,
    element: str,
    place: Place,
    diagnostics: Diagnostics,
    *,
    symmetric: bool = False,
) -> Grid:
    """The grid that a table's lines make.

    Args:
        lines: The lines under the table's first one.
        head: A head on the first line (`table [Product]: cooking | labor`), or nothing.
        element: The table's name in findings.
        place: Where its first line stands.
        diagnostics: Where notes and the findings about single rows are added.
        symmetric: Whether rows may leave out what stands left of the diagonal.

    Raises:
        FormulationError: There are no rows.
    """
    rows = _rows(lines)
    if not rows:
        raise _empty("the table has no rows", element, place)
    if head.strip():
        columns = [Column("", None), *(_column(cell) for cell in _split(head))]
        columns = _with_units(columns, rows)
    else:
        columns, rows = [_column(cell) for cell in rows[0].cells], rows[1:]
    columns = _cornered(columns, rows, symmetric)
    if not rows:
        raise _empty("the table has no rows under its head", element, place)
    return Grid(columns, _checked(columns, rows, element, diagnostics, symmetric), lines[0].place)


def _rows(lines: Sequence[Line]) -> list[Row]:
    if any("|" in line.code for line in lines):
        found = [Row(_piped(line.code), line.place) for line in lines]
    else:
        lines = [line for line in lines if _RULE_LINE.match(line.code[:2000]) is None]
        found = [Row(_spaced(line.code), line.place) for line in lines]
    return [row for row in found if not _is_rule(row)]


def _empty(message: str, element: str, place: Place) -> FormulationError:
    return problem("empty-table", message, element=element, place=place, repair="write `| label | value |` rows")


def _is_rule(row: Row) -> bool:
    """Whether a row is the line of dashes that Markdown sets under a head."""
    return row.cells[0][:1] in ("-", ":") and all(_RULE_CELL.match(cell) for cell in row.cells)


def _piped(code: str) -> list[str]:
    text = code.strip()
    if not text.startswith("|"):
        label = _COLON_ROW.match(text)
        if label is not None:
            return [label["label"].strip(), *_split(text[label.end() :])]
    return _split(text)


def _split(text: str) -> list[str]:
    """The cells between pipes; pipes at the ends are none of them."""
    text = text.strip()
    begin = 1 if text.startswith("|") else 0
    end = len(text) - 1 if text.endswith("|") and len(text) > 1 else len(text)
    if '"' not in text:
        return [cell.strip() for cell in text[begin:end].split("|")]
    plain, cells, position = masked(text), [], begin
    for match in re.finditer(r"\|", plain[begin:end]):
        cells.append(text[position : begin + match.start()].strip())
        position = begin + match.end()
    return [*cells, text[position:end].strip()]


def _spaced(code: str) -> list[str]:
    """Cells set apart by spaces; a unit in parentheses belongs to the word before it."""
    label = _COLON_ROW.match(code)
    start = [label["label"].strip()] if label is not None else []
    cells = start
    for match in _SPACED.finditer(code, label.end() if label is not None else 0):
        piece = match.group()
        if cells and piece[0] in "([" and piece[-1] in ")]":
            cells[-1] += f" {piece}"
        else:
            cells.append(piece)
    return cells


def _column(cell: str) -> Column:
    """A head's text and the unit in the brackets or parentheses behind it."""
    if cell[-1:] not in ("]", ")"):
        return Column(cell, None)
    opening = cell.rfind("[") if cell[-1] == "]" else cell.rfind("(")
    if opening < 0:
        return Column(cell, None)
    return Column(cell[:opening].strip(), " ".join(cell[opening + 1 : -1].split()) or None)


def _with_units(columns: list[Column], rows: list[Row]) -> list[Column]:
    """The columns with the units of a row `units: h | $`, which is taken out of the rows."""
    if not rows or rows[0].cells[0].lower() not in ("unit", "units") or len(rows[0].cells) != len(columns):
        return columns
    units = rows.pop(0).cells
    return [
        Column(column.text, column.unit or unit or None) for column, unit in zip(columns, ["", *units[1:]], strict=True)
    ]


def _cornered(columns: list[Column], rows: list[Row], symmetric: bool) -> list[Column]:
    """The columns with an empty corner in front, where the head of a spaced table has none."""
    if not rows:
        return columns
    longest = max(len(row.cells) for row in rows) if symmetric else len(rows[0].cells)
    if longest == len(columns) + 1:
        return [Column("", None), *columns]
    return columns


def _checked(
    columns: list[Column], rows: list[Row], element: str, diagnostics: Diagnostics, symmetric: bool
) -> list[Row]:
    kept: list[Row] = []
    width = len(columns)
    for number, row in enumerate(rows):
        if symmetric and len(row.cells) < width:
            row = _padded(row, width, number)
        if len(row.cells) == width:
            kept.append(row)
            continue
        diagnostics.add(
            "error",
            "lost-cell",
            f"the row of `{row.cells[0][:40]}` has {len(row.cells)} cells, but the head has {width}",
            element=element,
            place=row.place,
            repair="write one cell for each column, `-` for an absent one; labels with spaces go between pipes",
        )
    return kept


def _padded(row: Row, width: int, number: int) -> Row:
    """A row of an upper triangle, with absent cells in place of what is left out."""
    if len(row.cells) != width - number:
        return row
    return Row([row.cells[0], *["-"] * number, *row.cells[1:]], row.place)
