"""Changes applied to a formulation, also to one that still waits for data."""

from steepest.agents.chat.units import in_own_units
from steepest.agents.modeling.check import MISSING
from steepest.solvers.changes.apply import apply_changes
from steepest.solvers.changes.scenarios import Scenario, as_scenario, changed_by
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation

__all__ = ["changed", "scenario_of", "waits_for_data"]


def scenario_of(text: str, whole: Formulation) -> Scenario:
    """The changes that a text is, its numbers maybe with units.

    Args:
        text: As a person or a model writes changes.
        whole: What they are made to.

    Raises:
        FormulationError: They can't be read, or a unit is none of what they change.
        InputError: There is no change.
    """
    return as_scenario(in_own_units(text, whole))


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
