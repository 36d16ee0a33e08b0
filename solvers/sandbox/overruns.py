"""The failures of code that went over a limit, in words that name the limit and what it is set to."""

from steepest.solvers.sandbox.outcomes import Failure


def took_too_long(seconds: float, limit: str = "wall_seconds") -> Failure:
    """It was stopped after so many seconds."""
    return Failure("timeout", f"it was stopped after {seconds:g} seconds (limit {limit})")


def took_too_much_memory(mib: float) -> Failure:
    """It needed more than so many MiB."""
    return Failure("memory", f"it was stopped for using more than {mib:g} MiB (limit memory_mib)")


def said_too_much(what: str, size: str, limit: str) -> Failure:
    """What it printed or gave back is larger than a size, `8 MiB`."""
    return Failure("output", f"the {what} is larger than {size} (limit {limit}): it was stopped")
