"""What exact linearization did to a formulation, told one step at a time."""

from collections.abc import Iterable
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from steepest.solvers.diagnostics import Diagnostic, Place

StepKind: TypeAlias = Literal["max", "product", "logic", "piecewise", "ratio", "objective", "global"]


class LinearizationStep(BaseModel):
    """One term that was written with auxiliary variables and rows; the answer has the term's own variables only."""

    model_config = ConfigDict(frozen=True)

    kind: StepKind
    text: str
    """The term as it is written in the formulation."""
    element: str | None = None
    """The element that it stands in, such as `constraint load`."""
    place: Place | None = None
    auxiliaries: tuple[str, ...] = ()
    """The names of the auxiliary variables, each a family of `columns` or fewer."""
    columns: int = 0
    """How many auxiliary variables it took."""
    binaries: int = 0
    """How many of them are binary."""
    rows: int = 0
    big_m: float | None = None
    """The largest factor that switches a row off, where there is one."""

    def __str__(self) -> str:
        where = ", ".join(str(part) for part in (self.element, self.place) if part)
        size = [_counted(self.columns, "auxiliary variable")] if self.columns else []
        size += [f"{self.binaries:,} binary"] if self.binaries else []
        size += [_counted(self.rows, "row")] if self.rows else []
        size += [f"big-M {self.big_m:g}"] if self.big_m is not None else []
        return f"{where + ': ' if where else ''}{self.words}{' (' + ', '.join(size) + ')' if size else ''}"

    @property
    def words(self) -> str:
        """What was done, in words."""
        if self.kind == "objective":
            return f"`{self.text}` is at its best where what is inside it is, and is solved so"
        return f"`{self.text}` is written linearly"


_DEGREE_NOTES = frozenset(
    {
        "product-of-variables",
        "power-of-variable",
        "division-by-variable",
        "needs-linearization",
        "logic",
        "global-constraint",
    }
)
"""Notes of the checks on what makes a problem more than linear, as long as its data are not known."""


def with_steps(diagnostics: Iterable[Diagnostic], steps: Iterable[LinearizationStep]) -> tuple[Diagnostic, ...]:
    """The findings of a formulation that was made linear: a note for each step in place of those on its degree."""
    notes = [
        Diagnostic(code="linearized", severity="note", message=step.words, element=step.element, place=step.place)
        for step in steps
    ]
    if not notes:
        return tuple(diagnostics)
    return (*(each for each in diagnostics if each.code not in _DEGREE_NOTES), *notes)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
