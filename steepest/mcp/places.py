"""The folder of tables is the server's own: clients read names of files, and not where they are on its disk."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from steepest.errors import SteepestError
from steepest.solvers.diagnostics import Diagnostic, FormulationError

__all__ = ["in_all_words", "in_client_words", "without_folder"]

T = TypeVar("T", bound=BaseModel)


def without_folder(folder: Path) -> Callable[[str], str]:
    """What takes the folder out of a text: `/srv/tables/cost.csv` is `cost.csv`."""
    places = sorted({str(folder), str(folder.absolute()), str(folder.resolve())} - {"."}, key=len, reverse=True)

    def told(text: str) -> str:
        for place in places:
            text = text.replace(f"{place}{os.sep}", "").replace(place, "the folder of tables")
        return text

    return told


def in_all_words(found: T, told: Callable[[str], str]) -> T:
    """A result in which every text is told otherwise."""
    return type(found).model_validate(_all_told(found.model_dump(), told))


def _all_told(value: Any, told: Callable[[str], str]) -> Any:
    match value:
        case str():
            return told(value)
        case list():
            return [_all_told(each, told) for each in value]
        case dict():
            return {name: _all_told(each, told) for name, each in value.items()}
    return value


def in_client_words(error: SteepestError, folder: Path | str | None) -> str:
    """What went wrong, with repairs that a client can carry out: it has no command line, and maybe no tables.

    Args:
        error: The error.
        folder: Whose tables a formulation may name.
    """
    if not isinstance(error, FormulationError):
        return str(error)
    has_tables = folder is not None and Path(folder).is_dir() and any(Path(folder).iterdir())
    return str(FormulationError([_repaired_by_client(each, has_tables=has_tables) for each in error.diagnostics]))


def _repaired_by_client(found: Diagnostic, *, has_tables: bool) -> Diagnostic:
    if found.code in ("no-file", "path-outside"):
        repair = "name a file in the folder of tables that this server offers, or write its data into the formulation"
        if not has_tables:
            repair = "this server offers no folder of tables: write the data into the formulation"
    elif found.code == "missing-data" or "--data" in (found.repair or ""):
        repair = "write it into the formulation"
    else:
        return found
    return found.model_copy(update={"repair": repair})
