"""Places in files, told without the folders of the machine that they were recorded on."""

import os
from functools import lru_cache
from pathlib import Path
from types import CodeType


@lru_cache(maxsize=4096)
def short_position(position: str) -> str:
    """`/home/me/project/a.py:12` as `a.py:12`: relative to the working directory if it is inside, else the file's name.

    Args:
        position: File and line; a relative one stays as it is.
    """
    file, colon, line = position.rpartition(":")
    if not colon or not _is_absolute(file):
        return position
    path = Path(file)
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        return f"{path.relative_to(Path.cwd()).as_posix()}:{line}"
    return f"{file.replace(os.sep, '/').replace(chr(92), '/').rpartition('/')[2]}:{line}"


@lru_cache(maxsize=4096)
def code_in(file: str) -> CodeType:
    """Code that says it stands in a file, for records that were read; it is never run."""
    return code_in.__wrapped__.__code__.replace(co_filename=file, co_name="read", co_qualname="read")


def _is_absolute(file: str) -> bool:
    """Whether it starts at a root, of this system or of the other one."""
    return file.startswith(("/", "\\")) or file[1:3] in (":\\", ":/")
