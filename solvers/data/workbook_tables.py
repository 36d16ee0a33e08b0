"""Excel workbooks as columns of cells, however damaged or large they are.

A workbook is packed: a few kilobytes may unpack to more than a machine holds. What is read has therefore limits, and
nothing of it is left out because it is not as it should be: then the workbook is refused.
"""

import lzma
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from os import fstat
from pathlib import Path
from typing import BinaryIO
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile, ZipFile

from steepest.solvers.checks.findings import nearest
from steepest.solvers.data.markup import TooLarge
from steepest.solvers.data.sheet_rows import MOST_CELLS, NOT_COMPUTED, Row, SheetRows, place_of
from steepest.solvers.data.workbook_parts import Shared, Sheet, read_shared, scan_part
from steepest.solvers.diagnostics import FormulationError, problem

_MOST_BYTES = 128 * 1024**2
"""Of a workbook once it is unpacked."""
_DAMAGES = (
    *(BadZipFile, ExpatError, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, LookupError, RuntimeError, ValueError),
)
"""What a damaged file ends in: where it is unpacked, as XML, or as a workbook."""
_ANEW = "open it in a spreadsheet program and save it anew as .xlsx without a password, or save it as CSV"
_SMALLER = "delete what is empty or far away from the table in it, or save the sheet as CSV"


@dataclass(frozen=True, slots=True)
class SheetColumns:
    """A sheet's columns: those that have a head."""

    names: tuple[str, ...]
    columns: tuple[tuple[object, ...], ...]
    rows: Sequence[int]
    """The row of the sheet in which each row of the columns stands."""


class Workbook:
    """An Excel file; what its sheets share is read once for all of them, as long as the file stays the same."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._version: tuple[int, ...] | None = None
        self._shared: Shared | None = None

    @property
    def titles(self) -> list[str]:
        """The names of its sheets of cells.

        Raises:
            FormulationError: It is no workbook.
        """
        with self._opened() as (_, shared):
            return [sheet.title for sheet in shared.sheets]

    @property
    def visible(self) -> list[str]:
        """The names of its sheets of cells that are not hidden; raises like `titles`."""
        with self._opened() as (_, shared):
            return [sheet.title for sheet in shared.sheets if not sheet.is_hidden]

    def read(self, title: str | None = None) -> SheetColumns:
        """Read a sheet: its first filled row is the head, and of the rows below it those that are empty are no data.

        Args:
            title: The sheet's name; the first one that is not hidden if None.

        Raises:
            FormulationError: There is no such sheet, the file is damaged or too large, or the sheet holds no data.
        """
        with self._opened() as (packed, shared):
            sheet = _chosen(self.path, shared.sheets, title)
            table = _SheetTable(f"{self.path.name}, sheet {sheet.title}")
            with _within(sheet.title):
                scan_part(packed, sheet.part, SheetRows(shared, table.take))
        if not table.names:
            raise problem("empty-table", f"{self.path.name} holds no data in its sheet {sheet.title}")
        return SheetColumns(table.names, tuple(map(tuple, table.columns)), table.rows)

    @contextmanager
    def _opened(self) -> Iterator[tuple[ZipFile, Shared]]:
        """The file and what its sheets share; whatever goes wrong with it in here is told as the file's damage."""
        name = self.path.name
        try:
            with self.path.open("rb") as file, ZipFile(file) as packed:
                _require_small(packed)
                yield packed, self._shared_of(file, packed)
        except FormulationError:
            raise
        except TooLarge as error:
            raise problem("too-large-table", f"{name} is too large: {error}", repair=_SMALLER) from error
        except OSError as error:
            raise problem("unreadable-file", f"{name} can't be read: {error.strerror or error}") from error
        except _DAMAGES as error:
            message = f"{name} is no Excel workbook that can be read: {error}"
            raise problem("unreadable-file", message, repair=_ANEW) from error

    def _shared_of(self, file: BinaryIO, packed: ZipFile) -> Shared:
        now = fstat(file.fileno())
        version = (now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns)
        if self._shared is None or self._version != version:
            self._shared, self._version = read_shared(packed), version
        return self._shared


def _require_small(packed: ZipFile) -> None:
    size = sum(each.file_size for each in packed.infolist())
    if size > _MOST_BYTES:
        raise TooLarge(f"it is {size // 1024**2:,} MB once it is unpacked; {_MOST_BYTES // 1024**2} MB is the most")


@contextmanager
def _within(title: str) -> Iterator[None]:
    """Say of what goes wrong in which sheet it does."""
    try:
        yield
    except TooLarge as error:
        raise TooLarge(f"sheet {title}: {error}") from error
    except (ExpatError, ValueError) as error:
        raise ValueError(f"sheet {title}: {error}") from error


def _chosen(path: Path, sheets: Sequence[Sheet], title: str | None) -> Sheet:
    if not sheets:
        raise problem("empty-table", f"{path.name} holds no sheet with cells")
    if title is None:
        return next((sheet for sheet in sheets if not sheet.is_hidden), sheets[0])
    found = next((sheet for sheet in sheets if sheet.title == title), None)
    if found is None:
        titles = [sheet.title for sheet in sheets]
        close = nearest(title, titles)
        message = f'{path.name} has no sheet "{title}"; it has {", ".join(titles)}'
        raise problem("missing-sheet", message, repair=f'did you mean "{close}"?' if close else None)
    return found


class _SheetTable:
    """The table in a sheet, made of its rows as they come; what stands beside it is none of it."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.names: tuple[str, ...] = ()
        self.columns: tuple[list[object], ...] = ()
        self.rows: list[int] = []

    def take(self, number: int, row: Row) -> None:
        """Add a row with anything in it."""
        if not self.names:
            self._take_head(number, row)
            return
        width = len(self.names)
        if min(row) > width:
            return
        self.rows.append(number)
        if len(self.rows) * width > MOST_CELLS:
            raise TooLarge(f"more than {MOST_CELLS:,} cells below its head")
        cells = [row.get(place) for place in range(1, width + 1)]
        self._require_computed(number, cells)
        for column, cell in zip(self.columns, cells, strict=True):
            column.append(cell)

    def _take_head(self, number: int, row: Row) -> None:
        head = [row.get(place) for place in range(1, max(row) + 1)]
        self._require_computed(number, head)
        self.names = tuple("" if value is None else str(value) for value in head)
        self.columns = tuple([] for _ in head)

    def _require_computed(self, number: int, cells: Sequence[object]) -> None:
        if NOT_COMPUTED in cells:
            raise problem(
                "formula-without-value",
                f"{self.source}: {place_of(cells.index(NOT_COMPUTED) + 1, number)} is a formula whose value was never "
                "computed",
                repair="open the file in a spreadsheet program and save it, or save the sheet as CSV",
            )
