"""How far a solver is, in a line of the terminal that the next one replaces."""

from typing import TYPE_CHECKING

from steepest.cli.console import Console

if TYPE_CHECKING:
    from steepest.solvers.control import SolveControl


def live_control(console: Console, form: str) -> "SolveControl":
    """A control that shows progress on the terminal, if there is one and the result is for a person.

    Args:
        console: Where it is shown; it shows nothing where nobody looks.
        form: The format of the result, `text` or `json`.
    """
    from steepest.solvers.control import SolveControl
    from steepest.solvers.progress import progress_line

    if form != "text":
        return SolveControl()
    return SolveControl(lambda progress: console.ticker(progress_line(progress)))
