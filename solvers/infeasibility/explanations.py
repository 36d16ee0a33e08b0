"""Why a formulation has no answer, on request: explanations cost further solves, and a plain solve pays for none."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from steepest.errors import InputError, SteepestError
from steepest.solvers.checks.findings import nearest
from steepest.solvers.constraint_programming.solve import suits
from steepest.solvers.control import SolveControl
from steepest.solvers.data.binding import bind
from steepest.solvers.data.instance_data import Tables
from steepest.solvers.formulation import Formulation
from steepest.solvers.infeasibility import moved_limits
from steepest.solvers.infeasibility.budget import ExplanationBudget
from steepest.solvers.infeasibility.conflicts import compiled, find_conflict
from steepest.solvers.infeasibility.elastic import Confirmation, find_repairs
from steepest.solvers.infeasibility.rays import find_ray
from steepest.solvers.infeasibility.records import Explanation, Repair
from steepest.solvers.infeasibility.reduction import Elements
from steepest.solvers.infeasibility.single_moves import single_moves
from steepest.solvers.interruption import cancelled_by_ctrl_c
from steepest.solvers.solution import Solution
from steepest.solvers.spending import Spending
from steepest.solvers.vectorized.compile import CompiledModel

_NO_REPAIR = (
    "No repair is offered: no single limit of this conflict was found that could move far enough alone, and which "
    "moves of several are the smallest can't be told of terms without a linear form."
)
_NO_RAY = (
    "Which decisions have no end can't be told: the problem has terms without a linear form, and a direction in which "
    "these get better for ever is nothing that a linear problem finds."
)
_FOR_REPAIRS = 0.5
"""Of the seconds, beside those for the conflict."""


def explain_infeasibility(
    formulation: Formulation,
    tables: Tables | None = None,
    *,
    folder: Path | str | None = None,
    budget: ExplanationBudget | None = None,
    weights: Mapping[str, float] | None = None,
    control: SolveControl | None = None,
) -> Explanation:
    """A smallest conflicting set of an infeasible formulation, and the smallest changes of limits that repair it.

    Args:
        formulation: The formulation.
        tables: Its data.
        folder: Where the files that it names are found.
        budget: Limits on solves and seconds, for the conflict; repairs get half of the seconds on top.
        weights: For repairs, what it costs to move a limit by its own size, by the name of the constraint or variable;
            1 where none is given, `math.inf` for what may not give.
        control: May end the search from another thread; what is known by then is told.

    Raises:
        InputError: `weights` name no constraint or variable.
        SteepestError: The solver broke down, or the data don't fit.
    """
    _require_names(formulation, weights or {})
    budget = budget or ExplanationBudget()
    spending = budget.spending(control)
    data = bind(formulation, tables, folder=folder)
    model = compiled(formulation, data)
    conflict = find_conflict(formulation, data, model, spending)
    if conflict is None:
        return Explanation()
    left = spending.again(budget.share(_FOR_REPAIRS))
    repairs: tuple[Repair, ...] = ()
    if model is not None and not suits(formulation):
        names = [member.name for member in conflict.members]
        repairs = find_repairs(
            model, names, weights or {}, left, _confirmation(model, Elements(formulation, data), left)
        )
    if not repairs and (model is None or model.steps):
        repairs = single_moves(Elements(formulation, data), conflict.members, weights or {}, left)
    has_note = not repairs and (model is None or bool(model.steps)) and not spending.control.cancelled
    return Explanation(conflict=conflict, repairs=repairs, note=_NO_REPAIR if has_note else "")


def _confirmation(model: CompiledModel, elements: Elements, spending: Spending) -> Confirmation | None:
    """What shows that moves repair a model whose linear form may rest on the limits that move; None for any other."""
    return partial(moved_limits.repairs, elements, spending=spending) if model.steps else None


def _require_names(formulation: Formulation, weights: Mapping[str, float]) -> None:
    known = [each.name for each in formulation.constraints] + [each.name for each in formulation.variables]
    for name in weights:
        if name not in known:
            close = nearest(name, known)
            repair = f"did you mean {close}?" if close else f"there are {', '.join(known) or 'none'}"
            raise InputError(f"weights: there is no constraint or variable {name!r}; {repair}")


def explain_unboundedness(
    formulation: Formulation,
    tables: Tables | None = None,
    *,
    folder: Path | str | None = None,
    budget: ExplanationBudget | None = None,
    control: SolveControl | None = None,
) -> Explanation:
    """The direction in which a linear, integer or convex quadratic formulation has no end.

    Args:
        formulation: The formulation.
        tables: Its data.
        folder: Where the files that it names are found.
        budget: Limits on solves and seconds.
        control: May end the search from another thread.
    """
    model = compiled(formulation, bind(formulation, tables, folder=folder))
    if model is None:
        return Explanation(note=_NO_RAY)
    return Explanation(ray=find_ray(model, (budget or ExplanationBudget()).spending(control)))


def with_explanation(
    solution: Solution,
    formulation: Formulation,
    tables: Tables | None = None,
    *,
    folder: Path | str | None = None,
    time_limit: float | None = None,
    control: SolveControl | None = None,
) -> Solution:
    """The solution with its explanation, if it is infeasible or unbounded; else as it is.

    Where the solver could not tell which of the two it is, a conflict or a proven ray does, and the status is that. An
    explanation that fails leaves the solution's own verdict as it is, with no explanation.

    Args:
        solution: What solving the formulation came to.
        formulation: The formulation.
        tables: Its data.
        folder: Where the files that it names are found.
        time_limit: Seconds that the explanation may take; 20 at most.
        control: May end the explanation from another thread, as Ctrl-C does; what is known by then is told.
    """
    if solution.status not in ("infeasible", "unbounded", "infeasible_or_unbounded"):
        return solution
    budget, control = ExplanationBudget.within(time_limit), control or SolveControl()
    explanation = Explanation()
    try:
        with cancelled_by_ctrl_c(control):
            if solution.status != "unbounded":
                explanation = explain_infeasibility(formulation, tables, folder=folder, budget=budget, control=control)
            if explanation.conflict is None and solution.status != "infeasible" and not control.cancelled:
                explanation = explain_unboundedness(formulation, tables, folder=folder, budget=budget, control=control)
    except SteepestError:
        return solution
    explanation = explanation.model_copy(update={"is_interrupted": control.cancelled})
    known: dict[str, object] = {"explanation": explanation if explanation.lines else None}
    if solution.status == "infeasible_or_unbounded" and explanation.conflict is not None:
        known |= {"status": "infeasible", "message": ""}
    elif solution.status == "infeasible_or_unbounded" and explanation.ray is not None and explanation.ray.is_proven:
        known |= {"status": "unbounded", "message": ""}
    return solution.model_copy(update=known)
