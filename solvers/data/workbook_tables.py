"""Excel sheets as columns of cells, however damaged or large the file is.

A workbook is packed: a few kilobytes may unpack to more than a machine holds, and one cell far away from the others
stretches a sheet over millions of empty ones. What is read has therefore limits.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias
from zipfile import BadZipFile, ZipFile

from steepest.solvers.diagnostics import FormulationError, problem

_MOST_BYTES = 128 * 1024**2
"""Of a workbook once it is unpacked."""
_MOST_CELLS = 2_000_000
"""Of a sheet, with the empty ones before the last one of each row."""
_MOST_ROWS = 1_048_576
"""Excel's own limit of a sheet."""
_PLACE = re.compile(rb"<(?:\w+:)?(?:row|c)\b[^<>]*?\sr=[\"']([A-Z]*)(\d{1,12})[\"']")
"""Of a row or a cell in a sheet's own text."""
_ANEW = "open it in a spreadsheet program and save it anew, or save it as CSV"
_SMALLER = "delete what is empty or far away from the table in it, or save the sheet as CSV"

_Line: TypeAlias = tuple[int, Sequence[object]]
"""A row's number and its cells."""


@dataclass(frozen=True, slots=True)
class SheetColumns:
    """A sheet's columns: those that have a head."""

    names: tuple[str, ...]
    columns: tuple[tuple[object, ...], ...]
    rows: Sequence[int]
    """The row of the sheet in which each row of the columns stands."""


def sheets_of(path: Path) -> list[str]:
    """The names of a workbook's sheets; none for other files.

    Raises:
        FormulationError: It is no workbook.
    """
    if path.suffix.lower() != ".xlsx":
        return []
    with _opened(path) as book:
        return [str(each) for each in book.sheetnames]


def read_sheet(path: Path, sheet: str | None) -> SheetColumns:
    """Read a sheet: its first filled row is the head, and of the rows below it those that are empty are no data.

    Args:
        path: The workbook.
        sheet: The sheet's name, if there is one of that name; otherwise its first.

    Raises:
        FormulationError: The file is damaged, too large, or holds no data.
    """
    with _opened(path) as book:
        _require_order(path)
        lines = _filled(path, _page(path, book, sheet))
        head = next(lines, None)
        if head is None:
            raise problem("empty-table", f"{path.name} holds no data")
        names = _names(head[1])
        body = list(_body(path, lines, len(names)))
    cells = [line for _, line in body]
    columns = tuple(zip(*cells, strict=True)) if cells else tuple(() for _ in names)
    return SheetColumns(names, columns, [number for number, _ in body])


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """The workbook; whatever goes wrong with it in here is told as the file's damage."""
    try:
        import openpyxl
    except ImportError as error:
        raise missing_extra(path, "openpyxl") from error
    try:
        with path.open("rb") as file:
            _require_small(path.name, file)
            yield openpyxl.load_workbook(file, read_only=True, data_only=True)
    except (OSError, MemoryError, FormulationError):
        raise
    except BadZipFile as error:
        raise problem("unreadable-file", f"{path.name} is no Excel workbook: {error}") from error
    except Exception as error:  # a damaged part ends in whatever openpyxl stumbles over: there is no list of it
        raise problem(
            "unreadable-file",
            f"{path.name} is no Excel workbook that can be read: {error}",
            repair=_ANEW,
        ) from error


def _require_small(name: str, file: BinaryIO) -> None:
    with ZipFile(file) as packed:
        size = sum(each.file_size for each in packed.infolist())
    if size > _MOST_BYTES:
        told = f"is {size // 1024**2:,} MB once it is unpacked; {_MOST_BYTES // 1024**2} MB is the most"
        raise problem("too-large-table", f"{name} {told}", repair=_SMALLER)


def _require_order(path: Path) -> None:
    """Refuse what openpyxl would leave out untold: rows and cells behind one that comes later."""
    with ZipFile(path) as packed:
        for name in packed.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml") and not _is_ordered(packed.read(name)):
                message = f"{path.name} is damaged: rows or cells of a sheet are not in their order"
                raise problem("unreadable-file", message, repair=_ANEW)


def _is_ordered(sheet: bytes) -> bool:
    row, column = 0, (0, b"")
    for place in _PLACE.finditer(sheet):
        letters, number = place.groups()
        if letters:
            before, column = column, (len(letters), letters)
            if column <= before:
                return False
        else:
            before_row, row, column = row, int(number), (0, b"")
            if row <= before_row:
                return False
    return True


def _page(path: Path, book: Any, sheet: str | None) -> Any:
    pages = {page.title: page for page in book.worksheets}
    if not pages:
        raise problem("empty-table", f"{path.name} holds no sheet with cells")
    page = pages.get(sheet) or next(iter(pages.values()))
    page.reset_dimensions()  # what the file says of its own size may be wrong, and rows beyond it would be left out
    return page


def _filled(path: Path, page: Any) -> Iterator[_Line]:
    """The rows with anything in them.

    Raises:
        FormulationError: There are more cells than can be read in seconds.
    """
    read = 0
    for number, line in enumerate(page.iter_rows(values_only=True), 1):
        read += len(line)
        if read > _MOST_CELLS:
            raise _too_large(path, f"{_MOST_CELLS:,} cells")
        if number > _MOST_ROWS:
            raise _too_large(path, f"{_MOST_ROWS:,} rows")
        if not _is_empty(line):
            yield number, line


def _body(path: Path, lines: Iterator[_Line], width: int) -> Iterator[_Line]:
    """The rows below the head, as wide as it; what stands beside the table is none of it.

    Raises:
        FormulationError: The head is so wide that they are too many cells.
    """
    count = 0
    for number, line in lines:
        if _is_empty(line[:width]):
            continue
        count += width
        if count > _MOST_CELLS:
            raise _too_large(path, f"{_MOST_CELLS:,} cells")
        yield number, (*line, *(None,) * (width - len(line)))[:width]


def _too_large(path: Path, limit: str) -> FormulationError:
    return problem("too-large-table", f"{path.name} has a sheet of more than {limit}", repair=_SMALLER)


def _is_empty(line: Sequence[object]) -> bool:
    return line.count(None) == len(line)


def _names(head: Sequence[object]) -> tuple[str, ...]:
    width = max(place for place, value in enumerate(head, 1) if value is not None)
    return tuple("" if value is None else str(value) for value in head[:width])


def missing_extra(path: Path, package: str) -> Exception:
    """The error of a kind of file whose package is not installed."""
    return problem(
        "missing-package",
        f"{path.name} needs the package {package}, which is not installed",
        repair="pip install 'steepest[tables]', or save the table as CSV",
    )
