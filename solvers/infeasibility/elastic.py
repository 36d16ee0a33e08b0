"""The smallest repair: limits that may give, moved by as little as makes the problem feasible.

Every limit gets a slack that costs its weight relative to the limit's size, and the sum is minimized with whole numbers
kept (elastic programming: Brown and Graves, 1975; Chinneck, "Feasibility and Infeasibility in Optimization", 2008,
section 6). The slacks of one constraint alone give the alternatives.
"""

import math
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from steepest.solvers.array_solve import solve_arrays
from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.infeasibility.limits import Limit, Limits
from steepest.solvers.infeasibility.records import Repair
from steepest.solvers.infeasibility.sides import DIGITS, Side, change_of, rounded
from steepest.solvers.options import SolveOptions
from steepest.solvers.spending import BudgetSpentError, Spending
from steepest.solvers.vectorized.columns import CONTINUOUS
from steepest.solvers.vectorized.compile import CompiledModel
from steepest.solvers.vectorized.scatter import Numbers

MOST_REPAIRS = 3
Confirmation = Callable[[Sequence[tuple[Side, float]]], bool]
"""Tests sides that move outward, each by its step."""

_MOVED = 1e-7
"""Relative to its size, a limit that moves by less than this does not move."""


def find_repairs(
    model: CompiledModel,
    names: Sequence[str],
    weights: Mapping[str, float],
    spending: Spending,
    is_confirmed: Confirmation | None = None,
) -> tuple[Repair, ...]:
    """The smallest repair first, then others that move one constraint's or variable's limits only.

    Args:
        model: A compiled model that has no answer.
        names: Constraints and variables of its conflict, each of which is tried alone.
        weights: What it costs to move a limit by its own size, by the name of constraint or variable; 1 where none is
            given, `math.inf` for what may not give.
        spending: What may be spent on it.
        is_confirmed: Whether moves make the problem feasible that the model stands for, where the moved model is not
            enough to show it; then no repair is told as the smallest.
    """
    limits = Limits(model)
    bounded = _with_bounds_as_rows(model)
    rows = [side for row in range(model.rows) for side in _row_sides(model, limits, row, weights)]
    sides = [*rows, *_bound_sides(model, weights)]
    stated = [side for side in sides if side.limit.value]
    found: list[Repair] = []
    try:
        best = _repair(bounded, stated, spending, is_confirmed) or _repair(bounded, sides, spending, is_confirmed)
        if best is None:
            return ()
        found.append(best.model_copy(update={"is_smallest": is_confirmed is None}))
        for name in dict.fromkeys(names):
            own = [side for side in stated if side.name == name]
            alternative = _repair(bounded, own, spending, is_confirmed) if own else None
            if alternative is not None:
                found.append(alternative)
    except BudgetSpentError:
        return _different(found)
    return _different(found)


def _different(found: Iterable[Repair]) -> tuple[Repair, ...]:
    by_words: dict[str, Repair] = {}
    for repair in found:
        by_words.setdefault(str(repair), repair)
    ordered = sorted(by_words.values(), key=lambda each: (not each.is_smallest, each.cost))
    return tuple(ordered[:MOST_REPAIRS])


# What may give


def _row_sides(model: CompiledModel, limits: Limits, row: int, weights: Mapping[str, float]) -> Iterator[Side]:
    _, block = limits.block(row)
    weight = weights.get(block.name, 1.0)
    if block.is_auxiliary or not math.isfinite(weight):
        return
    known = {limit.operator: limit for limit in limits.of_row(row)}
    for is_upper, bound, operator in ((True, model.row_upper[row], "<="), (False, model.row_lower[row], ">=")):
        if np.isfinite(bound):
            limit = known.get(operator) or known.get("==") or Limit(operator, 0.0, None, None, False)
            yield Side(row, is_upper, block.name, limits.index(row), limit, weight)


def _bound_columns(model: CompiledModel) -> Iterator[tuple[str, int, bool, float]]:
    """Variables' names, columns and bounds that may give; a linear form may rest on the bounds, which stay then."""
    domains = {variable.name: variable.domain for variable in model.instance.formulation.variables}
    for block in () if model.steps else model.variables:
        if domains[block.name] in ("real", "integer"):
            for column in range(block.start, block.start + block.size):
                for is_upper, bound in ((True, float(model.upper[column])), (False, float(model.lower[column]))):
                    if math.isfinite(bound) and bound:
                        yield block.name, column, is_upper, bound


def _bound_sides(model: CompiledModel, weights: Mapping[str, float]) -> Iterator[Side]:
    blocks = {block.name: block for block in model.variables}
    units = {variable.name: variable.unit for variable in model.instance.formulation.variables}
    for place, (name, column, is_upper, bound) in enumerate(_bound_columns(model)):
        weight = weights.get(name, 1.0)
        if math.isfinite(weight):
            limit = Limit("<=" if is_upper else ">=", bound, units[name], None, False)
            index = model.variable_index(blocks[name], column - blocks[name].start)
            yield Side(model.rows + place, is_upper, name, index, limit, weight, is_bound=True)


