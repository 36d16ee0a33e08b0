"""What a back end hands back before anybody has checked it."""

from dataclasses import dataclass

from steepest.solvers.solution import Status
from steepest.solvers.vectorized.scatter import Numbers


@dataclass(frozen=True, eq=False)
class RawAnswer:
    """What a solver came to, in its own columns and rows."""

    status: Status
    values: Numbers | None
    """The answer or the incumbent, if there is one."""
    row_duals: Numbers | None
    """LPs and QPs at their optimum only."""
    bound: float | None
    gap: float | None
    seconds: float
    solver: str
    note: str = ""
    """What else is to be known, such as what became of a start."""
