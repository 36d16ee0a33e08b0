"""Duals, reduced costs and ranges of an LP as HiGHS's optimal basis gives them, checked by duality."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.backends.highs import handed_over
from steepest.solvers.backends.highs_running import its_turn, run
from steepest.solvers.backends.scaling import ScaledModel, scaled
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.control import SolveControl
from steepest.solvers.options import SolveOptions
from steepest.solvers.tolerances import TIGHT
from steepest.solvers.vectorized.scatter import Numbers, totals
from steepest.solvers.verification import defect, objective_value, row_activity

if TYPE_CHECKING:
    import highspy

Flags = npt.NDArray[np.bool_]

_ZERO = 1e-7
"""A dual of this size, relative to the largest coefficient of the objective, is none: what solvers allow."""
_DUALITY = 1e-5
"""How far the value of the dual may be from that of the answer, relative to its size above 1."""


@dataclass(frozen=True, eq=False)
class Ranged:
    """An LP's optimal basis; every array has one entry a row, or one a column."""

    values: Numbers
    objective: float
    row_duals: Numbers
    """Change of the objective per unit of the row's bound, in the model's own sense."""
    reduced_costs: Numbers
    row_is_basic: Flags
    column_is_basic: Flags
    row_low: Numbers
    """From where the bound of a row that is not basic may be moved without another basis."""
    row_high: Numbers
    cost_low: Numbers
    cost_high: Numbers
    column_low: Numbers
    """From where the value of a column that is not basic may be moved without another basis."""
    column_high: Numbers
    is_primal_degenerate: bool
    """A basic row or column is at its bound: the duals may be others."""
    is_dual_degenerate: bool
    """A row or column at its bound costs nothing to move: the answer may be another."""


def solve_ranged(model: ArrayModel, options: SolveOptions, control: SolveControl | None = None) -> Ranged | None:
    """Solve an LP to an optimal basis and range it; None where HiGHS ends without one, or the control ends it.

    Raises:
        FormulationError: A bound or coefficient is infinite or zero to a solver.
        SolverError: The answer breaks the model, or the duals do not prove it.
    """
    scaling = scaled(model)
    if scaling.bounds_cross:
        return None
    control = control or SolveControl()
    with its_turn(control) as has_it:
        if not has_it:
            return None
        solver = handed_over(scaling.model, options)
        run(solver, control)
        found = _read(model, scaling, solver)
    if found is not None:
        _require_proof(model, found)
    return found


def _read(model: ArrayModel, scaling: ScaledModel, solver: "highspy.Highs") -> Ranged | None:
    import highspy

    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    if not model.nonzeros:
        return _without_coefficients(model, np.array(solver.getSolution().col_value))
    status, ranging = solver.getRanging()
    if status != highspy.HighsStatus.kOk or not ranging.valid:
        return None
    solution, basis = solver.getSolution(), solver.getBasis()
    basic = highspy.HighsBasisStatus.kBasic
    values, factor = np.array(solution.col_value), scaling.objective_factor
    duals = np.array(solution.row_dual) * scaling.row_factors / factor
    columns = np.array([each == basic for each in basis.col_status], bool)
    rows = np.array([each == basic for each in basis.row_status], bool)
    reduced = model.cost - _transposed(model, duals)
    largest = max(1.0, float(np.abs(model.cost).max(initial=0.0)))
    return Ranged(
        values=values,
        objective=objective_value(model, values),
        row_duals=np.where(rows | (np.abs(duals) <= _ZERO * 1e-3), 0.0, duals),
        reduced_costs=np.where(columns | (np.abs(reduced) <= _ZERO * largest), 0.0, reduced),
        row_is_basic=rows,
        column_is_basic=columns,
        row_low=_ends(ranging.row_bound_dn, model.rows) / scaling.row_factors,
        row_high=_ends(ranging.row_bound_up, model.rows) / scaling.row_factors,
        cost_low=_ends(ranging.col_cost_dn, model.columns) / factor,
        cost_high=_ends(ranging.col_cost_up, model.columns) / factor,
        column_low=_ends(ranging.col_bound_dn, model.columns),
        column_high=_ends(ranging.col_bound_up, model.columns),
        is_primal_degenerate=_is_primal_degenerate(model, values, rows, columns),
        is_dual_degenerate=_is_dual_degenerate(model, duals, reduced, rows, columns, largest),
    )


