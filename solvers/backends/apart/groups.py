"""A solver's process leads a group of its own, in which the programs that it runs are too."""

import os
import signal
from contextlib import suppress


def end_group(leader: int | None = None) -> None:
    """End all processes of a group at once.

    Args:
        leader: The number of the process that leads it; None is this one, and the group is left alone if it doesn't.
    """
    if not hasattr(os, "killpg") or (leader is None and os.getpgrp() != os.getpid()):
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(os.getpid() if leader is None else leader, signal.SIGKILL)
