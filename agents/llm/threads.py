"""How many threads a local model may use."""

import os

from steepest.errors import InputError

__all__ = ["choose_threads", "free_cores"]


def choose_threads(wanted: int | None = None) -> int:
    """`wanted`, or STEEPEST_THREADS, or as many as there are free cores.

    Raises:
        InputError: The number is not a positive whole number.
    """
    setting = os.environ.get("STEEPEST_THREADS")
    if wanted is None and setting:
        if not setting.isdecimal():
            raise InputError(f"STEEPEST_THREADS={setting!r} is not a whole number of threads.")
        wanted = int(setting)
    if wanted is None:
        return free_cores(usable_cores(), load())
    if wanted < 1:
        raise InputError(f"A local model needs at least one thread, not {wanted}.")
    return wanted


def free_cores(cores: int, load: float) -> int:
    """Cores that others leave free, at least one: more threads than that make generation slower."""
    return max(1, min(cores, round(cores - load)))


def usable_cores() -> int:
    """Cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def load() -> float:
    """Processes that ran or waited over the last minute; 0 where the system does not count them."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
