"""Several objectives as a ranking: what is optimized first, what next, and what is added up within a rank."""

from dataclasses import dataclass

from steepest.solvers.diagnostics import problem
from steepest.solvers.formulation import Formulation, Objective, Sense
from steepest.solvers.language.expressions import Expression


@dataclass(frozen=True, slots=True)
class Rank:
    """Objectives of one priority: a sum of coefficient times expression, in the sense of the first of them."""

    sense: Sense
    terms: tuple[tuple[float, Expression], ...]
    unit: str | None = None
    """Of the only objective of the rank; a sum of several has none."""


def ranked_objectives(formulation: Formulation) -> list[Rank]:
    """The ranks from the first to the last; none where the formulation only asks for an answer that is feasible.

    Raises:
        FormulationError: Several objectives have neither priorities nor weights.
    """
    objectives = formulation.objectives
    if len(objectives) > 1 and any(each.priority is None and each.weight is None for each in objectives):
        raise problem(
            "unranked-objectives",
            f"{len(objectives)} objectives, and not all have a priority or a weight",
            repair="rank them with `minimize[1]:`, `maximize[2]:`, or give each a weight",
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
