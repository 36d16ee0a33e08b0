"""Landlock: the paths that a process can open, decided once and for good. Needs no privileges (Linux 5.13).

It judges opening, making, moving and removing files, and by version also TCP (4) and signals and abstract sockets (6);
never stat, chmod, utime, UDP or sockets with a path: those are for seccomp. Linux,
Documentation/userspace-api/landlock.rst.
"""

import os
import stat
import struct
from collections.abc import Sequence
from errno import EACCES, ENOENT, ENOSYS, EOPNOTSUPP

from steepest.solvers.sandbox.jail import libc

ABI_WITH_TRUNCATE = 3
"""Before it (Linux 6.2), Landlock let a file that can be read be cut to nothing by opening it with O_TRUNC."""

_ASK_VERSION = 1 << 0
_RULE_PATH_BENEATH = 1

_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_FILE_RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 5: 16}
"""How many rights over files each version knows: + linking across folders, + truncating, + ioctl on devices."""
_NETWORK_RIGHTS, _ABI_WITH_NETWORK = (1 << 2) - 1, 4  # bind and connect, TCP
_SCOPES, _ABI_WITH_SCOPES = (1 << 2) - 1, 6  # abstract unix sockets and signals stay inside


def abi() -> int:
    """Version of Landlock that the kernel speaks; 0 without it.

    Raises:
        OSError: The question was refused, by a container's own filter maybe.
    """
    try:
        return _create_ruleset(None, 0, _ASK_VERSION)
    except OSError as error:
        if error.errno in (ENOSYS, EOPNOTSUPP):  # not in this kernel; not switched on at its start
            return 0
        raise


def restrict_to(readable: Sequence[str]) -> int:
    """Leave the calling thread nothing but reading the paths and what lies below them, and writing to the null device.

    Every right that the kernel can refuse is refused. The process must have given up new privileges before.

    Args:
        readable: Absolute paths of files and folders; one that isn't there or can't be reached is as good as refused.

    Returns:
        The version of Landlock in force.

    Raises:
        OSError: Landlock is missing, or a step failed.
    """
    version = abi()
    handled = _handled(version)
    ruleset = _create_ruleset(struct.pack("=QQQ", *handled), _attribute_size(version), 0)
    try:
        for path in readable:
            _allow(ruleset, path)
        libc.syscall("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)
    return version


def _handled(version: int) -> tuple[int, int, int]:
    """The rights over files, the network and scopes that this version can refuse, as bits."""
    count = max((rights for since, rights in _FILE_RIGHTS_BY_ABI.items() if since <= version), default=0)
    network = _NETWORK_RIGHTS if version >= _ABI_WITH_NETWORK else 0
    scopes = _SCOPES if version >= _ABI_WITH_SCOPES else 0
    return (1 << count) - 1, network, scopes


def _attribute_size(version: int) -> int:
    """A kernel refuses a struct with fields that it doesn't know."""
    if version >= _ABI_WITH_SCOPES:
        return 24
    return 16 if version >= _ABI_WITH_NETWORK else 8


def _create_ruleset(attributes: bytes | None, size: int, flags: int) -> int:
    return libc.syscall("landlock_create_ruleset", attributes, size, flags)


def _allow(ruleset: int, path: str) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in (ENOENT, EACCES):
            return
        raise
    try:
        rule = struct.pack("=Qi", _rights(path, place), place)
        libc.syscall("landlock_add_rule", ruleset, _RULE_PATH_BENEATH, rule, 0, about=path)
    finally:
        os.close(place)


def _rights(path: str, place: int) -> int:
    if stat.S_ISDIR(os.fstat(place).st_mode):
        return _READ_FILE | _READ_DIR
    return _READ_FILE | _WRITE_FILE if path == os.devnull else _READ_FILE
