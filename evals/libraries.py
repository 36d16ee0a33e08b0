"""The experience library of a run: which one it is, as of which event, and the run's own copy of it.

A library grows while people use it; a run that is continued a week later has to be the same run. So a run notes the
number of the last event when it began, and asks a copy that holds the library as it was after that event. Events are
only ever appended: the copy can be made again at any time.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from steepest.agents.library.events import Change
from steepest.agents.library.library import Library
from steepest.agents.llm.redaction import redact
from steepest.errors import InputError
from steepest.evals.specification import LibraryReference
from steepest.evals.stores.folder import FolderWriter
from steepest.evals.stores.locks import LockFile
from steepest.evals.stores.places import open_run
from steepest.evals.stores.protocol import RunWriter

__all__ = ["library_copy", "library_of_run"]

COPY = "library.db"


def library_of_run(library: str, run: str | Path) -> LibraryReference:
    """Which library a run asks: that with which it was begun, else this one as it is now.

    Args:
        library: A file or an address.
        run: Where the run is kept, or will be.

    Raises:
        LibraryError: A run is to begin with a library that is not there.
    """
    known = _known(run)
    if known is not None and known.place == _shown(library):
        return known
    with Library.open(library, must_exist=True) as opened:
        return LibraryReference(place=_shown(library), number=opened.store.number())


@contextmanager
def library_copy(library: str, reference: LibraryReference, run: RunWriter) -> Iterator[str]:
    """The library as of the reference, in a file of the run: in its folder, or for this start only.

    Raises:
        LibraryError: The library is not there any more, nor a copy of it.
        InputError: It has fewer events than when the run began, so it is another one.
    """
    if isinstance(run, FolderWriter):
        target = run.path / COPY
        with LockFile(run.path / ".setup"):  # runners of other shards may begin at the same moment
            if not target.exists():
                _copy(library, reference, target)
        yield str(target)
        return
    with TemporaryDirectory(prefix="steepest-library-") as folder:
        _copy(library, reference, Path(folder) / COPY)
        yield str(Path(folder) / COPY)


def _copy(library: str, reference: LibraryReference, target: Path) -> None:
    """Write the library as it was into a new file, which is there as a whole or not at all."""
    with Library.open(library, must_exist=True) as opened:
        last = opened.store.number()
        if last < reference.number:
            raise InputError(
                f"{reference.place} has {last} events, and had {reference.number} when the run began: it is another "
                "library. Give that one, or another place for the run."
            )
        state = opened.state(reference.number)
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    _remove(unfinished)
    with Library.open(unfinished) as copy:
        copy.store.write(
            Change(
                kind="import",
                insights=dict(state.insights),
                definitions=dict(state.definitions),
                usage=state.usage,
                reason=f"a copy of {reference} for a run",
            )
        )
    unfinished.replace(target)  # closed, it has no other files beside it


def _remove(path: Path) -> None:
    """What a kill in the middle of a copy may have left."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _known(run: str | Path) -> LibraryReference | None:
    """The library of the run that is there already."""
    try:
        reader = open_run(run)
    except InputError:  # there is none yet; what else is wrong is told when the run is begun
        return None
    return reader.specification().library


def _shown(library: str) -> str:
    """As it may be recorded: without a password."""
    return redact(library)
