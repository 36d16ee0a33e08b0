"""Whether the feasible, or the optimal, values of the common decisions of two models are the same."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from steepest.solvers.alternatives.cutting_off import with_rows
from steepest.solvers.answer import Answer
from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.equivalence.canonical import is_same, products
from steepest.solvers.equivalence.inclusion import BREAKS, Inclusion, inclusion, largest_miss, solved
from steepest.solvers.equivalence.projection import NotProjectableError, projected
from steepest.solvers.equivalence.report import Finding, Implication, Level, Side, Witness
from steepest.solvers.equivalence.rows import SparseRow
from steepest.solvers.equivalence.shared import SharedColumns
from steepest.solvers.spending import Spending
from steepest.solvers.vectorized.compile import CompiledModel
from steepest.solvers.vectorized.scatter import Numbers

OPTIMAL = "the optimal objective"
_MOST_TOLD = 8
"""Values in a message; a witness has all."""
_PROBES = 10
"""Directions in which a point is looked for that the other refuses, where no proof is possible."""


@dataclass(frozen=True, eq=False)
class PointSet:
    """Some points of a model: the feasible ones, or those whose objective is at least as good as its best."""

    model: CompiledModel
    arrays: ArrayModel
    limits: list[SparseRow]
    """What was added to the model's own constraints."""
    columns: tuple[int, ...]
    """Those of the shared decisions."""


def feasible_set(model: CompiledModel, columns: tuple[int, ...]) -> PointSet:
    """All that a model allows."""
    return PointSet(model, without_objective(model), [], columns)


def optimal_set(model: CompiledModel, columns: tuple[int, ...], best: float) -> PointSet:
    """All that is as good as the best objective."""
    free = without_objective(model)
    used = np.flatnonzero(model.cost)
    if not len(used):
        return PointSet(model, free, [], columns)
    limit = best - model.offset
    low, high = (limit, np.inf) if model.sense == "maximize" else (-np.inf, limit)
    row = SparseRow(OPTIMAL, dict(zip(used.tolist(), model.cost[used].tolist(), strict=True)), low, high)
    given = (list(row.coefficients), list(row.coefficients.values()))
    return PointSet(model, with_rows(free, [given], np.array([low]), np.array([high])), [row], columns)


def without_objective(model: ArrayModel) -> ArrayModel:
    """The plain arrays, with nothing to optimize."""
    plain = ArrayModel(**{name: getattr(model, name) for name in ArrayModel.__dataclass_fields__})
    return replace(plain, cost=np.zeros(model.columns), offset=0.0, hessian=None, sense="minimize")


def compare_sets(level: Level, first: PointSet, second: PointSet, shared: SharedColumns, spending: Spending) -> Finding:
    """Whether two sets of points are the same on the shared decisions.

    Raises:
        BudgetSpentError: The budget is spent.
    """
    implications: list[Implication] = []
    doubts: list[str] = []
    directions: list[tuple[Side, PointSet, PointSet, dict[int, int]]] = [
        ("second", first, second, shared.first_of()),
        ("first", second, first, shared.second_of()),
    ]
    for side, inside, outer, to_inside in directions:
        found, witness = _one_way(inside, outer, to_inside, side, spending)
        if witness is not None:
            return Finding(level, "different", _told(witness, side), witness)
        implications += found.implications
        doubts += found.doubts
    if doubts:
        return Finding(level, "unknown", "; ".join(dict.fromkeys(doubts)), implications=tuple(implications))
    message = f"each has all that the other has: {len(implications)} limits were shown to hold in the other"
    return Finding(level, "equivalent", message, implications=tuple(implications))


def _one_way(
    inside: PointSet, outer: PointSet, to_inside: dict[int, int], of: Side, spending: Spending
) -> tuple[Inclusion, Witness | None]:
    """What is known of the one set lying within the other, and a point that shows that it does not."""
    try:
        limits = projected(outer.model, outer.columns, outer.limits, spending)
    except NotProjectableError as error:
        found = Inclusion(doubts=[str(error)])
        return found, _probed(inside, outer, to_inside, of, spending)
    found = inclusion(inside.arrays, limits, to_inside, of, spending)
    if found.point is None:
        return found, None
    witness = _confirmed(inside, outer, to_inside, found.point, found.broken, of, spending)
    if witness is None:
        found.doubts.append(f"{found.broken}: the point that shows it could not be confirmed")
    return found, witness


