"""Ctrl-C as a cancel: a row of solves ends as one, and what was found by then is kept."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from steepest.solvers.control import SolveControl

ONE_PRESS = 0.5
"""Seconds within which signals are of one Ctrl-C: a terminal sends it to the whole group, and wrappers pass it on."""


@contextmanager
def cancelled_by_ctrl_c(control: SolveControl) -> Iterator[None]:
    """Have Ctrl-C cancel the control in the block; a second press raises `KeyboardInterrupt` as ever.

    Outside the main thread nobody gets signals, and where Ctrl-C is ignored it stays so.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before is signal.SIG_IGN:
        yield
        return

    pressed = perf_counter() if control.cancelled else None  # in a block before this one

    def cancel(*_: object) -> None:
        nonlocal pressed
        now = perf_counter()
        if pressed is not None and now - pressed > ONE_PRESS:
            raise KeyboardInterrupt
        pressed = now if pressed is None else pressed
        control.cancel()

    signal.signal(signal.SIGINT, cancel)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
