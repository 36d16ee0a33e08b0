"""From where a library is said to be to the store that is there."""

from pathlib import Path

from steepest.agents.library.stores.postgres import PostgresDialect
from steepest.agents.library.stores.protocol import LibraryError, Store
from steepest.agents.library.stores.sql_store import SqlStore, missing
from steepest.agents.library.stores.sqlite import SqliteDialect
from steepest.agents.postgres import SCHEMES

__all__ = ["open_store"]


def open_store(place: str | Path, *, must_exist: bool = False) -> Store:
    """Open a library, or begin one.

    Args:
        place: A file, or `postgresql://USER@HOST/DATABASE#NAME`; without `#NAME` the library is in the schema
            `public`.
        must_exist: Whether a library that is not there is an error rather than a new one.

    Raises:
        LibraryError: It can't be opened, or is no library.
    """
    if str(place).startswith(SCHEMES):
        return SqlStore(PostgresDialect(str(place)), must_exist=must_exist)
    if must_exist and not Path(place).exists():  # to open it would make it
        raise LibraryError(missing(str(place)))
    return SqlStore(SqliteDialect(place), must_exist=must_exist)
