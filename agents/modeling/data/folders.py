"""The tables in a folder: every CSV, Excel and Parquet file, each sheet of a workbook a table of its own."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from steepest.agents.modeling.data.catalogue import Catalogue, Source
from steepest.errors import InputError
from steepest.solvers.data.tables import SUFFIXES, WORKBOOK, from_workbook, read_table
from steepest.solvers.data.workbook_tables import Workbook

__all__ = ["MOST_TABLES", "folder_catalogue"]

MOST_TABLES = 200


def folder_catalogue(folder: Path) -> Catalogue:
    """The tables of the files in a folder, not of those in folders below it.

    A table is called as its file without its ending, the sheet behind it where there are several.

    Raises:
        InputError: There is no table in the folder, or there are too many.
        FormulationError: A workbook can't be read.
    """
    files = sorted(each for each in folder.iterdir() if _is_table(each))
    if not files:
        raise InputError(f"the folder {folder} holds no table; it may hold files that end in {', '.join(SUFFIXES)}.")
    _require_few(len(files), folder)
    stems = Counter(path.stem for path in files)
    sources: dict[str, Source] = {}
    aliases: dict[str, str] = {}
    for path in files:
        name = path.stem if stems[path.stem] == 1 else path.name
        sources.update(_tables(path, name))
        _require_few(len(sources), folder)
        if name in sources:
            aliases[path.name] = name
    return Catalogue(str(folder), sources, aliases)


def _require_few(count: int, folder: Path) -> None:
    if count > MOST_TABLES:
        raise InputError(f"the folder {folder} holds more than {MOST_TABLES} tables, sheets of workbooks among them.")


def _is_table(path: Path) -> bool:
    """Whether to read a file; an editor's lock files and hidden ones are none."""
    return path.suffix.lower() in SUFFIXES and path.is_file() and not path.name.startswith((".", "~$"))


def _tables(path: Path, name: str) -> Iterator[tuple[str, Source]]:
    if path.suffix.lower() != WORKBOOK:
        yield name, Source(partial(read_table, path))
        return
    book = Workbook(path)
    sheets = book.visible  # what its owner hid is shown to no model
    if len(sheets) < 2:
        yield name, Source(partial(from_workbook, book))
    else:
        yield from ((f"{name}/{sheet}", Source(partial(from_workbook, book, sheet))) for sheet in sheets)