def _without_coefficients(model: ArrayModel, values: Numbers) -> Ranged:
    """Every column by itself at the better of its bounds, which HiGHS doesn't range."""
    rows, columns = np.ones(model.rows, bool), np.zeros(model.columns, bool)
    sign = 1.0 if model.sense == "minimize" else -1.0
    at_lower, at_upper = values <= model.lower, values >= model.upper
    falls, grows = (at_lower, at_upper) if sign > 0 else (at_upper, at_lower)
    none, free = np.zeros(model.rows), np.full(model.columns, np.inf)
    return Ranged(
        values=values,
        objective=objective_value(model, values),
        row_duals=none,
        reduced_costs=model.cost + 0.0,
        row_is_basic=rows,
        column_is_basic=columns,
        row_low=none,
        row_high=none,
        cost_low=np.where(grows, -np.inf, 0.0),
        cost_high=np.where(falls, np.inf, 0.0),
        column_low=-free,
        column_high=free,
        is_primal_degenerate=_is_primal_degenerate(model, values, rows, columns),
        is_dual_degenerate=bool(((model.cost == 0) & (model.lower < model.upper)).any()),
    )


def _ends(record: Any, count: int) -> Numbers:
    """The ends of ranges, infinite ones as infinities."""
    values = np.array(record.value_, np.float64)[:count]
    return np.where(np.abs(values) >= 1e20, np.copysign(np.inf, values), values)


def _transposed(model: ArrayModel, duals: Numbers) -> Numbers:
    """`A' y`."""
    rows = np.repeat(np.arange(model.rows), np.diff(model.row_starts))
    return totals(model.row_columns, model.row_coefficients * duals[rows], model.columns)


def _at_bound(values: Numbers, lower: Numbers, upper: Numbers) -> Flags:
    room = TIGHT * (1 + np.abs(values))
    return np.asarray((values - lower <= room) | (upper - values <= room))


def _is_primal_degenerate(model: ArrayModel, values: Numbers, rows: Flags, columns: Flags) -> bool:
    activity = row_activity(model, values)
    tight = _at_bound(activity, model.row_lower, model.row_upper)
    return bool((columns & _at_bound(values, model.lower, model.upper)).any() or (rows & tight).any())


def _is_dual_degenerate(
    model: ArrayModel, duals: Numbers, reduced: Numbers, rows: Flags, columns: Flags, largest: float
) -> bool:
    free_columns = ~columns & (model.lower < model.upper) & (np.abs(reduced) <= _ZERO * largest)
    free_rows = ~rows & (model.row_lower < model.row_upper) & (np.abs(duals) <= _ZERO)
    return bool(free_columns.any() or free_rows.any())


def _require_proof(model: ArrayModel, found: Ranged) -> None:
    """Raise `SolverError` unless the answer meets the model and the duals bound the objective by just its value."""
    broken = defect(model, found.values)
    if broken is not None:
        raise SolverError(f"the solver's answer {broken}; it is not to be trusted")
    sign = 1.0 if model.sense == "minimize" else -1.0
    rows = _least(sign * found.row_duals, model.row_lower, model.row_upper)
    columns = _least(sign * found.reduced_costs, model.lower, model.upper)
    bound = sign * (rows + columns) + model.offset
    if not abs(bound - found.objective) <= _DUALITY * max(1.0, abs(found.objective)):
        message = f"the solver's duals give the bound {bound:g} for the objective {found.objective:g}"
        raise SolverError(f"{message}; they are not to be trusted")


def _least(duals: Numbers, lower: Numbers, upper: Numbers) -> float:
    """The least that `duals * x` can be between bounds; a dual of no size needs no bound."""
    bounds = np.where(duals > 0, lower, upper)
    unneeded = (duals == 0) | (~np.isfinite(bounds) & (np.abs(duals) <= _ZERO * (1 + np.abs(duals).max(initial=0.0))))
    return float(np.sum(np.where(unneeded, 0.0, duals) * np.where(unneeded, 0.0, bounds)))
