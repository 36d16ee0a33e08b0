"""Changes applied to a formulation, also to one that still waits for data."""

from steepest.agents.modeling.check import MISSING
from steepest.solvers.changes.apply import apply_changes
from steepest.solvers.changes.scenarios import Scenario, changed_by
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation

__all__ = ["changed", "waits_for_data"]


def changed(scenario: Scenario, whole: Formulation) -> Formulation:
    """The formulation with changes.

    Args:
        scenario: The changes.
        whole: A formulation with the data in it that there are; it stays as it is.

    Raises:
        FormulationError: A change speaks of what is not there, or what comes out can't be used.
    """
    try:
        return changed_by(scenario, whole)
    except FormulationError as error:
        if not waits_for_data(error):
            raise
        return apply_changes(whole, scenario.changes)


def waits_for_data(error: FormulationError) -> bool:
    """Whether nothing is wrong with a formulation but that data are missing."""
    return all(each.code == MISSING for each in error.diagnostics)
