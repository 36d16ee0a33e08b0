"""Where the data of a formulation come from, and digests of what is there: other digests are other data.

What a model is told of tables is a few lines; what is solved are all the rows, read when the solve begins. So a kept
answer comes with the digests of all that was read for it, and holds as long as they are the same.
"""

import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from steepest.agents.modeling.data.catalogue import Catalogue
from steepest.agents.modeling.task import SourceName, Task, settled
from steepest.errors import SteepestError
from steepest.solvers.data.instance_data import Tables
from steepest.solvers.data.tables import SUFFIXES, Table
from steepest.solvers.formulation import Formulation, Parameter, Set

__all__ = ["content_digest", "digests_for", "have_changed", "note_sources"]

_CHANGED = "changed"
"""Stands for a digest, and is none: the run has read several contents."""

_UNREADABLE = "unreadable"
"""Stands for a digest; a solve says what is wrong."""
_CELLS_AT_ONCE = 100_000


def _sources_of(formulation: Formulation, tables: Tables) -> Iterator[SourceName]:
    """The files that the person bound, and what the formulation itself takes from files and from a catalogue.

    Args:
        formulation: The formulation.
        tables: What the person bound by name. What is no file can't change without being another run.
    """
    for name, value in tables.items():
        if _names_a_file(value):
            yield "bound", name
    elements: list[Set | Parameter] = [*formulation.sets, *formulation.parameters]
    for element in elements:
        if element.table is not None and element.name not in tables:
            yield "named", element.table.path


async def note_sources(formulation: Formulation, task: Task) -> None:
    """Note what is about to be read to solve a formulation, where the run is kept.

    Before the solve and not after it: what changes while it goes on is then taken for changed.
    """
    if task.digests is None:
        return
    found = await settled(task.digests(_sources_of(formulation, task.tables)))
    for source, digest in found.items():
        if task.sources.setdefault(source, digest) != digest:
            task.sources[source] = _CHANGED


async def have_changed(sources: Mapping[SourceName, str], task: Task) -> bool:
    """Whether what a kept run has read is other data now."""
    if task.digests is None:
        return False
    return await settled(task.digests(sources)) != sources


def digests_for(
    tables: Tables, folder: Path | None, catalogue: Catalogue | None
) -> Callable[[Iterable[SourceName]], dict[SourceName, str]]:
    """The function that reads sources and makes digests of them; one that can't be read has a digest, too."""

    def digest(kind: str, name: str) -> str:
        if kind == "bound":
            return content_digest(tables[name]) if name in tables else _UNREADABLE
        found = catalogue.find(name) if catalogue is not None else None
        return _table_digest(found.table) if found is not None else _own_file_digest(folder or Path(), name)

    def digests(sources: Iterable[SourceName]) -> dict[SourceName, str]:
        found = {}
        for source in sources:
            try:
                found[source] = digest(*source)
            except (SteepestError, OSError, ValueError):  # the solve, which reads it next, says why
                found[source] = _UNREADABLE
        return found

    return digests


def content_digest(value: object) -> str:
    """A digest of data that a person bound: of all of them, and of what is in a file.

    Raises:
        OSError: The file can't be read.
    """
    if isinstance(value, Table):
        return _table_digest(value)
    if _names_a_file(value):
        return _file_digest(Path(value))  # type: ignore[arg-type]  # a path, or a text that is one
    return hashlib.sha256(_content(value)).hexdigest()


def _names_a_file(value: object) -> bool:
    """Whether a person who binds this means a file; another text is a label."""
    return isinstance(value, Path) or (isinstance(value, str) and Path(value).suffix.lower() in SUFFIXES)


def _content(value: Any) -> bytes:
    if hasattr(value, "to_csv"):
        return str(value.to_csv()).encode()
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        return f"{value.dtype} {value.shape} ".encode() + value.tobytes()
    with np.printoptions(threshold=sys.maxsize, floatmode="unique"):  # arrays in it: whole, to the last digit
        return repr(value).encode()


def _own_file_digest(folder: Path, name: str) -> str:
    """Of a file that a formulation names, which may be in its own folder only."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        return _UNREADABLE
    return _file_digest(path)


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _table_digest(table: Table) -> str:
    """Of the names of the columns and of every cell."""
    digest = hashlib.sha256(repr((table.names, len(table), table.has_decimal_commas)).encode())
    for column in table.columns:
        for first in range(0, len(table), _CELLS_AT_ONCE):
            cells = column[first : first + _CELLS_AT_ONCE]
            digest.update(_content(cells if isinstance(cells, np.ndarray) else list(cells)))
    return digest.hexdigest()
