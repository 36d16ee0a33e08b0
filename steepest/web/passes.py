"""Passes: what a browser that was let in shows on its next request, signed with a key that only this machine has."""

import base64
import hashlib
import hmac
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path

from steepest.errors import InputError

__all__ = ["DAYS", "Passes", "kept_key"]

_KEY_BYTES = 32
DAYS = 30
"""How long a pass is good."""


class Passes:
    """Issues passes and reads them.

    Args:
        key: What they are signed with.
        clock: Seconds since 1970.
    """

    def __init__(self, key: bytes, clock: Callable[[], float] = time.time) -> None:
        self._key = key
        self._clock = clock

    def issue(self, owner: str, stamp: str = "") -> str:
        """A pass for an owner, good for 30 days.

        Args:
            owner: Whose conversations it opens.
            stamp: What has to be the same when it is shown, such as the hash of a password.
        """
        body = f"{int(self._clock()) + DAYS * 86_400}.{base64.urlsafe_b64encode(owner.encode()).decode()}"
        return f"{body}.{self._signature(body, stamp)}"

    def owner_of(self, shown: str, stamp_of: Callable[[str], str | None] = lambda owner: "") -> str | None:
        """Whose pass it is; None if it is forged, too old, or its stamp is another one by now.

        Args:
            shown: What the browser shows.
            stamp_of: The stamp of an owner today; None where there is no such owner.
        """
        body, _, signature = shown.rpartition(".")
        until, _, coded = body.partition(".")
        try:
            owner = base64.urlsafe_b64decode(coded.encode()).decode()
            is_late = int(until) < self._clock()
        except ValueError:
            return None
        stamp = stamp_of(owner)
        if stamp is None or not hmac.compare_digest(signature.encode(), self._signature(body, stamp).encode()):
            return None
        return None if is_late else owner

    def _signature(self, body: str, stamp: str) -> str:
        return hmac.new(self._key, f"{body}|{stamp}".encode(), hashlib.sha256).hexdigest()


def kept_key(path: Path) -> bytes:
    """The key in a file that only its owner reads; it is made where there is none.

    With it passes outlive the server: a browser that was let in is let in by the next one too.

    Raises:
        InputError: The file can't be read or made, or holds no key.
    """
    try:
        if not path.exists():
            _make(path)
        key = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: the key of passes can't be kept there: {error.strerror or error}.") from error
    if len(key) != _KEY_BYTES:
        raise InputError(f"{path} holds no key: delete it, and everybody has to be let in again.")
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(_KEY_BYTES))
    try:
        os.link(fresh, path)  # of two servers that begin at once one makes it
    except FileExistsError:
        return
    finally:
        fresh.unlink()
