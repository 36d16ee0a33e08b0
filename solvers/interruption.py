"""Ctrl-C as a cancel: a row of solves ends as one, and what was found by then is kept."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from steepest.solvers.control import SolveControl


@contextmanager
def cancelled_by_ctrl_c(control: SolveControl) -> Iterator[None]:
    """Have Ctrl-C cancel the control in the block; a second one raises `KeyboardInterrupt` as ever.

    Outside the main thread nobody gets signals, and where Ctrl-C is ignored it stays so.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before is signal.SIG_IGN:
        yield
        return

    def cancel(*_: object) -> None:
        if control.cancelled:
            raise KeyboardInterrupt
        control.cancel()

    signal.signal(signal.SIGINT, cancel)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
