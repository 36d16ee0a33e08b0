"""Resource limits of a job's process.

No limit on the number of processes: it counts all of a user's, so one job's would stop the next (seccomp refuses to
fork anyway).
"""

import math
import os
import sys
from pathlib import Path

if sys.platform != "win32":
    import resource

_OPEN_FILES = 64
"""Enough for imports and a few pipes; a listing of thousands of descriptors has no use here."""
_STACK_BYTES = 16 << 20
"""Twice the usual, for deep recursion; set, since where it is unlimited it could grow over everything."""


def limit_resources(memory_bytes: int, base_bytes: int, cpu_seconds: float) -> None:
    """Limit the calling process for good.

    Past `cpu_seconds`, rounded up, the kernel sends SIGXCPU, and SIGKILL a second later: process 1 of a namespace
    ignores the first.

    Args:
        memory_bytes: Address space beyond the present one.
        base_bytes: The present address space, for a process that has no /proc to read it from.
        cpu_seconds: Processor time of the process.

    Raises:
        OSError: A limit was refused.
    """
    cpu = math.ceil(cpu_seconds)
    limits = {
        resource.RLIMIT_CPU: (cpu, cpu + 1),
        resource.RLIMIT_FSIZE: (0, 0),  # a job writes no files
        resource.RLIMIT_CORE: (0, 0),  # nor does its crash
        resource.RLIMIT_NOFILE: (_OPEN_FILES, _OPEN_FILES),
        resource.RLIMIT_MEMLOCK: (0, 0),  # locked memory is taken from everybody
        resource.RLIMIT_STACK: (_STACK_BYTES, _STACK_BYTES),
    }
    if sys.platform == "linux":
        # Relative to what the warm server has mapped: of that, numpy alone is hundreds of megabytes. macOS maps
        # hundreds of gigabytes into every process and refuses such a limit.
        limits[resource.RLIMIT_AS] = (address_space(base_bytes) + memory_bytes,) * 2
        limits[resource.RLIMIT_MSGQUEUE] = (0, 0)  # queues outlive their process
    for kind, (soft, hard) in limits.items():
        ceiling = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (_lower(soft, ceiling), _lower(hard, ceiling)))


def address_space(otherwise: int = 0) -> int:
    """Bytes of address space that the calling process has mapped; `otherwise` where there is no /proc to say."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[0]
    except OSError:
        return otherwise
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _lower(limit: int, ceiling: int) -> int:
    """A limit that somebody else has set lower stays."""
    return limit if ceiling == resource.RLIM_INFINITY else min(limit, ceiling)
