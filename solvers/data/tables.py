"""Tables of data as columns: from CSV, Excel and Parquet files, and from data frames.

A column is kept as it was read (texts, numbers, dates); `columns.py` makes numbers and labels of it, so that a message
can say in which row and column of which file something is wrong.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy.typing as npt

from steepest.solvers.checks.findings import nearest
from steepest.solvers.data.csv_tables import read_csv
from steepest.solvers.data.workbook_tables import Workbook
from steepest.solvers.diagnostics import problem

if TYPE_CHECKING:
    import pandas

Column: TypeAlias = Sequence[Any] | npt.NDArray[Any]
"""Cells as they were read: an array where all of them are numbers."""


@dataclass(frozen=True, slots=True)
class Table:
    """Named columns of one length."""

    source: str
    """How messages call it: the file, or "the data frame"."""
    names: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: Sequence[int]
    """The row of the file in which each row of the table stands, its head being row 1."""
    has_decimal_commas: bool = False
    """Whether a comma in a number could be a decimal one, as where semicolons separate the columns."""

    def __len__(self) -> int:
        return len(self.rows)

    def cell(self, row: int, column: int) -> str:
        """How messages call a cell."""
        return f'{self.source}, row {self.rows[row]}, column "{self.names[column]}"'

    def find(self, name: str) -> int | None:
        """The column of a name, whatever its case, spaces and unit.

        Raises:
            FormulationError: Two columns have the name.
        """
        wanted = plain_name(name)
        exact = [place for place, each in enumerate(self.names) if each == name]
        found = exact or [place for place, each in enumerate(self.names) if plain_name(each) == wanted]
        if len(found) > 1:
            names = " and ".join(f'"{self.names[place]}"' for place in found)
            raise problem("ambiguous-column", f"{self.source} has more than one column {name}: {names}")
        return found[0] if found else None

    def column(self, name: str) -> int:
        """The column of a name that has to be there.

        Raises:
            FormulationError: There is none, or there are two.
        """
        place = self.find(name)
        if place is None:
            close = nearest(name, self.names)
            raise problem(
                "missing-column",
                f'{self.source} has no column "{name}"; it has {self.listed_names()}',
                repair=f'did you mean "{close}"?' if close else None,
            )
        return place

    def listed_names(self) -> str:
        """The names of the columns, as messages list them."""
        return ", ".join(f'"{name}"' for name in self.names) or "no columns"


def plain_name(name: str) -> str:
    """A name without what does not tell columns apart: case, spaces, `_`, `-`, and a unit behind it."""
    text = name.strip().casefold()
    for opening, closing in (("[", "]"), ("(", ")")):
        if text.endswith(closing) and opening in text[1:]:
            text = text[: text.rindex(opening)]
    return "".join(letter for letter in text if letter not in " _-")


def read_table(path: Path, sheet: str | None = None) -> Table:
    """Read a file; which kind it is, its ending says.

    Args:
        path: The file.
        sheet: The sheet of a workbook; the first one that is not hidden if None.

    Raises:
        FormulationError: There is no such file or sheet, it is of another kind, or its content is no table.
    """
    require_table_file(path)
    try:
        return SUFFIXES[path.suffix.lower()](path, sheet)
    except OSError as error:
        raise problem("unreadable-file", f"{path.name} can't be read: {error.strerror or error}") from error


def require_table_file(path: Path) -> None:
    """Refuse what is no file of a kind that can be read.

    Raises:
        FormulationError: There is no such file, or its ending is another one.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise problem(
            "unknown-file-kind",
            f"{path.name} is no table that can be read",
            repair=f"give a file that ends in {', '.join(SUFFIXES)}",
        )
    if not path.is_file():
        close = nearest(path.name, (each.name for each in path.parent.glob("*"))) if path.parent.is_dir() else None
        raise problem("no-file", f"there is no file {path}", repair=f"did you mean {close}?" if close else None)


def from_workbook(book: Workbook, sheet: str | None = None) -> Table:
    """A sheet of a workbook as a table; the first one that is not hidden if None.

    Raises:
        FormulationError: There is no such sheet, or its content is no table.
    """
    content = book.read(sheet)
    return Table(book.path.name, content.names, content.columns, content.rows)


def from_frame(frame: "pandas.DataFrame", source: str = "the data frame") -> Table:
    """A data frame as a table; an index that is more than row numbers is its first columns."""
    if type(frame.index).__name__ != "RangeIndex":
        frame = frame.reset_index()
    if getattr(frame.columns, "nlevels", 1) > 1:
        raise problem("several-heads", f"{source} has columns with several levels of names", repair="flatten them")
    names = tuple(str(name) for name in frame.columns)
    columns = tuple(_frame_column(frame.iloc[:, place]) for place in range(len(names)))
    return Table(source, names, columns, range(2, len(frame) + 2))


def _frame_column(series: "pandas.Series[Any]") -> Column:
    if series.dtype.kind in "iuf" and isinstance(series.dtype.name, str) and series.dtype.name.islower():
        return series.to_numpy()
    return [_single(value) for value in series.tolist()]


def _single(value: object) -> object:
    """A cell without pandas' own words for "nothing"; a list or a record in it is no more than its text."""
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    return str(value) if isinstance(value, list | dict | set) else value


def _read_csv(path: Path, _sheet: str | None) -> Table:
    content = read_csv(path)
    decimal_commas = content.delimiter == ";"
    return Table(path.name, content.names, content.columns, content.rows, has_decimal_commas=decimal_commas)


def _read_workbook(path: Path, sheet: str | None) -> Table:
    return from_workbook(Workbook(path), sheet)


def _read_parquet(path: Path, _sheet: str | None) -> Table:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise problem(
            "missing-package",
            f"{path.name} needs the package pyarrow, which is not installed",
            repair="pip install 'steepest[tables]', or save the table as CSV",
        ) from error
    try:
        content = pyarrow.parquet.read_table(path)
    except (pyarrow.ArrowException, OSError) as error:
        told = " ".join(filter(str.isprintable, str(error).replace(str(path), path.name).split()))
        raise problem("unreadable-file", f"{path.name} is no Parquet file that can be read: {told}") from error
    columns = tuple(_arrow_column(column) for column in content.columns)
    return Table(path.name, tuple(content.column_names), columns, range(2, content.num_rows + 2))


def _arrow_column(column: Any) -> Column:
    import pyarrow.types

    is_number = pyarrow.types.is_integer(column.type) or pyarrow.types.is_floating(column.type)
    if is_number and not column.null_count:
        numbers: Column = column.to_numpy()
        return numbers
    return [_single(value) for value in column.to_pylist()]


WORKBOOK = ".xlsx"
SUFFIXES: dict[str, Callable[[Path, str | None], Table]] = {
    ".csv": _read_csv,
    ".tsv": _read_csv,
    WORKBOOK: _read_workbook,
    ".parquet": _read_parquet,
}
"""The kinds of files that can be read, by their endings."""
