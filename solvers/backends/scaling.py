"""A model in numbers that a solver's absolute tolerances suit: tiny rows and objectives are scaled up.

Every factor is a power of two, so that scaling rounds nothing.
"""

from dataclasses import dataclass, replace

import numpy as np

from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.backends.raw_answer import RawAnswer
from steepest.solvers.control import SolveProgress
from steepest.solvers.diagnostics import problem
from steepest.solvers.tolerances import FEASIBILITY, LARGEST_MISS, ROUNDING
from steepest.solvers.vectorized.scatter import Numbers

SMALLEST_COEFFICIENT = 1e-12
"""HiGHS takes what is not above this for zero (`small_matrix_value`, at its least)."""

INFINITE = 1e20
"""HiGHS takes a bound of this size for no bound."""

_TINY, _HUGE = 1e-3, 1e12
_DUST = 1e-15
"""What rounding leaves of a coefficient that cancels, relative to the largest one of its row."""


@dataclass(frozen=True, eq=False)
class ScaledModel:
    """A model with its rows and its objective multiplied by powers of two."""

    model: ArrayModel
    row_factors: Numbers
    objective_factor: float

    @property
    def bounds_cross(self) -> bool:
        """Whether a row or column has no value between its bounds: HiGHS refuses some of those models."""
        model = self.model
        return bool((model.row_lower > model.row_upper).any() or (model.lower > model.upper).any())

    def unscaled(self, raw: RawAnswer) -> RawAnswer:
        """An answer for the scaled model as one for the model that it was made of."""
        duals = None if raw.row_duals is None else raw.row_duals * self.row_factors / self.objective_factor
        return replace(raw, row_duals=duals, bound=self._unscaled(raw.bound))

    def unscaled_progress(self, progress: SolveProgress) -> SolveProgress:
        """Progress with the objective of the model that the scaled one was made of."""
        return replace(
            progress,
            objective=self._unscaled(progress.objective),
            bound=self._unscaled(progress.bound),
            current=self._unscaled(progress.current),
        )

    def _unscaled(self, objective: float | None) -> float | None:
        return None if objective is None else objective / self.objective_factor


def scaled(model: ArrayModel) -> ScaledModel:
    """The model as a solver reads it best.

    Raises:
        FormulationError: A bound or coefficient is beyond what a solver can tell from infinity or from zero.
    """
    _require_finite_bounds(model)
    factors, objective = row_factors(model), objective_factor(model)
    whole = model.types == 1
    hessian = model.hessian
    rescaled = replace(
        model,
        offset=model.offset * objective,
        cost=model.cost * objective,
        # HiGHS's presolve may answer 0.5 for `integer in 0.5..9.5`.
        lower=np.where(whole, np.ceil(model.lower - _residue(model.lower)), model.lower),
        upper=np.where(whole, np.floor(model.upper + _residue(model.upper)), model.upper),
        row_coefficients=model.row_coefficients * np.repeat(factors, np.diff(model.row_starts)),
        row_lower=model.row_lower * factors,
        row_upper=_not_below(model.row_lower * factors, model.row_upper * factors),
        hessian=replace(hessian, values=hessian.values * objective) if hessian is not None else None,
    )
    rescaled = _without_dust(rescaled)
    _require_seen_coefficients(rescaled)
    return ScaledModel(rescaled, factors, objective)


def row_factors(model: ArrayModel) -> Numbers:
    """What each row is multiplied by: 1, unless all its coefficients are tiny."""
    largest = largest_coefficients(model)
    factors = np.ones(model.rows)
    tiny = (largest > SMALLEST_COEFFICIENT) & (largest < _TINY)  # what is smaller may be nothing but rounding
    if not tiny.any():
        return factors
    factors[tiny] = _power_of_two(1 / largest[tiny])
    limits = np.maximum(_size(model.row_lower), _size(model.row_upper))
    return np.where(limits * factors < INFINITE, factors, 1.0)


