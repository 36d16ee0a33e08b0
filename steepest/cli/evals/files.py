"""Files that a command writes: whole or not there at all, and never over something else's folder."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from steepest.errors import InputError


def form_of(path: Path, forms: Sequence[str]) -> str:
    """Which of the forms, named by their endings, a file's ending asks for.

    Raises:
        InputError: None of them.
    """
    ending = path.suffix.lower().removeprefix(".")
    form = {"htm": "html", "markdown": "md"}.get(ending, ending)
    if form not in forms:
        endings = ", ".join(f".{each}" for each in forms)
        raise InputError(f"--out {path}: its ending tells no form; name a file that ends in one of {endings}.")
    return form


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to, which takes its name at the end if all went well.

    Raises:
        InputError: It can't be written.
    """
    if str(path) == "-":
        raise InputError("--out names a file, and - is none; `steepest eval report --format csv` prints.")
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
