"""People who may log in: a file with a line for each, a name and what a password is checked against."""

import hashlib
import hmac
import os
import re
import secrets
import tempfile
from pathlib import Path

from steepest.errors import InputError

__all__ = ["Accounts", "add_account"]

_COST = {"n": 2**15, "r": 8, "p": 1, "maxmem": 64 * 2**20}
_SHORTEST = 8
_NAME = re.compile(r"[\w.@-]{1,64}")


class Accounts:
    """The people of a file. It is read anew when it changes, so that nobody has to restart the server.

    Args:
        path: A line `name:salt:hash` for each, as `steepest serve --add-user` writes them.

    Raises:
        InputError: The file can't be read, a line is not of this form, or nobody is in it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read_at = 0
        self._entries: dict[str, str] = {}
        if not self._current():
            raise InputError(f"{path}: nobody may log in; add somebody (steepest serve --auth {path} --add-user NAME).")

    def stamp(self, name: str) -> str | None:
        """What changes when the password does; None where there is no such person."""
        return self._current().get(name)

    def is_right(self, name: str, password: str) -> bool:
        """Whether it is the password of this person; takes a tenth of a second, whoever it is."""
        entry = self.stamp(name)
        salt, _, wanted = (entry or "00:").partition(":")
        found = _hashed(password, bytes.fromhex(salt))
        return hmac.compare_digest(found, wanted) and entry is not None

    def _current(self) -> dict[str, str]:
        try:
            changed = self.path.stat().st_mtime_ns
            if changed != self._read_at:
                self._entries = _entries(self.path)
                self._read_at = changed
        except OSError as error:
            raise InputError(f"{self.path} can't be read: {error.strerror or error}.") from error
        return self._entries


def add_account(path: Path, name: str, password: str) -> None:
    """Add a person to a file, or give one a new password.

    Raises:
        InputError: The name or the password can't be used, or the file can't be written.
    """
    if not _NAME.fullmatch(name):
        raise InputError(f"{name!r} is no name: use letters, digits and . _ - @.")
    if len(password) < _SHORTEST:
        raise InputError(f"the password has {len(password)} characters; use at least {_SHORTEST}.")
    salt = secrets.token_bytes(16)
    try:
        entries = _entries(path) if path.exists() else {}
        entries[name] = f"{salt.hex()}:{_hashed(password, salt)}"
        _write(path, "".join(f"{each}:{entry}\n" for each, entry in entries.items()))
    except OSError as error:
        raise InputError(f"{path} can't be written: {error.strerror or error}.") from error


def _entries(path: Path) -> dict[str, str]:
    entries = {}
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, entry = line.strip().partition(":")
        if not (_NAME.fullmatch(name) and re.fullmatch(r"([0-9a-f]{2})+:[0-9a-f]{128}", entry)):
            raise InputError(f"{path}, line {number}: it is no `name:salt:hash`; write it with --add-user.")
        entries[name] = entry
    return entries


def _hashed(password: str, salt: bytes) -> str:
    return hashlib.scrypt(password.encode(), salt=salt, **_COST).hex()


def _write(path: Path, text: str) -> None:
    """Replace the file at once; others can't read it."""
    descriptor, fresh = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    os.replace(fresh, path)
