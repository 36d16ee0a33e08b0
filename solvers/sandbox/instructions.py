"""A count of the instructions that a process executes: steadier than any clock, where the machine gives one.

`perf_event_open(2)`. Virtual machines often have no counter and containers often refuse the call; then there is none.
"""

import os
import struct
import sys

from steepest.solvers.sandbox.jail import libc
from steepest.solvers.sandbox.jail.syscalls import UnknownMachineError

_HARDWARE, _INSTRUCTIONS = 0, 1
_PINNED, _EXCLUDE_KERNEL, _EXCLUDE_HYPERVISOR = 1 << 2, 1 << 5, 1 << 6
_CLOSE_ON_EXEC = 1 << 3
_ITSELF, _ANY_CPU, _NO_GROUP = 0, -1, -1
_ATTRIBUTES = struct.Struct("=IIQQQQQIIQ")
"""`struct perf_event_attr` in its first version: type, size, config, period, sample type, read format, flags, ..."""


def open_counter() -> int | None:
    """A descriptor that counts the instructions of the calling thread in user space; None where there is none.

    Threads that it starts later are not counted. The count goes on whoever holds the descriptor, so it can be handed to
    another process and closed here.
    """
    if sys.platform != "linux":
        return None
    # Pinned: counting all the time or, where the counter is taken, not at all; never a share that is scaled up.
    flags = _PINNED | _EXCLUDE_KERNEL | _EXCLUDE_HYPERVISOR
    attributes = _ATTRIBUTES.pack(_HARDWARE, _ATTRIBUTES.size, _INSTRUCTIONS, 0, 0, 0, flags, 0, 0, 0)
    try:
        descriptor = libc.syscall("perf_event_open", attributes, _ITSELF, _ANY_CPU, _NO_GROUP, _CLOSE_ON_EXEC)
    except (OSError, UnknownMachineError):
        return None
    if read_count(descriptor) is None:
        os.close(descriptor)
        return None
    return descriptor


def read_count(descriptor: int) -> int | None:
    """The instructions so far; None if the machine took the counter away."""
    data = os.read(descriptor, 8)
    return int.from_bytes(data, sys.byteorder) if len(data) == 8 else None
