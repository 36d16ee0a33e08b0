"""Acts that a jail must refuse, each harmless should it be let through."""

import mmap
import os
import socket
import stat
from collections.abc import Callable, Iterator

from steepest.solvers.sandbox.jail import libc

_NEWUSER = 0x10000000
_PTRACE_SEIZE = 0x4206


def acts_let_through(readable: str, mode: int) -> Iterator[str]:
    """Try each act in the calling process, which is confined; the words for those that succeed.

    Args:
        readable: A path that can be read in the jail.
        mode: Its mode, as asked for before the jail was closed.
    """
    for words, act in _acts(readable, mode).items():
        try:
            act()
        except OSError:  # refused, or what it asks for doesn't exist in here
            continue
        yield words


def _acts(readable: str, mode: int) -> dict[str, Callable[[], object]]:
    return {
        "a file outside was opened": lambda: _open("/etc/passwd", os.O_RDONLY),
        "a file was made": lambda: _open("/tmp", os.O_TMPFILE | os.O_WRONLY),  # noqa: S108 - it never gets a name
        "the root folder was listed": lambda: os.listdir("/"),
        "other processes were listed": lambda: os.listdir("/proc"),
        "a network socket was made": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close(),
        "a unix socket was made": lambda: socket.socket(socket.AF_UNIX).close(),
        "a process was forked": _fork,
        "a program was started": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606
        "the parent could be sent a signal": lambda: os.kill(os.getppid(), 0),
        "the parent could be traced": lambda: libc.syscall("ptrace", _PTRACE_SEIZE, os.getppid(), 0, 0),
        "memory was shared": lambda: mmap.mmap(-1, mmap.PAGESIZE).close(),
        "a namespace was made": lambda: libc.unshare(_NEWUSER),
        "a mode was changed": lambda: os.chmod(readable, stat.S_IMODE(mode)),
        "io_uring was to be had": lambda: libc.syscall("io_uring_setup", 1, bytes(128)),
    }


def _open(path: str, flags: int) -> None:
    os.close(os.open(path, flags))


def _fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
