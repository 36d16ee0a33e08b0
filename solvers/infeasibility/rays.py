"""Unbounded problems: a direction of few variables in which the objective gets better without end.

The direction is the cheapest vector of the recession cone (`A d` within the cone of the rows' bounds, `d` within that
of the columns', `Q d = 0`) that improves the objective, by the sum of its parts' sizes: an LP of its own, whose answer
names fewer variables than the ray at which a solver happened to stop. For a MIP a rational direction of the relaxation
is one of the problem itself wherever that has an answer (Meyer, "On the existence of optimal solutions to integer and
mixed-integer programming problems", Mathematical Programming 7, 1974).
"""

from fractions import Fraction
from math import lcm

import numpy as np

from steepest.solvers.array_solve import solve_arrays
from steepest.solvers.backends.array_model import ArrayModel
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.display import format_number, named, with_unit
from steepest.solvers.infeasibility.records import Ray, RayMove
from steepest.solvers.infeasibility.requirements import Positions, families
from steepest.solvers.infeasibility.row_probe import RowProbe
from steepest.solvers.options import SolveOptions
from steepest.solvers.spending import BudgetSpentError, Spending
from steepest.solvers.units.answer_units import answer_units
from steepest.solvers.vectorized.columns import CONTINUOUS
from steepest.solvers.vectorized.compile import CompiledModel
from steepest.solvers.vectorized.scatter import Numbers, totals

MOST_TOLD = 6
_ZERO = 1e-9
_LARGEST_DENOMINATOR = 1000
_LARGEST_STEP = 10**6


def find_ray(model: CompiledModel, spending: Spending) -> Ray | None:
    """A direction without end; None where there is none, or none was found.

    Args:
        model: The compiled model.
        spending: What may be spent on it.
    """
    try:
        direction = _direction(model, spending)
        if direction is None:
            return None
        scaled, is_whole = _in_whole_numbers(direction)
        if not _is_ray(model, scaled):
            scaled, is_whole = direction / np.abs(direction[np.abs(direction) > _ZERO]).min(), False
        if not _is_ray(model, scaled):
            return None
        is_open = bool(model.types.any()) and not is_whole
        starts = RowProbe(model, spending)(families(model)) if not is_open else None
    except (BudgetSpentError, SolverError):
        return None
    return _told(model, scaled, starts is True)


def _direction(model: CompiledModel, spending: Spending) -> Numbers | None:
    """The vector of the recession cone with the smallest sum of sizes that improves the objective."""
    scale = float(np.abs(model.cost).max(initial=0.0))
    if scale == 0:
        return None
    answer = solve_arrays(_cone(model, scale), SolveOptions(time_limit=spending.next_limit()), spending.control)
    if answer.status == "interrupted":
        raise spending.interrupt()
    if answer.values is None:
        return None
    forward, backward = np.split(answer.values, 2)
    direction = forward - backward
    return np.where(np.abs(direction) > _ZERO * np.abs(direction).max(initial=0.0), direction, 0.0)


def _cone(model: CompiledModel, scale: float) -> ArrayModel:
    """The LP over steps forward and backward of each column, that the objective improves by `scale`."""
    columns = model.columns
    rows = np.repeat(np.arange(model.rows), np.diff(model.row_starts))
    curved_rows, curved_columns, curved = _curvature(model)
    cost = np.flatnonzero(model.cost)
    last = model.rows + columns
    all_rows = np.concatenate([rows, model.rows + curved_rows, np.full(len(cost), last)])
    all_columns = np.concatenate([model.row_columns, curved_columns, cost])
    coefficients = np.concatenate([model.row_coefficients, curved, model.cost[cost]])
    order = np.argsort(np.concatenate([all_rows, all_rows]), kind="stable")
    counts = np.bincount(all_rows, minlength=last + 1) * 2
    improved = scale if model.sense == "maximize" else -scale
    flat = np.zeros(columns)
    return ArrayModel(
        sense="minimize",
        offset=0.0,
        cost=np.ones(2 * columns),
        lower=np.zeros(2 * columns),
        upper=np.concatenate(
            [np.where(np.isfinite(model.upper), 0.0, np.inf), np.where(np.isfinite(model.lower), 0.0, np.inf)]
        ),
        types=np.full(2 * columns, CONTINUOUS, np.int32),
        row_starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        row_columns=np.concatenate([all_columns, all_columns + columns])[order].astype(np.int32),
        row_coefficients=np.concatenate([coefficients, -coefficients])[order],
        row_lower=np.concatenate([np.where(np.isfinite(model.row_lower), 0.0, -np.inf), flat, [improved]]),
        row_upper=np.concatenate([np.where(np.isfinite(model.row_upper), 0.0, np.inf), flat, [improved]]),
        hessian=None,
    )


