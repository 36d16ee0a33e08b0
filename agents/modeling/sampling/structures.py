"""The structure of a solved formulation: what is the same for two formulations that differ in names alone.

After the instance-enhanced self-consistency of SIRL (arXiv 2505.11792, section 3.2), which reads sense and counts of
variables from an .lp file; here they are those of the solve.
"""

from collections import Counter
from typing import NamedTuple

from steepest.agents.modeling.answer import Answer

__all__ = ["Structure", "structure_of"]


class Structure(NamedTuple):
    """What a formulation looks like once its indices are written out."""

    senses: tuple[str, ...]
    problem_class: str
    domains: tuple[tuple[str, int], ...]
    """How many variables there are of each domain, in the alphabet's order."""
    rows: int
    """Handed to the solver; bounds of variables are none."""


def structure_of(answer: Answer) -> Structure | None:
    """The structure of what was solved; None where nothing was."""
    formulation, solution = answer.formulation, answer.solution
    if formulation is None or solution is None:
        return None
    domains = {variable.name: variable.domain for variable in formulation.variables}
    values = Counter(domains[each.name] for each in solution.variables if each.name in domains)
    counts: Counter[str] = Counter(values or domains.values())  # an infeasible one has no values
    return Structure(
        senses=tuple(objective.sense for objective in formulation.objectives),
        problem_class=solution.problem_class,
        domains=tuple(sorted(counts.items())),
        rows=solution.size[0],
    )
