"""Files that a command writes: whole or not there at all, and never over something else's folder."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from steepest.errors import InputError


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to, which takes its name at the end if all went well.

    Raises:
        InputError: It can't be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield draft
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"can't write {path} ({error.strerror or error}); name another file.") from error


def size_of(path: Path) -> str:
    """How large a file is."""
    size = path.stat().st_size
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB"
