"""From where a library is said to be to the store that is there."""

from pathlib import Path

from steepest.agents.library.stores.protocol import LibraryError, Store
from steepest.agents.library.stores.sql_store import SqlStore
from steepest.agents.library.stores.sqlite import SqliteDialect

__all__ = ["open_store"]


def open_store(place: str | Path, *, must_exist: bool = False) -> Store:
    """Open a library, or begin one.

    Args:
        place: A file.
        must_exist: Whether a file that is not there is an error rather than a new library.

    Raises:
        LibraryError: It can't be opened, or is no library.
    """
    if must_exist and not Path(place).is_file():
        raise LibraryError(f"{place}: there is no library; `steepest learn` and `steepest library import` make one.")
    return SqlStore(SqliteDialect(place))
