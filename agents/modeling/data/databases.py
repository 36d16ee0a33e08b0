"""The tables and views of a database, read and never written."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from steepest.agents import postgres
from steepest.agents.llm.redaction import redact
from steepest.agents.modeling.data.catalogue import Catalogue, Source
from steepest.agents.modeling.data.describing import ROWS
from steepest.errors import InputError
from steepest.solvers.data.tables import Table

__all__ = ["MOST_ROWS", "MOST_TABLES", "postgres_catalogue", "sqlite_catalogue"]

MOST_TABLES = 200
MOST_ROWS = 5_000_000
"""Of a table that a formulation takes; a view can have fewer."""

_THEN = "Nothing was read; check the address and what may be read there"
_SQLITE_TABLES = (
    "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
)
_POSTGRES_TABLES = """
SELECT table_schema, table_name FROM information_schema.tables
WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY table_schema, table_name
"""


def sqlite_catalogue(path: Path) -> Catalogue:
    """The tables of a SQLite file.

    Raises:
        InputError: There is no such file, it is no database, or it has no tables.
    """
    if not path.is_file():
        raise InputError(f"there is no file {path}.")
    with _sqlite(path) as database:
        names = sorted(name for (name,) in database.execute(_SQLITE_TABLES))
    return _catalogue(str(path), {name: _sqlite_source(path, name) for name in names})


def postgres_catalogue(address: str) -> Catalogue:
    """The tables of a PostgreSQL database that may be read, those outside of `public` with their schema before them.

    Raises:
        InputError: The database can't be reached, or has no tables.
    """
    postgres.require_driver("Data")
    place = redact(address)
    with _postgres(address, place) as database:
        rows = database.execute(_POSTGRES_TABLES).fetchall()
    names = {name if schema == "public" else f"{schema}.{name}": (schema, name) for schema, name in rows}
    return _catalogue(place, {called: _postgres_source(address, place, called, names[called]) for called in names})


def _catalogue(place: str, sources: dict[str, Source]) -> Catalogue:
    if not sources:
        raise InputError(f"the database {place} has no tables.")
    if len(sources) > MOST_TABLES:
        raise InputError(f"the database {place} has {len(sources):,} tables, and {MOST_TABLES} is the most.")
    return Catalogue(place, sources)


def _sqlite_source(path: Path, name: str) -> Source:
    def read(most: int) -> tuple[Table, int]:
        with _sqlite(path) as database:
            return _read(database, name, _quoted(name), most)

    return Source(partial(_whole, read), partial(read, ROWS))


def _postgres_source(address: str, place: str, called: str, name: tuple[str, str]) -> Source:
    def read(most: int) -> tuple[Table, int]:
        with _postgres(address, place) as database:
            return _read(database, called, ".".join(map(_quoted, name)), most)

    return Source(partial(_whole, read), partial(read, ROWS))


def _whole(read: Any) -> Table:
    table, _ = read(MOST_ROWS)
    return table  # type: ignore[no-any-return]


def _read(database: Any, name: str, quoted: str, most: int) -> tuple[Table, int]:
    """The first rows of a table, and how many there are; `quoted` is its name as SQL writes it."""
    [count] = database.execute(f"SELECT count(*) FROM {quoted}").fetchone()  # noqa: S608  # by `_quoted`
    if most == MOST_ROWS and count > most:
        raise InputError(f"the table {name} has {count:,} rows, and {most:,} is the most; make a view with fewer.")
    cursor = database.execute(f"SELECT * FROM {quoted} LIMIT {most}")  # noqa: S608  # by `_quoted`
    names = tuple(column[0] for column in cursor.description)
    rows: Sequence[Sequence[Any]] = cursor.fetchall()
    columns = tuple(zip(*rows, strict=True)) if rows else tuple(() for _ in names)
    return Table(name, names, columns, range(1, len(rows) + 1)), count


def _quoted(name: str) -> str:
    """A name as SQL writes it: names come from the database, and may hold anything."""
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def _sqlite(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True)) as database:
            yield database
    except sqlite3.Error as error:
        raise InputError(f"{path}: the database says: {error}. {_THEN}.") from error


@contextmanager
def _postgres(address: str, place: str) -> Iterator[Any]:
    with postgres.told(place, then=_THEN + "."), postgres.connect(address) as database:
        database.execute("SET default_transaction_read_only = on")
        yield database
