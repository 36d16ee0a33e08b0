"""An answer that has been checked: a status, its words, and values that meet the model they are for."""

from dataclasses import dataclass
from typing import TypedDict

from steepest.solvers.backends.raw_answer import RawAnswer
from steepest.solvers.solution import Status
from steepest.solvers.vectorized.scatter import Numbers

MESSAGES = {
    "infeasible": "no values meet all constraints at once",
    "unbounded": "the objective can be improved without end: a limit is missing",
    "infeasible_or_unbounded": "the problem is infeasible or unbounded; the solver could not tell which",
}
"""What an outcome says of itself, where a solver has nothing to add."""
STOPPED = ("time_limit", "interrupted")
STOPPED_EARLY = "stopped early: the best answer found so far, not proven to be the best there is"


@dataclass(frozen=True, eq=False)
class Answer:
    """What came of a model, whichever back end solved it."""

    status: Status
    message: str = ""
    """For an outcome other than optimal: why."""
    values: Numbers | None = None
    """One a column, verified; None without an answer or incumbent."""
    objective: float | None = None
    """At the values, computed from the model and not by the solver."""
    bound: float | None = None
    gap: float | None = None
    row_duals: Numbers | None = None
    """LPs and QPs at their optimum only."""
    seconds: float = 0.0
    """Of the solver alone."""
    solver: str = ""
    note: str = ""
    """What else is to be known, such as what became of a start."""


class Ending(TypedDict):
    """What every record of a solve says, whatever it calls its values."""

    status: Status
    message: str
    objective: float | None
    bound: float | None
    gap: float | None
    solver: str
    seconds: float


def ending(answer: Answer) -> Ending:
    """An answer without its values."""
    return Ending(
        status=answer.status,
        message=answer.message,
        objective=answer.objective,
        bound=answer.bound,
        gap=answer.gap,
        solver=answer.solver,
        seconds=answer.seconds,
    )


def without_values(raw: RawAnswer) -> Answer:
    """The answer of a back end that has no values to give."""
    stopped = raw.status in STOPPED
    message = "stopped before any answer was found; allow more time" if stopped else MESSAGES.get(raw.status, "")
    return Answer(
        raw.status, message, bound=raw.bound, gap=raw.gap, seconds=raw.seconds, solver=raw.solver, note=raw.note
    )


def with_values(raw: RawAnswer, values: Numbers, objective: float) -> Answer:
    """The answer of a back end whose values have been verified.

    Args:
        raw: What the back end said.
        values: The values as they are to be believed, one a column.
        objective: The objective at these values.
    """
    stopped = raw.status in STOPPED
    return Answer(
        status=raw.status,
        message=STOPPED_EARLY if stopped else "",
        values=values,
        objective=objective,
        bound=objective if raw.status == "optimal" and raw.bound is None else raw.bound,
        gap=raw.gap,
        row_duals=raw.row_duals,
        seconds=raw.seconds,
        solver=raw.solver,
        note=raw.note,
    )
