"""CSV files as rows of texts, whatever separates their columns."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from steepest.solvers.diagnostics import problem

Rows: TypeAlias = Sequence[Sequence[str]]

_DELIMITERS = ",;\t"
_FIELD_LIMIT = 1_000_000
"""Characters in one cell: a quotation mark that nothing closes would swallow the rest of the file."""


def read_csv_rows(path: Path) -> tuple[list[str], Rows, Sequence[int], str]:
    """The head, the rows, the row numbers in the file, and the delimiter.

    Raises:
        FormulationError: The file is empty, is no text, or has rows of different lengths.
    """
    text = _decoded(path)
    delimiter = "\t" if path.suffix.lower() == ".tsv" else _delimiter(text.partition("\n")[0])
    csv.field_size_limit(_FIELD_LIMIT)
    try:
        rows = list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter, skipinitialspace=True))
    except csv.Error as error:
        raise problem("unreadable-file", f"{path.name} is no CSV file: {error}") from error
    numbers: Sequence[int] = range(1, len(rows) + 1)
    if not all(rows):
        numbers = [number for number, row in enumerate(rows, 1) if row]
        rows = [row for row in rows if row]
    if not rows:
        raise problem("empty-table", f"{path.name} is empty")
    _require_one_length(path, rows, numbers)
    return [name.strip() for name in rows[0]], rows[1:], numbers[1:], delimiter


def _decoded(path: Path) -> str:
    content = path.read_bytes()
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"{path.name} is not UTF-8 text: byte {error.start + 1} can't be read"
        raise problem("unreadable-file", message, repair="save it as CSV UTF-8") from error
    if "\0" in text:
        raise problem("unreadable-file", f"{path.name} is no text: it holds a zero byte")
    return text


def _delimiter(head: str) -> str:
    """What separates the columns: the sign that stands most often in the head outside of quotation marks."""
    bare = "".join(head.split('"')[::2])
    return max(_DELIMITERS, key=bare.count)


def _require_one_length(path: Path, rows: Rows, numbers: Sequence[int]) -> None:
    width = len(rows[0])
    if set(map(len, rows)) == {width}:
        return
    place = next(place for place, row in enumerate(rows) if len(row) != width)
    raise problem(
        "ragged-table",
        f"{path.name}, row {numbers[place]} has {len(rows[place])} cells, its head has {width}",
        repair="put a cell with a comma in it in quotation marks" if len(rows[place]) > width else "fill every cell",
    )
