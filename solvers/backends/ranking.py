"""Several objectives as a ranking: what is optimized first, what next, and what is added up within a rank."""

from dataclasses import dataclass
from typing import Literal

from steepest.solvers.diagnostics import problem
from steepest.solvers.formulation import Formulation, Objective, Sense
from steepest.solvers.language.expressions import Arithmetic, Expression, Number, Sum

RANKING_REPAIR = (
    "rank them (`minimize[1]:`, `minimize[2]:`), weight them (`minimize weight 2:`), or ask for the front of all "
    "compromises with --pareto"
)


def several_objectives(count: int) -> str:
    """What is said of objectives among which nothing chooses."""
    return f"there are {count} objectives, and nothing says how to choose between them"


@dataclass(frozen=True, slots=True)
class Rank:
    """Objectives of one priority: a sum of coefficient times expression, in the sense of the first of them."""

    sense: Sense
    terms: tuple[tuple[float, Expression], ...]
    unit: str | None = None
    """Of the only objective of the rank; a sum of several has none."""

    @property
    def expression(self) -> Expression:
        """The sum as one expression."""
        parts = [node if factor == 1 else Arithmetic("*", Number(factor), node) for factor, node in self.terms]
        signs: list[Literal[1, -1]] = [1 for _ in parts]
        return parts[0] if len(parts) == 1 else Sum(tuple(parts), tuple(signs))

    @property
    def objective(self) -> Objective:
        """The rank as the only objective of a formulation."""
        return Objective(sense=self.sense, expression=self.expression, unit=self.unit)


def ranked_objectives(formulation: Formulation) -> list[Rank]:
    """The ranks from the first to the last; none where the formulation only asks for an answer that is feasible.

    Raises:
        FormulationError: Several objectives have neither priorities nor weights.
    """
    objectives = formulation.objectives
    if len(objectives) > 1 and any(each.priority is None and each.weight is None for each in objectives):
        raise problem(
            "unranked-objectives",
            several_objectives(len(objectives)),
            repair=RANKING_REPAIR,
        )
    priorities = sorted({each.priority or 1 for each in objectives})
    return [_rank([each for each in objectives if (each.priority or 1) == priority]) for priority in priorities]


def _rank(objectives: list[Objective]) -> Rank:
    sense = objectives[0].sense
    terms = tuple(
        ((1.0 if each.weight is None else each.weight) * (1 if each.sense == sense else -1), each.expression)
        for each in objectives
    )
    return Rank(sense, terms, objectives[0].unit if len(objectives) == 1 else None)
