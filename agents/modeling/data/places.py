"""Opens a person's data by what they are called: a folder, a SQLite file, or the address of a database."""

from pathlib import Path

from steepest.agents.modeling.data.catalogue import Catalogue
from steepest.agents.modeling.data.databases import postgres_catalogue, sqlite_catalogue
from steepest.agents.modeling.data.folders import folder_catalogue
from steepest.agents.postgres import SCHEMES
from steepest.errors import InputError

__all__ = ["is_catalogue", "open_catalogue"]

_SQLITE = "sqlite:///"
_SUFFIXES = (".db", ".sqlite", ".sqlite3")


def is_catalogue(place: str | Path) -> bool:
    """Whether this calls a folder or a database, and not one table."""
    text = str(place)
    if text.startswith((*SCHEMES, _SQLITE)):
        return True
    return "=" not in text and (Path(text).is_dir() or Path(text).suffix.lower() in _SUFFIXES)


def open_catalogue(place: str | Path) -> Catalogue:
    """The tables of a folder (CSV, Excel, Parquet), of a SQLite file, or of a PostgreSQL database.

    Args:
        place: The folder; `data.db` or `sqlite:///data.db`; or `postgresql://USER@HOST/DATABASE`.

    Raises:
        InputError: It is none of these, is not there, has no tables, or refuses.
        FormulationError: A file can't be read.
    """
    text = str(place)
    if text.startswith(SCHEMES):
        return postgres_catalogue(text)
    path = Path(text.removeprefix(_SQLITE))
    if path.is_dir():
        return folder_catalogue(path)
    if text.startswith(_SQLITE) or path.suffix.lower() in _SUFFIXES:
        return sqlite_catalogue(path)
    raise InputError(f"{text} is no folder of tables and no database; give one, or NAME=FILE for one table.")
