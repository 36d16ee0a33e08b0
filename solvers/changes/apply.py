"""Applies named changes to a formulation; what comes out is a formulation like any other, the original untouched."""

from collections.abc import Iterable

from steepest.solvers.changes.change import (
    AddConstraint,
    AdjustParameter,
    BoundVariable,
    Change,
    ChangeDomain,
    ChangeObjective,
    DropConstraint,
    FixVariable,
    MoveLimit,
    SetParameter,
)
from steepest.solvers.changes.constraints import added, dropped, limit_moved
from steepest.solvers.changes.decisions import bounded, domain_changed, fixed, objective_changed
from steepest.solvers.changes.parameters import adjusted, given
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation


def apply_changes(formulation: Formulation, changes: Iterable[Change]) -> Formulation:
    """A new formulation in which the changes hold, one after another.

    Args:
        formulation: A formulation with its data in it (`self_contained`); it stays as it is.
        changes: What to change.

    Raises:
        FormulationError: A change speaks of what is not there, or has no meaning; it names the change.
    """
    for change in changes:
        try:
            formulation = _applied(change, formulation)
        except FormulationError as error:
            raise error.within(f"change `{change}`") from error
    return formulation


def _applied(change: Change, formulation: Formulation) -> Formulation:
    match change:
        case SetParameter():
            return given(change, formulation)
        case AdjustParameter():
            return adjusted(change, formulation)
        case DropConstraint():
            return dropped(change, formulation)
        case AddConstraint():
            return added(change, formulation)
        case MoveLimit():
            return limit_moved(change, formulation)
        case FixVariable():
            return fixed(change, formulation)
        case BoundVariable():
            return bounded(change, formulation)
        case ChangeDomain():
            return domain_changed(change, formulation)
        case ChangeObjective():
            return objective_changed(change, formulation)
