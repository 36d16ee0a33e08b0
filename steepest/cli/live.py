"""How far a solver is, in a line of the terminal that the next one replaces; and how a long solve can be ended."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from steepest.cli.console import Console

if TYPE_CHECKING:
    from steepest.solvers.control import SolveControl, SolveProgress

_LONG = 60.0
"""Seconds of a solve after which it is told how to end it."""
_WAY_OUT = "still solving: Ctrl-C ends it with the best answer so far; --time-limit SECONDS does so by itself"


def live_control(console: Console, form: str) -> "SolveControl":
    """A control that shows progress on the terminal, if there is one and the result is for a person.

    Args:
        console: Where it is shown; it shows nothing where nobody looks.
        form: The format of the result, `text` or `json`.
    """
    from steepest.solvers.control import SolveControl
    from steepest.solvers.progress import progress_line

    way_out = _told_once(console)

    def show(progress: "SolveProgress") -> None:
        way_out(progress)
        if form == "text":
            console.ticker(progress_line(progress))

    return SolveControl(show)


def _told_once(console: Console) -> Callable[["SolveProgress"], None]:
    """Tells the person once, of the first solve that takes long, how to end it."""
    told = False

    def tell(progress: "SolveProgress") -> None:
        nonlocal told
        if progress.seconds >= _LONG and not told:
            told = True
            console.step(_WAY_OUT)

    return tell
