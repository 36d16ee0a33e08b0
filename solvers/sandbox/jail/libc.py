"""The C library's calls that Python lacks, each raising OSError with the call's name."""

import ctypes
import os
from functools import cache
from typing import Any

from steepest.solvers.sandbox.jail.syscalls import this_machine

Argument = int | bytes | None


def syscall(name: str, *arguments: Argument, about: str = "") -> int:
    """A system call by its name; bytes are passed as a pointer to them and only read by the kernel.

    Raises:
        OSError: The kernel refused; the call's name is its `filename`, and what it was `about`.
        UnknownMachineError: The jail doesn't know this machine's numbers.
    """
    number = this_machine().number(name)
    return _checked(f"{name} {about}".rstrip(), _libc().syscall(ctypes.c_long(number), *map(_as_word, arguments)))


def prctl(option: int, second: int = 0) -> int:
    """An operation on the calling process; the arguments not given are 0, as newer options insist.

    Raises:
        OSError: The kernel refused.
    """
    zero = ctypes.c_long(0)
    return _checked("prctl", _libc().prctl(ctypes.c_int(option), ctypes.c_long(second), zero, zero, zero))


def unshare(flags: int) -> None:
    """Leave the namespaces of the flags for new ones.

    Raises:
        OSError: The kernel refused.
    """
    _checked("unshare", _libc().unshare(ctypes.c_int(flags)))


def mount(source: str | None, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    """Mount a file system, or change a mount.

    Raises:
        OSError: The kernel refused.
    """
    texts = [None if text is None else os.fsencode(text) for text in (source, target, kind, options)]
    outcome = _libc().mount(texts[0], texts[1], texts[2], ctypes.c_ulong(flags), texts[3])
    _checked(f"mount {target}", outcome)


def umount(target: str, flags: int) -> None:
    """Take a mount away.

    Raises:
        OSError: The kernel refused.
    """
    _checked(f"umount {target}", _libc().umount2(os.fsencode(target), ctypes.c_int(flags)))


def pivot_root(root: str, old: str) -> None:
    """Make a mount the root folder; the old root is found under `old`.

    Raises:
        OSError: The kernel refused.
    """
    syscall("pivot_root", os.fsencode(root), os.fsencode(old))


def sethostname(name: str) -> None:
    """Name the host, in a namespace of its own.

    Raises:
        OSError: The kernel refused.
    """
    encoded = name.encode()
    _checked("sethostname", _libc().sethostname(encoded, ctypes.c_size_t(len(encoded))))


@cache
def _libc() -> Any:
    """The C library that Python itself is linked with, looked up at first use: Windows has none to find by None."""
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    return library


def _as_word(argument: Argument) -> Any:
    """Variadic arguments carry no types, so an int would be passed as 32 bits."""
    return ctypes.c_long(argument) if isinstance(argument, int) else argument


def _checked(name: str, outcome: int) -> int:
    if outcome < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)
    return outcome
