"""One process at a time works in the folder of a run."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from steepest.errors import InputError

__all__ = ["locked"]


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes out of a folder until the block is left, however it is left.

    Raises:
        InputError: One is in.
    """
    import fcntl

    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InputError(f"another process works in {folder}: wait for it, or name another folder") from error
        yield
