"""Where tables come from: what a user binds by name, and the files that a formulation names itself."""

from os import fsencode
from pathlib import Path, PurePosixPath, PureWindowsPath

from steepest.solvers.data.tables import (
    SUFFIXES,
    WORKBOOK,
    Table,
    from_frame,
    from_workbook,
    read_table,
    require_table_file,
)
from steepest.solvers.data.workbook_tables import Workbook
from steepest.solvers.diagnostics import problem


class TableFiles:
    """Reads each file once, however many elements it has data for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._books: dict[Path, Workbook] = {}
        self._read: dict[tuple[Path, str | None], Table] = {}

    def bound(self, name: str, value: object) -> Table | None:
        """What a user has bound to a name as a table; None for data that are no table."""
        if isinstance(value, Table):
            return value
        if isinstance(value, Path) or (isinstance(value, str) and Path(value).suffix.lower() in SUFFIXES):
            return self._file(Path(value), name)
        if type(value).__module__.partition(".")[0] != "pandas":
            return None
        frame = value if hasattr(value, "columns") else value.to_frame(name)  # type: ignore[attr-defined]  # a series
        return from_frame(frame)  # type: ignore[arg-type]  # told by its module

    def own(self, name: str, path: str) -> Table:
        """A file that the formulation names: of its own folder only, since a model may have written the path.

        Raises:
            FormulationError: The path leads out of the folder, or the file can't be read.
        """
        if _leads_away(path) or not (self.folder / path).resolve().is_relative_to(self.folder.resolve()):
            raise problem(
                "path-outside",
                f"the formulation names the file {path}, which is not in its own folder",
                repair=f"if it is the right one, bind it yourself: --data {name}={path}",
            )
        return self._file(self.folder / path, name)

    def _file(self, path: Path, name: str) -> Table:
        if path.suffix.lower() == WORKBOOK:
            return self._sheet(path, name)
        if (path, None) not in self._read:
            self._read[path, None] = read_table(path)
        return self._read[path, None]

    def _sheet(self, path: Path, name: str) -> Table:
        """The sheet of a name, or where there is none, the first one that is not hidden."""
        require_table_file(path)
        book = self._books.setdefault(path, Workbook(path))
        sheet = name if name in book.titles else None
        if (path, sheet) not in self._read:
            self._read[path, sheet] = from_workbook(book, sheet)
        return self._read[path, sheet]


def _leads_away(text: str) -> bool:
    """Whether a path could lead out of a folder, in the notation of any system, or is none."""
    if not _is_path(text):
        return True
    posix, windows = PurePosixPath(text), PureWindowsPath(text)
    absolute = posix.is_absolute() or bool(windows.drive or windows.root)
    return absolute or ".." in posix.parts or ".." in windows.parts or text.startswith("~")


def _is_path(text: str) -> bool:
    try:
        return b"\0" not in fsencode(text)
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
