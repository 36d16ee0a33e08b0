"""CSV files as columns of texts, whatever separates them."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from steepest.solvers.diagnostics import problem

_DELIMITERS = ",;\t"
_FIELD_LIMIT = 1_000_000
"""Characters in one cell: a quotation mark that nothing closes would swallow the rest of the file."""


@dataclass(frozen=True, slots=True)
class CsvColumns:
    """A CSV file's columns."""

    names: tuple[str, ...]
    columns: tuple[list[str], ...]
    rows: Sequence[int]
    """The row of the file in which each row of the columns stands."""
    delimiter: str


def read_csv(path: Path) -> CsvColumns:
    """Read a CSV file.

    Raises:
        FormulationError: The file is empty, is no text, or has rows of different lengths.
    """
    text = _decoded(path).replace("\r\n", "\n").replace("\r", "\n")
    delimiter = "\t" if path.suffix.lower() == ".tsv" else _delimiter(text.lstrip("\n").partition("\n")[0])
    cells, lengths = _quoted(path, text, delimiter) if '"' in text else _plain(text, delimiter)
    rows = [row for row, length in enumerate(lengths, 1) if length]
    if not rows:
        raise problem("empty-table", f"{path.name} is empty")
    width = lengths[rows[0] - 1]
    if set(lengths) - {0, width}:
        ragged = next(row for row in rows if lengths[row - 1] != width)
        raise problem(
            "ragged-table",
            f"{path.name}, row {ragged} has {lengths[ragged - 1]} cells, its head has {width}",
            repair="put a cell with a comma in it in quotation marks, and fill every cell",
        )
    columns = tuple(cells[width + place :: width] for place in range(width))
    return CsvColumns(tuple(name.strip() for name in cells[:width]), columns, rows[1:], delimiter)


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


def _plain(text: str, delimiter: str) -> tuple[list[str], list[int]]:
    """All cells, and how many each row has; where nothing is quoted, every delimiter parts two cells."""
    lines = text.split("\n")
    lengths = [line.count(delimiter) + 1 if line else 0 for line in lines]
    return delimiter.join(line for line in lines if line).split(delimiter), lengths


def _quoted(path: Path, text: str, delimiter: str) -> tuple[list[str], list[int]]:
    """All cells, and how many each row has; read twice, as keeping a million rows as lists takes longer."""
    csv.field_size_limit(_FIELD_LIMIT)

    def rows() -> Iterator[list[str]]:
        return csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True)

    try:
        return list(chain.from_iterable(rows())), list(map(len, rows()))
    except csv.Error as error:
        raise problem("unreadable-file", f"{path.name} is no CSV file: {error}") from error
