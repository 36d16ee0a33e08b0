"""A file that one process at a time may hold; the system lets go of it when that process ends, however it ends."""

import contextlib
import errno
import os
import socket
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

__all__ = ["LockFile", "is_held"]

_HELD = frozenset({errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK})
"""What the system says of a lock that another process holds; anything else is no word about others."""
_GUARD = 1 << 30
"""The byte that is locked on Windows, far behind the text, which others may then still read."""


class LockFile:
    """The right to work on something, as a locked file that says who has it.

    Args:
        path: The file; it stays when the lock is let go, since removing it would race with the next holder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def take(self, *, wait: bool = False) -> bool:
        """Take the lock; False when another process holds it and `wait` is not asked for.

        Raises:
            OSError: The file can't be made, or its file system has no locks.
        """
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _lock(descriptor, wait)
        except OSError as error:
            os.close(descriptor)
            if error.errno in _HELD:
                return False
            raise
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"process {os.getpid()} on {socket.gethostname()}\n".encode())
        self._descriptor = descriptor
        return True

    def holder(self) -> str:
        """Who wrote into the file last: the holder, while it is held."""
        with contextlib.suppress(OSError):
            return self.path.read_text(encoding="utf-8", errors="replace").strip() or "another process"
        return "another process"

    def release(self) -> None:
        """Let others take it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        self.take(wait=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.release()


def is_held(path: Path) -> bool:
    """Whether a process holds the lock at `path`."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        _lock(descriptor, wait=False)
    except OSError as error:
        if error.errno in _HELD:
            return True
        raise
    finally:
        os.close(descriptor)
    return False


def _lock(descriptor: int, wait: bool) -> None:
    if sys.platform == "win32":
        os.lseek(descriptor, _GUARD, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        os.lseek(descriptor, 0, os.SEEK_SET)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
