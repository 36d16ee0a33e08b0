"""A sensitivity analysis in the formulation's units and with the user's words beside what it speaks of."""

from dataclasses import replace

from steepest.solvers.changes.change import AdjustParameter, MoveLimit
from steepest.solvers.formulation import Formulation
from steepest.solvers.provenance import Provenance, quotes_in
from steepest.solvers.sensitivity.report import ConstraintSensitivity, Delta, Sensitivity
from steepest.solvers.units.answer_units import AnswerUnits, answer_units


def with_sources(found: Sensitivity, formulation: Formulation) -> Sensitivity:
    """The analysis with units where the formulation determines them, and the passages that its numbers come from."""
    units, provenance = answer_units(formulation), Provenance(formulation)
    return replace(
        found,
        unit=found.unit or units.objective,
        constraints=[_constraint(each, units, provenance) for each in found.constraints],
        deltas=[_delta(each, units, provenance) for each in found.deltas],
    )


def _constraint(each: ConstraintSensitivity, units: AnswerUnits, provenance: Provenance) -> ConstraintSensitivity:
    parameter = each.parameter.partition("[")[0] if each.parameter is not None else None
    return replace(
        each,
        unit=each.unit or units.constraints.get(each.name),
        quotes=_quotes(parameter, each.name, provenance),
    )


def _delta(each: Delta, units: AnswerUnits, provenance: Provenance) -> Delta:
    match each.change:
        case MoveLimit(target):
            unit = each.unit or units.constraints.get(target.name)
            return replace(each, unit=unit, quotes=_quotes(None, target.name, provenance))
        case AdjustParameter(target):
            return replace(each, quotes=quotes_in(provenance.of_names([target.name])))
    return each


def _quotes(parameter: str | None, constraint: str, provenance: Provenance) -> tuple[str, ...]:
    """The passages of the parameter that is the limit, else those of the constraint and what is in it."""
    of_limit = quotes_in(provenance.of_names([parameter])) if parameter is not None else ()
    return of_limit or quotes_in(provenance.of_constraint(constraint))
