"""How far a solver is, in a line of the terminal that the next one replaces; and Ctrl-C, which ends it."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from steepest.cli.console import Console

if TYPE_CHECKING:
    from steepest.solvers.control import SolveControl, SolveProgress


def live_control(console: Console, form: str) -> "SolveControl":
    """A control that shows progress on the terminal, if there is one and the result is for a person.

    Args:
        console: Where it is shown; it shows nothing where nobody looks.
        form: The format of the result, `text` or `json`.
    """
    from steepest.solvers.control import SolveControl

    if form != "text":
        return SolveControl()
    return SolveControl(lambda progress: console.ticker(progress_line(progress)))


@contextmanager
def ended_by_ctrl_c(control: "SolveControl") -> Iterator[None]:
    """Have Ctrl-C cancel the control in the block, so that a row of solves ends as one; a second one ends at once.

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


def progress_line(progress: "SolveProgress") -> str:
    """What is known of a solve: the solver, its seconds, the best answer, the bound, the gap, the nodes."""
    parts = [f"{progress.solver} {progress.seconds:.0f} s"]
    parts.append("no answer yet" if progress.objective is None else f"best {progress.objective:,.6g}")
    if progress.bound is not None:
        parts.append(f"bound {progress.bound:,.6g}")
    if progress.gap is not None:
        parts.append(f"gap {progress.gap:.2%}")
    if progress.nodes is not None:
        parts.append(f"{progress.nodes:,} node{'' if progress.nodes == 1 else 's'}")
    return "  ".join(parts)
