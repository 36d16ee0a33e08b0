"""A file that a person names as data: it is there, and it is a file."""

from pathlib import Path

from steepest.errors import InputError

__all__ = ["table_file"]


def table_file(named: str, folder: Path) -> Path:
    """Where a file of data is.

    Args:
        named: As the person names it; `~` is the person's own folder.
        folder: What a relative path is relative to.

    Raises:
        InputError: There is no such file, or it is a folder.
    """
    if not named.strip():
        raise InputError("say which file: NAME=orders.csv.")
    try:
        path = (folder / Path(named).expanduser()).absolute()
        if path.is_dir():
            raise InputError(f"{named} is a folder, and a conversation takes files: name a table in it, one at a time.")
        is_there = path.is_file()
    except (OSError, RuntimeError) as error:  # a name that is far too long, or a person's folder that is not there
        raise InputError(f"{named} can't be looked up: {error}.") from error
    if not is_there:
        raise InputError(f"there is no file {named}.")
    return path
