"""The sensitivity of an LP from its optimal basis, in the names of the formulation."""

from collections.abc import Iterator

import numpy as np

from steepest.solvers.formulation import Formulation
from steepest.solvers.language.expressions import Label
from steepest.solvers.sensitivity.limits import LimitSide, limit_sides
from steepest.solvers.sensitivity.ranging import Ranged
from steepest.solvers.sensitivity.report import (
    ConstraintSensitivity,
    Range,
    Relation,
    Sensitivity,
    VariableSensitivity,
)
from steepest.solvers.tolerances import TIGHT
from steepest.solvers.vectorized.compile import CompiledModel
from steepest.solvers.verification import row_activity

_DUALS_MAY_DIFFER = (
    "the answer is degenerate: more limits meet in it than it takes, so what a limit is worth may differ between one "
    "unit more and one unit less, and a range may end right at the limit"
)
_ANSWER_MAY_DIFFER = "there may be other answers that are as good; the ranges of coefficients are for this one"
_WRITTEN_LINEARLY = (
    "the objective was written linearly, so its coefficients have no ranges here: what they are worth is told by "
    "solving again with changed data"
)
_RATIO = "`{name}` compares a ratio and was multiplied out; its limit has no dual here"


def exact_sensitivity(model: CompiledModel, ranged: Ranged) -> Sensitivity:
    """Duals, reduced costs and ranges, in the sense and the names of the formulation."""
    formulation = model.instance.formulation
    ratios = _ratios(model)
    has_linear_objective = not any(step.element == "objective" for step in model.steps)
    notes = [_DUALS_MAY_DIFFER] if ranged.is_primal_degenerate else []
    notes += [_ANSWER_MAY_DIFFER] if ranged.is_dual_degenerate else []
    notes += [] if has_linear_objective else [_WRITTEN_LINEARLY]
    notes += [_RATIO.format(name=name) for name in sorted(ratios)]
    objective = formulation.objectives[0] if formulation.objectives else None
    return Sensitivity(
        status="optimal",
        method="exact",
        objective=ranged.objective,
        sense=objective.sense if objective else None,
        unit=objective.unit if objective else None,
        constraints=list(_constraints(model, ranged, ratios)),
        variables=list(_variables(model, ranged, formulation, has_linear_objective)),
        duals_are_unique=not ranged.is_primal_degenerate,
        answer_is_unique=not ranged.is_dual_degenerate,
        notes=notes,
    )


def _ratios(model: CompiledModel) -> frozenset[str]:
    """The constraints whose rows are multiples of them by decisions."""
    elements = (step.element or "" for step in model.steps if step.kind == "ratio")
    return frozenset(element.removeprefix("constraint ") for element in elements)


def _constraints(model: CompiledModel, ranged: Ranged, left_out: frozenset[str]) -> Iterator[ConstraintSensitivity]:
    sides = limit_sides(model.instance)
    activity = row_activity(model, ranged.values)
    first = 0
    for block in model.blocks:
        count = len(block)
        if not block.is_auxiliary and block.name not in left_out:
            side = sides.get(block.name, LimitSide())
            indices = model.row_indices(block, np.arange(count))
            for row, index in zip(range(first, first + count), indices, strict=True):
                yield _constraint(model, ranged, row, float(activity[row]), block.name, index, side)
        first += count


def _constraint(
    model: CompiledModel,
    ranged: Ranged,
    row: int,
    activity: float,
    name: str,
    index: tuple[Label, ...],
    side: LimitSide,
) -> ConstraintSensitivity:
    lower, upper = float(model.row_lower[row]), float(model.row_upper[row])
    relation, limit = _limit(lower, upper, activity, float(ranged.row_duals[row]), model.sense == "maximize")
    valid = _row_range(ranged, row, relation, activity, lower, upper)
    dual = float(ranged.row_duals[row])
    is_binding = abs(limit - activity) <= TIGHT * (1 + abs(activity))
    if side.is_turned:
        relation, limit, activity, dual = _TURNED[relation], -limit, -activity, -dual
        valid = Range(_negated(valid.high), _negated(valid.low))
    parameter = side.of_row(index)
    shift = parameter.value - limit if parameter is not None else 0.0
    return ConstraintSensitivity(
        name=name,
        index=index,
        relation=relation,
        limit=limit + shift + 0.0,
        activity=activity + shift + 0.0,
        dual=dual + 0.0,
        valid=_shifted(valid, shift),
        is_binding=is_binding,
        parameter=str(parameter) if parameter is not None else None,
        unit=parameter.unit if parameter is not None else None,
    )


_TURNED: dict[Relation, Relation] = {"<=": ">=", ">=": "<=", "==": "=="}


def _limit(lower: float, upper: float, activity: float, dual: float, is_maximized: bool) -> tuple[Relation, float]:
    """The side of a row that limits it: the only one, the one that its dual is for, or the nearer one."""
    if lower == upper:
        return "==", upper
    if not np.isfinite(lower):
        return "<=", upper
    if not np.isfinite(upper):
        return ">=", lower
    is_upper = (dual > 0) == is_maximized if dual else upper - activity <= activity - lower
    return ("<=", upper) if is_upper else (">=", lower)


def _row_range(ranged: Ranged, row: int, relation: Relation, activity: float, lower: float, upper: float) -> Range:
    """The limits that keep the basis; a limit that is not reached may be anywhere beyond what is."""
    if ranged.row_is_basic[row]:
        if relation == "==":
            return Range(activity, activity)
        return Range(activity + 0.0, None) if relation == "<=" else Range(None, activity + 0.0)
    low, high = float(ranged.row_low[row]), float(ranged.row_high[row])
    if relation == "<=":
        low = max(low, lower)
    elif relation == ">=":
        high = min(high, upper)
    return _range(low, high)


def _variables(
    model: CompiledModel, ranged: Ranged, formulation: Formulation, has_costs: bool
) -> Iterator[VariableSensitivity]:
    units = {variable.name: variable.unit for variable in formulation.variables}
    for block in model.variables:
        for position in range(block.size):
            column = block.start + position
            is_basic = bool(ranged.column_is_basic[column])
            costs = _range(float(ranged.cost_low[column]), float(ranged.cost_high[column]))
            moves = _range(float(ranged.column_low[column]), float(ranged.column_high[column]))
            yield VariableSensitivity(
                name=block.name,
                index=model.variable_index(block, position),
                value=float(ranged.values[column]) + 0.0,
                unit=units[block.name],
                cost=float(model.cost[column]) + 0.0 if has_costs else None,
                reduced_cost=float(ranged.reduced_costs[column]) + 0.0,
                costs=costs if has_costs else None,
                moves=None if is_basic else moves,
            )


def _range(low: float, high: float) -> Range:
    return Range(low + 0.0 if np.isfinite(low) else None, high + 0.0 if np.isfinite(high) else None)


def _negated(value: float | None) -> float | None:
    return None if value is None else -value + 0.0


def _shifted(valid: Range, by: float) -> Range:
    return Range(
        None if valid.low is None else valid.low + by + 0.0, None if valid.high is None else valid.high + by + 0.0
    )
