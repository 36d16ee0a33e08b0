"""Whether every feasible point of one model is one of another: the other's limits are looked for where they break.

For each limit one solve looks for where the first model goes furthest beyond it. What ends within the tolerance is
implied; a point clearly beyond is a witness if the first model holds there far better than the second one breaks.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from steepest.solvers.alternatives.cutting_off import with_rows
from steepest.solvers.answer import Answer
from steepest.solvers.array_solve import solve_arrays
from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.equivalence.projection import Projection
from steepest.solvers.equivalence.report import Implication, Side
from steepest.solvers.equivalence.rows import bounds_of, rows_of
from steepest.solvers.options import SolveOptions
from steepest.solvers.spending import Spending
from steepest.solvers.tolerances import LARGEST_MISS
from steepest.solvers.vectorized.columns import CONTINUOUS, INTEGER, SEMICONTINUOUS
from steepest.solvers.vectorized.scatter import Numbers
from steepest.solvers.verification import row_activity

HOLDS, BREAKS = 1e-6, 1e-5
"""Up to where a limit holds and from where on it is broken, relative to its size above 1; between them is unknown."""
_LARGEST_BREAK = 10 * LARGEST_MISS
"""Of large limits: one more of two million trucks is one truck more."""
_SURER = 1e4
"""By how much more a witness breaks the one model than it is off in the other."""


@dataclass(eq=False)
class Inclusion:
    """What is known of one model lying within another."""

    implications: list[Implication] = field(default_factory=list)
    point: Numbers | None = None
    """A point of the first model, one value a column, that is none of the second."""
    broken: str = ""
    doubts: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether every limit was shown to hold."""
        return self.point is None and not self.doubts


@dataclass(frozen=True, slots=True)
class _Limit:
    """One side of a constraint of the second model, over the columns of the first: the activity is at most this."""

    name: str
    coefficients: dict[int, float]
    most: float

    @property
    def size(self) -> float:
        return max(1.0, abs(self.most))

    @property
    def holds_within(self) -> float:
        """How far beyond it a model may go and count as keeping it."""
        return min(HOLDS * self.size, LARGEST_MISS)

    @property
    def breaks_from(self) -> float:
        """How far beyond it a point has to be to count as breaking it."""
        return min(BREAKS * self.size, _LARGEST_BREAK)


def solved(model: ArrayModel, spending: Spending) -> Answer:
    """An answer of the arrays within what is left of the budget; a solver that breaks down is an answer that failed.

    Raises:
        BudgetSpentError: Nothing is left, or the user interrupts.
    """
    try:
        answer = solve_arrays(model, SolveOptions(time_limit=spending.next_limit()), spending.control)
    except (SolverError, FormulationError) as error:
        return Answer("failed", str(error))
    if answer.status == "interrupted":
        raise spending.interrupt()
    return answer


def inclusion(
    inside: ArrayModel, outer: Projection, to_inside: dict[int, int], of: Side, spending: Spending
) -> Inclusion:
    """Whether the points of a model, as far as columns are shared, are points of another.

    Args:
        inside: The model whose points are asked about.
        outer: What the other says of the shared columns.
        to_inside: The column of the first model for each shared one of the other.
        of: Which formulation the other is, for the report.
        spending: What the solves may take.

    Raises:
        BudgetSpentError: The budget is spent.
    """
    found = Inclusion()
    own = _tightest(inside)
    for limit in _limits(outer, to_inside):
        key, factor = _key(limit.coefficients)
        if own.get(key, np.inf) * factor <= limit.most + 1e-9 * limit.size:
            found.implications.append(Implication(of, limit.name, limit.most, None))
            continue
        _test(inside, limit, found, of, spending)
        if found.point is not None:
            return found
    for column in outer.kept:
        _test_type(inside, to_inside[column], outer.model, column, found, spending)
        if found.point is not None:
            return found
    return found


def _limits(outer: Projection, to_inside: dict[int, int]) -> Iterator[_Limit]:
    model = outer.model
    own = [each for each in outer.kept if model.types[each] != SEMICONTINUOUS]
    for row in (*outer.rows, *(bounds_of(model, each) for each in own)):
        scaled = row.scaled()
        coefficients = {to_inside[column]: value for column, value in scaled.coefficients.items()}
        if np.isfinite(scaled.upper):
            yield _Limit(row.name, coefficients, scaled.upper + 0.0)
        if np.isfinite(scaled.lower):
            yield _Limit(row.name, {each: -value for each, value in coefficients.items()}, 0.0 - scaled.lower)


_Key = tuple[tuple[int, float], ...]


def _key(coefficients: dict[int, float]) -> tuple[_Key, float]:
    """A row up to a positive factor, and the factor."""
    largest = max(map(abs, coefficients.values()), default=1.0)
    return tuple(sorted((column, float(f"{value / largest:.12g}")) for column, value in coefficients.items())), largest


