"""Give up what a process is allowed beyond an ordinary one, and close it to its neighbours."""

import os
import stat
import struct
from collections.abc import Sequence

from steepest.solvers.sandbox.jail import libc

NOBODY = 65534
"""The user and group that own nothing, by convention of the kernel (its overflow id) and of the distributions."""

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_SIGKILL = 9
_CAPABILITY_VERSION_3 = 0x20080522


def drop_capabilities() -> None:
    """Leave no capability, also for uid 0; with `forbid_new_privileges` none can come back.

    Raises:
        OSError: capset failed.
    """
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    nothing = bytes(24)  # effective, permitted and inheritable, two words each
    libc.syscall("capset", header, nothing)


def forbid_new_privileges() -> None:
    """No set-user-id program and no file capability counts any more; Landlock and seccomp ask for this."""
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1)


def hide_from_peers() -> None:
    """Close memory, environment and descriptors (ptrace, /proc/PID) to other processes of the same user."""
    libc.prctl(_PR_SET_DUMPABLE, 0)


def show_to_peers() -> None:
    """Undo `hide_from_peers`: only so can a process write the user map of its own new namespace."""
    libc.prctl(_PR_SET_DUMPABLE, 1)


def die_with_parent() -> None:
    """Be killed when the parent ends.

    "Parent" is the very thread that forked, not its process: call it only under a parent with one thread. A change of
    user clears it, so call it (again) after `enter_namespaces` or `become_nobody`.
    """
    libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL)


def become_nobody(readable: Sequence[str]) -> bool:
    """From root to the user nobody, if Python's files stay readable then; capabilities are gone in either case.

    A Python below a home with mode 0700 is closed to nobody. Root then stays root, without capabilities: files of
    root are held back by Landlock and seccomp alone. Any other user stays who they are.

    Returns:
        Whether the process is nobody now.

    Raises:
        OSError: A change of user or group failed.
    """
    changes = os.geteuid() == 0 and all(readable_by_nobody(path) and reachable_by_nobody(path) for path in readable)
    if changes:
        change_user(NOBODY)
    drop_capabilities()
    return changes


def change_user(uid: int) -> None:
    """From root to a user and the group of the same number, for good.

    Raises:
        OSError: A step failed, as it does in a user namespace that doesn't map the number.
    """
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def readable_by_nobody(path: str) -> bool:
    """Whether the modes of a file, or of a folder itself, let everybody in; what lies below is not looked at."""
    mode = os.stat(path).st_mode
    needed = stat.S_IROTH | stat.S_IXOTH if stat.S_ISDIR(mode) else stat.S_IROTH
    return mode & needed == needed


def reachable_by_nobody(path: str) -> bool:
    """Whether everybody may pass through all folders above a path, on both sides of a symbolic link."""
    return all(
        os.stat(folder).st_mode & stat.S_IXOTH for way in {path, os.path.realpath(path)} for folder in _above(way)
    )


def _above(path: str) -> list[str]:
    folders = []
    while (above := os.path.dirname(path)) != path:
        folders.append(above)
        path = above
    return folders