def largest_coefficients(model: ArrayModel) -> Numbers:
    """The largest coefficient of each row by size; 0 for a row without any."""
    largest = np.zeros(model.rows)
    filled = np.flatnonzero(np.diff(model.row_starts))
    if len(filled):
        largest[filled] = np.maximum.reduceat(np.abs(model.row_coefficients), model.row_starts[filled])
    return largest


def objective_factor(model: ArrayModel) -> float:
    """What the objective is multiplied by: a tiny one would drown in the solver's tolerance."""
    slopes = model.hessian.values if model.hessian is not None else model.cost
    largest = float(np.abs(slopes).max(initial=0.0))
    steepest = max(largest, float(np.abs(model.cost).max(initial=0.0)))
    if not steepest > 0 or (largest >= _TINY and steepest <= _HUGE):
        return 1.0
    factor = min(1 / max(largest, 1e-300), _HUGE / steepest)
    return float(_power_of_two(np.float64(factor)))


def _power_of_two(values: Numbers | np.float64) -> Numbers:
    return np.asarray(np.exp2(np.floor(np.log2(values))))


def _size(bounds: Numbers) -> Numbers:
    return np.where(np.isfinite(bounds), np.abs(bounds), 0.0)


def _residue(bounds: Numbers) -> Numbers:
    """What double precision may have left behind in a bound; never so much that it is another whole number."""
    return np.minimum(ROUNDING * np.abs(bounds), LARGEST_MISS)


def _not_below(lower: Numbers, upper: Numbers) -> Numbers:
    """The upper bounds, those raised to the lower ones that are below them by no more than the tolerance."""
    room = FEASIBILITY * np.maximum(1.0, _size(lower))
    return np.where((upper < lower) & (lower <= upper + np.minimum(room, LARGEST_MISS)), lower, upper)


def _without_dust(model: ArrayModel) -> ArrayModel:
    """The model without what only rounding left behind, such as `0.1 x + 0.2 x - 0.3 x` beside `y`."""
    limit = np.repeat(_DUST * largest_coefficients(model), np.diff(model.row_starts))
    keep = np.abs(model.row_coefficients) > limit
    if keep.all():
        return model
    kept_before = np.concatenate([np.zeros(1, np.int32), np.cumsum(keep, dtype=np.int32)])
    return replace(
        model,
        row_starts=kept_before[model.row_starts],
        row_columns=model.row_columns[keep],
        row_coefficients=model.row_coefficients[keep],
    )


def _require_finite_bounds(model: ArrayModel) -> None:
    """No bound may be so large that the solver takes it for none."""
    for low, high in ((model.lower, model.upper), (model.row_lower, model.row_upper)):
        beyond = np.maximum(_size(low), _size(high)) >= INFINITE
        if not beyond.any():
            continue
        place = int(np.argmax(beyond))
        size = max(float(_size(low)[place]), float(_size(high)[place]))
        element = _variable(model, place) if low is model.lower else _constraint(model, place)
        repair = "leave the bound out if there is none, or count in larger units"
        raise problem("too-large", f"a bound of {size:g} is infinite to a solver", element=element, repair=repair)


def _require_seen_coefficients(model: ArrayModel) -> None:
    """No coefficient may be so small that the solver takes it for zero."""
    unseen = np.abs(model.row_coefficients) <= SMALLEST_COEFFICIENT
    if not unseen.any():
        return
    term = int(np.argmax(unseen))
    row = int(np.searchsorted(model.row_starts, term, "right")) - 1
    variable = _variable(model, int(model.row_columns[term]))
    message = f"the coefficient {model.row_coefficients[term]:.3g} of {variable} is zero to a solver"
    repair = "bring the quantities of the row to units in which their numbers are of similar size"
    raise problem("too-small", message, element=_constraint(model, row), repair=repair)


def _constraint(model: ArrayModel, row: int) -> str:
    return f"constraint {model.row_name(row)}"


def _variable(model: ArrayModel, column: int) -> str:
    return f"variable {model.column_name(column)}"
