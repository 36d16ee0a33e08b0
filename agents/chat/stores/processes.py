"""Which process this is, and whether another one of the same machine is gone."""

import os
import socket
from contextlib import suppress
from functools import cache
from pathlib import Path

__all__ = ["is_gone", "machine"]


@cache
def machine() -> str:
    """What tells apart machines, their boots and containers: only within one of them can a process be looked up."""
    parts = [socket.gethostname()]
    with suppress(OSError):  # Linux has them
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text().strip())
        parts.append(os.readlink("/proc/self/ns/pid"))
    return " ".join(parts)


def is_gone(process: int) -> bool:
    """Whether a process of this machine has ended; False where that can't be seen."""
    if os.name == "nt":  # where a signal, even the one that does nothing, would end it
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # somebody else's
        return False
    return _is_zombie(process)


def _is_zombie(process: int) -> bool:
    """Whether it was killed and waits for its parent to take note."""
    try:
        status = Path(f"/proc/{process}/stat").read_text(errors="replace")
    except OSError:  # gone by now, or no Linux
        return False
    return status.rpartition(")")[2].split()[0] == "Z"
