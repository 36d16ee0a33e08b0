"""Files that are there whole or not at all."""

import os
from collections.abc import Iterable
from pathlib import Path

__all__ = ["UNFINISHED", "write_atomically"]

UNFINISHED = ".unfinished"
"""How the name of a file ends while it is written."""


def write_atomically(path: Path, pieces: Iterable[str]) -> None:
    """Write a file beside its place and move it there: a reader, or a kill, meets the old one or the new one.

    Raises:
        OSError: It can't be written; the old one stays.
    """
    beside = path.with_name(f"{path.name}.{os.getpid()}{UNFINISHED}")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Have the new name survive a power cut; where folders can't be opened (Windows) the system sees to it."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
