"""The folder of tables is the server's own: clients read names of files, and not where they are on its disk."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from steepest.errors import SteepestError
from steepest.solvers.diagnostics import Diagnostic, FormulationError

__all__ = ["in_all_words", "in_client_words", "without_folder"]

T = TypeVar("T", bound=BaseModel)

_NO_SENTENCES = frozenset(
    {"formulation", "scenario", "outcome", "status", "severity", "code", "verdict", "name", "unit", "binding"}
    | {"newly_binding", "no_longer_binding", "solver"}
)
"""Fields of results that clients work on with, or compare with what they know."""


def without_folder(folder: Path) -> Callable[[str], str]:
    """What takes the folder out of a text: `/srv/tables/cost.csv` is `cost.csv`.

    Only the whole path counts, and nothing that begins or ends like it: a folder may be called `data`.

    Args:
        folder: An absolute path.
    """
    place = str(folder)
    if place == folder.anchor:
        return lambda text: text
    inside = re.compile(rf"(?<!\w){re.escape(place + os.sep)}")
    itself = re.compile(rf"(?<!\w){re.escape(place)}(?!\w|[.-]\w)")
    return lambda text: itself.sub("the folder of tables", inside.sub("", text))


def in_all_words(found: T, told: Callable[[str], str]) -> T:
    """A result in which every sentence is told otherwise; formulations, names and codes stay as they are."""
    return type(found).model_validate(_all_told(found.model_dump(), told))


def _all_told(value: Any, told: Callable[[str], str]) -> Any:
    match value:
        case str():
            return told(value)
        case list():
            return [_all_told(each, told) for each in value]
        case dict():
            return {name: each if name in _NO_SENTENCES else _all_told(each, told) for name, each in value.items()}
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