def _curvature(model: CompiledModel) -> tuple[Positions, Positions, Numbers]:
    """Rows, columns and values of `Q`, both triangles."""
    hessian = model.hessian
    if hessian is None:
        none = np.empty(0, np.int64)
        return none, none, np.empty(0)
    columns = np.repeat(np.arange(model.columns), np.diff(hessian.starts))
    off = columns != hessian.rows
    return (
        np.concatenate([hessian.rows, columns[off]]),
        np.concatenate([columns, hessian.rows[off]]),
        np.concatenate([hessian.values, hessian.values[off]]),
    )


def _in_whole_numbers(direction: Numbers) -> tuple[Numbers, bool]:
    """The direction in its smallest whole numbers, if it has any that are not large."""
    moving = direction[direction != 0]
    parts = [
        Fraction(float(value)).limit_denominator(_LARGEST_DENOMINATOR) for value in direction / np.abs(moving).min()
    ]
    factor = lcm(*(part.denominator for part in parts))
    if factor > _LARGEST_STEP:
        return direction, False
    whole = np.array([float(part * factor) for part in parts])
    return whole / max(1.0, float(np.gcd.reduce(np.abs(whole).astype(np.int64)))), True


def _is_ray(model: CompiledModel, direction: Numbers) -> bool:
    """Whether the direction leaves no bound of a row or column, and improves the objective, by our own arithmetic."""
    rows = np.repeat(np.arange(model.rows), np.diff(model.row_starts))
    terms = model.row_coefficients * direction[model.row_columns]
    room = _ZERO * np.maximum(1.0, totals(rows, np.abs(terms), model.rows))
    activity = totals(rows, terms, model.rows)
    stays = not (np.isfinite(model.row_upper) & (activity > room)).any()
    stays &= not (np.isfinite(model.row_lower) & (activity < -room)).any()
    stays &= not (np.isfinite(model.upper) & (direction > 0)).any()
    stays &= not (np.isfinite(model.lower) & (direction < 0)).any()
    gain = float(model.cost @ direction)
    return bool(stays) and (gain > 0 if model.sense == "maximize" else gain < 0)


# In words


def _told(model: CompiledModel, direction: Numbers, is_proven: bool) -> Ray:
    units = {variable.name: variable.unit for variable in model.instance.formulation.variables}
    moves = tuple(
        RayMove(
            name=block.name,
            index=model.variable_index(block, int(place)),
            rate=float(direction[block.start + place]),
            unit=units[block.name],
        )
        for block in model.variables
        for place in np.flatnonzero(direction[block.start : block.start + block.size])
    )
    gain = float(model.cost @ direction)
    sentences = [_without_end(moves), _unstopped(model, direction, len(moves)), _gained(model, gain, moves)]
    if not is_proven:
        sentences.append("(if it has an answer at all: none to start from was found)")
    return Ray(moves=moves, gain=gain, is_proven=is_proven, sentences=tuple(sentences))


def _without_end(moves: tuple[RayMove, ...]) -> str:
    names = [named(move.name, move.index) for move in moves]
    if len(moves) == 1:
        return f"{names[0]} can {'grow' if moves[0].rate > 0 else 'fall'} without end."
    parts = [f"{name} {'grows' if move.rate > 0 else 'falls'} by {_amount(move.rate, move.unit)}"
             for name, move in zip(names[:MOST_TOLD], moves, strict=False)]  # fmt: skip
    more = [f"and {len(moves) - MOST_TOLD:,} more"] if len(moves) > MOST_TOLD else []
    return f"These can go on together without end, a step after the other: {', '.join([*parts, *more])}."


def _unstopped(model: CompiledModel, direction: Numbers, count: int) -> str:
    rows = np.repeat(np.arange(model.rows), np.diff(model.row_starts))
    touched = np.zeros(model.rows, bool)
    touched[rows[(direction[model.row_columns] != 0)]] = True
    ends = np.cumsum([len(block) for block in model.blocks])
    names = dict.fromkeys(
        block.name
        for block, end in zip(model.blocks, ends, strict=True)
        if not block.is_auxiliary and touched[end - len(block) : end].any()
    )
    pronoun = "it" if count == 1 else "them"
    if not names:
        return f"Nothing limits {pronoun}: no constraint mentions {pronoun}."
    shown = ", ".join(list(names)[:MOST_TOLD]) + (", ..." if len(names) > MOST_TOLD else "")
    return f"Nothing limits {pronoun}: the constraints on {pronoun} ({shown}) never stop {pronoun}."


def _gained(model: CompiledModel, gain: float, moves: tuple[RayMove, ...]) -> str:
    unit = answer_units(model.instance.formulation).objective
    each = "for each" if len(moves) == 1 and abs(moves[0].rate) == 1 else "with each step"
    return f"The objective {'grows' if gain > 0 else 'falls'} by {_amount(gain, unit)} {each}."


def _amount(value: float, unit: str | None) -> str:
    return with_unit(format_number(abs(value)), unit)
