"""What a search for the front came to: its points, how far apart they may be, and what was left out."""

from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from steepest.solvers.formulation import Sense
from steepest.solvers.solution import Solution

FrontStatus = Literal[
    "complete", "sampled", "stopped", "interrupted", "infeasible", "unbounded", "unsupported", "failed"
]
"""`complete`: proven to be all points. `sampled`: some of a front that has more. `stopped`: the budget is spent."""

_LONGEST_NAME = 40


class ParetoBudget(BaseModel):
    """Limits of a search; the points that are found by then are returned."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    solves: int = Field(default=500, ge=1)
    """How many problems with one objective are solved."""
    seconds: float = Field(default=60.0, gt=0)
    """Wall clock of all of it."""


@dataclass(frozen=True, slots=True)
class FrontObjective:
    """One objective of the front."""

    name: str
    """Its note, or its expression."""
    sense: Sense
    unit: str | None = None

    @property
    def short_name(self) -> str:
        """The name where there is little room: in a line of progress, a table's head, along an axis."""
        return self.name if len(self.name) <= _LONGEST_NAME else f"{self.name[: _LONGEST_NAME - 3]}..."

    @property
    def label(self) -> str:
        """The short name with the unit."""
        return f"{self.short_name} [{self.unit}]" if self.unit else self.short_name

    @property
    def sign(self) -> int:
        """1 where less is better, -1 where more is."""
        return 1 if self.sense == "minimize" else -1


@dataclass(frozen=True, slots=True)
class ParetoPoint:
    """A compromise: no other answer is as good in every objective and better in one."""

    values: tuple[float, ...]
    """Of every objective, in their order."""
    solution: Solution = field(repr=False)
    """The answer; its `objective` is the first objective."""
    best_in: tuple[int, ...] = ()
    """The objectives, counted from 0, of which it is an extreme point: the best that there is."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Where no point was found, though there may be one."""

    limits: tuple[float | None, ...]
    """What each objective was held to; None where it was not."""
    reason: str


@dataclass(frozen=True, slots=True)
class ParetoFront:
    """Points that are not dominated, from the best in the first objective to the worst."""

    status: FrontStatus
    message: str
    objectives: tuple[FrontObjective, ...]
    points: tuple[ParetoPoint, ...] = ()
    ideal: tuple[float, ...] | None = None
    """The best of each objective alone; no point has it all."""
    nadir: tuple[float, ...] | None = None
    """The worst of each objective on the front; of more than two objectives as far as points were found."""
    solves: int = 0
    seconds: float = 0.0
    left_out: tuple[LeftOut, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether the points are proven to be all there are."""
        return self.status == "complete"

    @property
    def extremes(self) -> tuple[ParetoPoint, ...]:
        """The points that are the best in an objective."""
        return tuple(point for point in self.points if point.best_in)

    def to_csv(self) -> str:
        """One row a point: the objectives, then every decision."""
        from steepest.solvers.pareto.csv_table import front_csv  # which reads fronts

        return front_csv(self)

    def to_svg(self) -> str:
        """A plot as an SVG document that needs nothing else."""
        from steepest.solvers.pareto.plot import front_svg  # which draws fronts

        return front_svg(self)

    def _repr_html_(self) -> str:
        return self.to_svg()
