"""Why a formulation has no answer, on request: explanations cost further solves, and a plain solve pays for none."""

from collections.abc import Mapping
from pathlib import Path

from steepest.errors import SteepestError
from steepest.solvers.data.instance_data import Tables
from steepest.solvers.formulation import Formulation
from steepest.solvers.infeasibility.budget import ExplanationBudget, Spending
from steepest.solvers.infeasibility.conflicts import compiled, find_conflict
from steepest.solvers.infeasibility.elastic import find_repairs
from steepest.solvers.infeasibility.rays import find_ray
from steepest.solvers.infeasibility.records import Explanation
from steepest.solvers.solution import Solution

_FOR_REPAIRS = 0.5
"""Of the seconds, beside those for the conflict."""


def explain_infeasibility(
    formulation: Formulation,
    tables: Tables | None = None,
    *,
    folder: Path | None = None,
    budget: ExplanationBudget | None = None,
    weights: Mapping[str, float] | None = None,
) -> Explanation:
    """A smallest conflicting set of an infeasible formulation, and the smallest changes of limits that repair it.

    Args:
        formulation: The formulation.
        tables: Its data.
        folder: Where the files that it names are found.
        budget: Limits on solves and seconds, for the conflict; repairs get half of the seconds on top.
        weights: For repairs, what it costs to move a limit by its own size, by the name of the constraint or variable;
            1 where none is given, `math.inf` for what may not give.

    Raises:
        SteepestError: The solver broke down, or the data don't fit.
    """
    spending = Spending.of(budget or ExplanationBudget())
    model = compiled(formulation, tables, folder)
    conflict = find_conflict(formulation, tables, folder, model, spending)
    if conflict is None:
        return Explanation()
    names = [member.name for member in conflict.members]
    repairs = find_repairs(model, names, weights or {}, spending.share(_FOR_REPAIRS)) if model is not None else ()
    return Explanation(conflict=conflict, repairs=repairs)


def explain_unboundedness(
    formulation: Formulation,
    tables: Tables | None = None,
    *,
    folder: Path | None = None,
    budget: ExplanationBudget | None = None,
) -> Explanation:
    """The direction in which a linear, integer or convex quadratic formulation has no end.

    Args:
        formulation: The formulation.
        tables: Its data.
        folder: Where the files that it names are found.
        budget: Limits on solves and seconds.
    """
    model = compiled(formulation, tables, folder)
    ray = find_ray(model, Spending.of(budget or ExplanationBudget())) if model is not None else None
    return Explanation(ray=ray)


def with_explanation(
    solution: Solution,
    formulation: Formulation,
    tables: Tables | None = None,
    *,
    folder: Path | None = None,
    time_limit: float | None = None,
) -> Solution:
    """The solution with its explanation, if it is infeasible or unbounded; else as it is.

    An explanation that fails leaves the solution's own verdict as it is, with no explanation.

    Args:
        solution: What solving the formulation came to.
        formulation: The formulation.
        tables: Its data.
        folder: Where the files that it names are found.
        time_limit: Seconds that the explanation may take; 20 at most.
    """
    if solution.status not in ("infeasible", "unbounded"):
        return solution
    explain = explain_infeasibility if solution.status == "infeasible" else explain_unboundedness
    try:
        explanation = explain(formulation, tables, folder=folder, budget=ExplanationBudget.within(time_limit))
    except SteepestError:
        return solution
    return solution.model_copy(update={"explanation": explanation if explanation.lines else None})
