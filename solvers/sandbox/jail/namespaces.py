"""A root folder, a network, users and process numbers of the jail's own.

The server enters once; every job is forked into it. Two starts lead to the same end, a process of the user nobody, in
a small read-only root, that has capabilities over nothing but further namespaces:

- an ordinary user starts with a user namespace, because only in it can they make the others;
- root makes the others first, as what they mount there is then beyond the reach of any later user namespace, becomes
  nobody, and takes the user namespace last, only to be able to unshare process numbers for each job.
"""

import os
from collections.abc import Sequence

from steepest.solvers.sandbox.jail import libc, privileges
from steepest.solvers.sandbox.jail.rootfs import replace_root

_NEWNS, _NEWUTS, _NEWIPC = 0x00020000, 0x04000000, 0x08000000
_NEWUSER, _NEWPID, _NEWNET = 0x10000000, 0x20000000, 0x40000000


def enter_namespaces(readable: Sequence[str]) -> None:
    """Move the calling process, which has one thread, into namespaces where only the readable paths exist.

    Afterwards there is no /proc, no network (not even a loopback that is up) and no other file. The user is nobody
    where the files can be read so. Descriptors stay open: close what the jail must not have. Call `hide_from_peers`
    and `die_with_parent` afterwards; a change of user undoes the second.

    Args:
        readable: Absolute paths of files and folders to keep, read-only.

    Raises:
        OSError: A step is not granted, its name in the text. The process is left half way and has to end; try in a
            forked child first (`probe.examine` does).
    """
    process = os.open("/proc/self", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)  # gone once the root is replaced
    try:
        if os.geteuid() == 0:
            _enter_as_root(process, readable)
        else:
            _enter_user_namespace(process)
            _unshare_the_rest(readable)
    finally:
        os.close(process)


def unshare_pids() -> None:
    """The caller's next child is process 1 of a namespace of its own: it sees no other process, and takes all with it.

    Raises:
        OSError: Not granted: the caller has not entered a user namespace.
    """
    libc.unshare(_NEWPID)


def _enter_as_root(process: int, readable: Sequence[str]) -> None:
    # In the new root all folders above a readable path can be passed, so only the path's own mode counts.
    nobody_reads = all(privileges.readable_by_nobody(path) for path in readable)
    _unshare_the_rest(readable)
    if nobody_reads:
        privileges.change_user(privileges.NOBODY)
    _enter_user_namespace(process)


def _unshare_the_rest(readable: Sequence[str]) -> None:
    libc.unshare(_NEWNS | _NEWNET | _NEWIPC | _NEWUTS)
    libc.sethostname("jail")
    replace_root(readable)


def _enter_user_namespace(process: int) -> None:
    """Into a user namespace where the present user is called nobody and is the only one."""
    uid, gid = os.geteuid(), os.getegid()
    privileges.show_to_peers()  # else the maps belong to the machine's root and can't be written
    libc.unshare(_NEWUSER)
    maps = {"setgroups": "deny", "uid_map": f"{privileges.NOBODY} {uid} 1", "gid_map": f"{privileges.NOBODY} {gid} 1"}
    for name, text in maps.items():
        _write(name, text, process)
    privileges.hide_from_peers()


def _write(name: str, text: str, folder: int) -> None:
    descriptor = os.open(name, os.O_WRONLY | os.O_CLOEXEC, dir_fd=folder)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