def _with_bounds_as_rows(model: CompiledModel) -> ArrayModel:
    """The arrays without an objective, and with each bound that may give as a row behind the others."""
    bounds = list(_bound_columns(model))
    lower, upper = model.lower.copy(), model.upper.copy()
    row_lower, row_upper = np.full(len(bounds), -np.inf), np.full(len(bounds), np.inf)
    for place, (_, column, is_upper, bound) in enumerate(bounds):
        (row_upper if is_upper else row_lower)[place] = bound
        (upper if is_upper else lower)[column] = np.inf if is_upper else -np.inf
    columns = np.array([column for _, column, _, _ in bounds], np.int32)
    ends = model.row_starts[-1] + np.arange(1, len(bounds) + 1, dtype=np.int32)
    return ArrayModel(
        sense="minimize",
        offset=0.0,
        cost=np.zeros(model.columns),
        lower=lower,
        upper=upper,
        types=model.types,
        row_starts=np.concatenate([model.row_starts, ends]).astype(np.int32),
        row_columns=np.concatenate([model.row_columns, columns]),
        row_coefficients=np.concatenate([model.row_coefficients, np.ones(len(bounds))]),
        row_lower=np.concatenate([model.row_lower, row_lower]),
        row_upper=np.concatenate([model.row_upper, row_upper]),
        hessian=None,
    )


# How far


def _repair(
    model: ArrayModel, sides: Sequence[Side], spending: Spending, is_confirmed: Confirmation | None
) -> Repair | None:
    """The cheapest moves of these sides that make the model feasible, as a solve of the moved model confirms."""
    slacks = _slacks(model, sides, spending) if sides else None
    if slacks is None:
        return None
    moved = [(side, slack) for side, slack in zip(sides, slacks.tolist(), strict=True)
             if slack > _MOVED * max(1.0, abs(side.limit.value))]  # fmt: skip
    for digits in DIGITS:
        steps = [(side, rounded(side, slack, digits)) for side, slack in moved]
        if steps and _is_feasible(_moved(model, steps), spending):
            if is_confirmed is not None and not is_confirmed(steps):
                return None
            told = list({side.mover: (side, step) for side, step in reversed(steps)}.values())[::-1]
            changes = tuple(change_of(side, step) for side, step in told)
            return Repair(changes=changes, cost=sum(side.price * step for side, step in told), is_smallest=False)
    return None


def _slacks(model: ArrayModel, sides: Sequence[Side], spending: Spending) -> Numbers | None:
    """How far each side gives in the cheapest way; None if no way makes the model feasible, or none was found."""
    numbers: dict[Hashable, int] = {}
    movers = np.array([numbers.setdefault(side.mover, len(numbers)) for side in sides])
    answer = _solved(_elastic(model, sides, movers), spending)
    return answer[model.columns + movers] if answer is not None else None


def _elastic(model: ArrayModel, sides: Sequence[Side], movers: npt.NDArray[np.int64]) -> ArrayModel:
    """The model with a slack column for each mover, and their prices as the objective."""
    count = int(movers.max()) + 1
    prices = np.zeros(count)
    prices[movers] = [side.price for side in sides]
    rows = np.concatenate([np.repeat(np.arange(model.rows), np.diff(model.row_starts)), [side.row for side in sides]])
    order = np.argsort(rows, kind="stable")
    columns = np.concatenate([model.row_columns, model.columns + movers])
    coefficients = np.concatenate([model.row_coefficients, [-1.0 if side.is_upper else 1.0 for side in sides]])
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows.astype(np.int64), minlength=model.rows))])
    return replace(
        model,
        cost=np.concatenate([model.cost, prices]),
        lower=np.concatenate([model.lower, np.zeros(count)]),
        upper=np.concatenate([model.upper, np.full(count, np.inf)]),
        types=np.concatenate([model.types, np.full(count, CONTINUOUS)]).astype(np.int32),
        row_starts=starts.astype(np.int32),
        row_columns=columns[order].astype(np.int32),
        row_coefficients=coefficients[order],
    )


def _moved(model: ArrayModel, steps: Sequence[tuple[Side, float]]) -> ArrayModel:
    """The model with the limits where they are proposed to be; an equation moves as a whole."""
    lower, upper = model.row_lower.copy(), model.row_upper.copy()
    for side, step in steps:
        change = step if side.is_upper else -step
        is_equation = model.row_lower[side.row] == model.row_upper[side.row]
        if side.is_upper or is_equation:
            upper[side.row] += change
        if not side.is_upper or is_equation:
            lower[side.row] += change
    return replace(model, row_lower=lower, row_upper=upper)


def _is_feasible(model: ArrayModel, spending: Spending) -> bool:
    return _solved(model, spending) is not None


def _solved(model: ArrayModel, spending: Spending) -> Numbers | None:
    """The values of an optimal answer.

    Raises:
        BudgetSpentError: The budget is spent, or the user interrupts.
    """
    try:
        answer = solve_arrays(model, SolveOptions(time_limit=spending.next_limit()), spending.control)
    except SolverError:
        return None
    if answer.status == "interrupted":
        raise spending.interrupt()
    return answer.values if answer.status == "optimal" else None