def _tightest(model: ArrayModel) -> dict[_Key, float]:
    """The limits that a model has itself, by what they limit."""
    found: dict[_Key, float] = {}

    def add(coefficients: dict[int, float], most: float) -> None:
        if np.isfinite(most):
            key, factor = _key(coefficients)
            found[key] = min(found.get(key, np.inf), most / factor)

    for row in rows_of(model):
        add(row.coefficients, row.upper)
        add({column: -value for column, value in row.coefficients.items()}, -row.lower)
    for column in np.flatnonzero(model.types != SEMICONTINUOUS).tolist():
        add({column: 1.0}, float(model.upper[column]))
        add({column: -1.0}, -float(model.lower[column]))
    return found


def _test(inside: ArrayModel, limit: _Limit, found: Inclusion, of: Side, spending: Spending) -> None:
    """Look for where the model goes furthest beyond a limit."""
    answer = _furthest(inside, limit.coefficients, spending)
    if answer.status in ("unbounded", "infeasible_or_unbounded"):
        answer = _beyond(inside, limit, spending)
        if answer.status == "infeasible":
            found.implications.append(Implication(of, limit.name, limit.most, None))
            return
    if answer.values is None or answer.objective is None:
        if answer.status == "infeasible":  # a model without points lies within every other
            found.implications.append(Implication(of, limit.name, limit.most, None))
        else:
            found.doubts.append(f"{limit.name}: a solve ended with {answer.status.replace('_', ' ')}")
        return
    reached = sum(value * float(answer.values[column]) for column, value in limit.coefficients.items())
    proven = reached if answer.bound is None else max(reached, answer.bound)
    over = reached - limit.most
    if answer.status == "optimal" and proven - limit.most <= limit.holds_within:
        found.implications.append(Implication(of, limit.name, limit.most, reached))
    elif over > max(limit.breaks_from, _SURER * largest_miss(inside, answer.values)):
        found.point, found.broken = answer.values, f"{limit.name} by {over:.6g}"
    else:
        found.doubts.append(f"{limit.name}: it is too close to tell")


def _furthest(model: ArrayModel, direction: dict[int, float], spending: Spending) -> Answer:
    cost = np.zeros(model.columns)
    for column, value in direction.items():
        cost[column] = value
    return solved(replace(model, sense="maximize", cost=cost, offset=0.0, hessian=None), spending)


def _beyond(model: ArrayModel, limit: _Limit, spending: Spending) -> Answer:
    """Any point beyond the limit, for where there is no furthest one."""
    row = (list(limit.coefficients), list(limit.coefficients.values()))
    least = limit.most + 10 * limit.breaks_from
    free = replace(model, cost=np.zeros(model.columns), offset=0.0, hessian=None)
    answer = solved(with_rows(free, [row], np.array([least]), np.array([np.inf])), spending)
    return replace(answer, objective=least, bound=None) if answer.values is not None else answer


def largest_miss(model: ArrayModel, values: Numbers) -> float:
    """By how much a point is off in a model at most."""
    activity = row_activity(model, values)
    off = (model.types == SEMICONTINUOUS) & (values == 0)
    whole = np.where(model.types == INTEGER, np.abs(values - np.round(values)), 0.0)
    misses = [
        model.row_lower - activity,
        activity - model.row_upper,
        np.where(off, 0.0, model.lower - values),
        values - model.upper,
        whole,
    ]
    return max(0.0, *(float(each.max(initial=0.0)) for each in misses))


# Whole numbers, and what is zero or within its bounds


def _test_type(
    inside: ArrayModel, column: int, outer: ArrayModel, theirs: int, found: Inclusion, spending: Spending
) -> None:
    """Whether a column is whole, or semicontinuous, in the first model where it is in the second."""
    wanted, given = int(outer.types[theirs]), int(inside.types[column])
    name = outer.column_name(theirs)
    if wanted == CONTINUOUS:
        return
    if wanted == SEMICONTINUOUS:
        is_same = given == SEMICONTINUOUS and (
            inside.lower[column] >= outer.lower[theirs] and inside.upper[column] <= outer.upper[theirs]
        )
        if not is_same:
            found.doubts.append(f"{name} is zero or within its bounds in one formulation")
        return
    if given == INTEGER:
        return
    _look_for_a_fraction(inside, column, name, found, spending)


def _look_for_a_fraction(inside: ArrayModel, column: int, name: str, found: Inclusion, spending: Spending) -> None:
    """A point at which a column is not whole, or the doubt whether there is one."""
    low, high = (_furthest(inside, {column: sign}, spending) for sign in (-1.0, 1.0))
    for answer in (low, high):
        if answer.values is not None and _fraction(answer.values[column]) > _SURER * HOLDS:
            found.point, found.broken = answer.values, f"{name}: it is no whole number"
            return
    if low.values is None or high.values is None or inside.types.any():
        found.doubts.append(f"{name} is a whole number in one formulation, and not declared so in the other")
        return
    distance = float(high.values[column] - low.values[column])
    if distance > 0.5:  # what lies between two points of an LP is one, too
        part = 0.5 / distance
        found.point = low.values + part * (high.values - low.values)
        found.broken = f"{name}: it is no whole number"
    elif low.status != "optimal" or high.status != "optimal" or distance > HOLDS:
        found.doubts.append(f"{name} is a whole number in one formulation, and not declared so in the other")


def _fraction(value: float) -> float:
    return abs(float(value) - round(float(value)))
