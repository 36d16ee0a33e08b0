"""Text files that are written whole or not at all."""

import os
import secrets
import shutil
from pathlib import Path

from steepest.errors import InputError


def write_text(path: str | Path, text: str) -> None:
    """Write a file in UTF-8; whoever reads it meanwhile, or after a crash, sees the old one or the new one.

    Raises:
        InputError: It can't be written there.
    """
    target = Path(path).resolve()  # of a link, what it leads to is replaced
    if not target.parent.is_dir():
        raise InputError(f"{path} can't be written: there is no folder {target.parent}; make it first")
    partial = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with partial.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, partial)
        partial.replace(target)
    except OSError as error:
        raise InputError(f"{path} can't be written: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)
