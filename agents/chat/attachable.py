"""Files that a person names: where they are, and that a table is there and is a file."""

from pathlib import Path

from steepest.errors import InputError

__all__ = ["place_of", "table_file"]


def place_of(named: str, folder: Path) -> Path:
    """Where a file is that may not be there yet.

    Args:
        named: As the person names it; `~` is the person's own folder.
        folder: What a relative path is relative to.

    Raises:
        InputError: No path can be read so, such as one in the folder of a person who is not known.
    """
    try:
        place = (folder / Path(named).expanduser()).absolute()
        place.stat()
    except FileNotFoundError:
        return place
    except (OSError, RuntimeError, ValueError) as error:  # nobody's folder, a name that is far too long, a null sign
        raise InputError(f"{named} can't be looked up: {str(error).rstrip('.')}.") from error
    return place


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
    path = place_of(named, folder)
    if path.is_dir():
        raise InputError(f"{named} is a folder, and a conversation takes files: name a table in it, one at a time.")
    if not path.is_file():
        raise InputError(f"there is no file {named}.")
    return path
