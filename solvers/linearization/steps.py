"""What exact linearization did to a formulation, told one step at a time."""

from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from steepest.solvers.diagnostics import Place

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
        text = f"`{self.text}` is written linearly" if self.kind != "objective" else f"`{self.text}`"
        return f"{where + ': ' if where else ''}{text}{' (' + ', '.join(size) + ')' if size else ''}"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