def _probed(
    inside: PointSet, outer: PointSet, to_inside: dict[int, int], of: Side, spending: Spending
) -> Witness | None:
    """A point in one of some directions that the other refuses."""
    for direction in _directions(inside):
        answer = solved(replace(inside.arrays, cost=direction), spending)
        if answer.values is None:
            continue
        witness = _confirmed(inside, outer, to_inside, answer.values, "", of, spending)
        if witness is not None:
            return witness
    return None


def _directions(points: PointSet) -> Iterator[Numbers]:
    chance = np.random.default_rng(0)
    yield points.model.cost * (1.0 if points.model.sense == "minimize" else -1.0)
    for _ in range(_PROBES):
        direction = np.zeros(points.model.columns)
        direction[list(points.columns)] = chance.integers(-3, 4, len(points.columns))
        yield direction


def _confirmed(
    inside: PointSet,
    outer: PointSet,
    to_inside: dict[int, int],
    point: Numbers,
    broken: str,
    of: Side,
    spending: Spending,
) -> Witness | None:
    """A point of the one as a witness, if the other has no answer with the shared decisions held at it."""
    exact = 1e-9 if inside.limits or outer.limits else BREAKS * 1e-3
    if largest_miss(inside.arrays, point) > exact * max(1.0, float(np.abs(point).max(initial=0.0))):
        return None
    columns = list(outer.columns)
    values = point[[to_inside[column] for column in columns]]
    answer = _held(outer.arrays, columns, values, spending)
    if answer.status != "infeasible":
        return None
    names = [inside.model.column_name(column) for column in inside.columns]
    told = {name: float(point[column]) for name, column in zip(names, inside.columns, strict=True)}
    good = "it is an optimal answer" if inside.limits else "it is allowed"
    bad = f"it breaks {broken}" if broken else "it is not allowed"
    if broken.startswith(OPTIMAL) or (outer.limits and not broken):
        bad = "it is not an optimal answer"
    return Witness(good, bad, told) if of == "second" else Witness(bad, good, told)


def _held(model: ArrayModel, columns: list[int], values: Numbers, spending: Spending) -> Answer:
    """What a model says where some of its columns are held; a value beyond their bounds is refused at once."""
    lower, upper = model.lower.copy(), model.upper.copy()
    off = (model.types[columns] == 2) & (values == 0)
    beyond = (values < lower[columns] - BREAKS) | (values > upper[columns] + BREAKS)
    fractions = (model.types[columns] == 1) & (np.abs(values - np.round(values)) > BREAKS)
    if (beyond & ~off | fractions).any():
        return Answer("infeasible")
    kept = np.where(off, 0.0, np.clip(values, lower[columns], upper[columns]))
    lower[columns], upper[columns] = kept, kept
    types = model.types.copy()
    types[columns] = np.where(off, 0, types[columns])
    return solved(replace(model, lower=lower, upper=upper, types=types), spending)


def _told(witness: Witness, of: Side) -> str:
    shown = [(name, value) for name, value in witness.values.items() if value or len(witness.values) <= _MOST_TOLD]
    values = ", ".join(f"{name} = {value:.10g}" for name, value in shown[:_MOST_TOLD])
    more = ", ..." if len(shown) > _MOST_TOLD else " and all else 0" if len(shown) < len(witness.values) else ""
    inside, outside = ("first", "second") if of == "second" else ("second", "first")
    said = {"first": witness.first, "second": witness.second}
    return f"at {values}{more}: in the {inside} {said[inside]}, in the {outside} {said[outside]}"


def have_same_objective(first: CompiledModel, second: CompiledModel, shared: SharedColumns) -> bool:
    """Whether the objectives are the same over decisions that both models have, but for a constant."""
    if first.sense != second.sense or len(shared.first) < max(first.columns, second.columns):
        return False
    one, other = list(shared.first), list(shared.second)
    if not all(map(is_same, first.cost[one].tolist(), second.cost[other].tolist())):
        return False
    mine, theirs = products(first, shared.second_of()), products(second, {each: each for each in other})
    return mine.keys() == theirs.keys() and all(is_same(mine[key], theirs[key]) for key in mine)
