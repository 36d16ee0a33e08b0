"""The smallest move of one limit alone that makes a formulation feasible, whatever class it is of.

Where rows stand for terms that have no linear form, or hold only with bounds that may not give, limits can't be made
elastic all at once. One at a time can: the limit is moved by a new decision, and the least of it is solved for.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count, islice

import numpy as np

from steepest.solvers.changes.known import declared_names
from steepest.solvers.definitions import decisions
from steepest.solvers.formulation import Constraint, Formulation, Objective, Variable
from steepest.solvers.infeasibility.elastic import MOST_REPAIRS
from steepest.solvers.infeasibility.family_probe import solved_quietly
from steepest.solvers.infeasibility.limits import Limit, Limits
from steepest.solvers.infeasibility.moved_limits import mentions, with_operand
from steepest.solvers.infeasibility.records import ConflictMember, Repair
from steepest.solvers.infeasibility.reduction import Elements
from steepest.solvers.infeasibility.requirements import Requirement
from steepest.solvers.infeasibility.sides import DIGITS, Side, change_of, rounded
from steepest.solvers.language.expressions import Comparison, Name, Number, Sum
from steepest.solvers.spending import BudgetSpentError, Spending
from steepest.solvers.vectorized.compile import compile_formulation

MOST_TRIED = 12
"""Limits, and sides of them, that are moved one after another."""
_FURTHEST = 100
"""Times its own size a limit is moved at most: the new decision needs an end."""


@dataclass(frozen=True, eq=False)
class _Move:
    """A side of one constraint or bound, the rows that it moves for, and which operand of the comparison it is."""

    side: Side
    rows: Requirement
    place: int


def single_moves(
    elements: Elements, members: Sequence[ConflictMember], weights: Mapping[str, float], spending: Spending
) -> tuple[Repair, ...]:
    """The repairs that move one limit of a conflict only, the cheapest first.

    Args:
        elements: What an infeasible formulation asks for.
        members: The conflict.
        weights: What it costs to move a limit by its own size; `math.inf` for what may not give.
        spending: What may be spent on it.
    """
    found: dict[str, Repair] = {}
    with suppress(BudgetSpentError):  # those that were found are told
        for move in islice(_moves(elements, members, weights), MOST_TRIED):
            repair = _repair(elements, move, spending)
            if repair is not None:
                found.setdefault(str(repair), repair)
    return tuple(sorted(found.values(), key=lambda each: each.cost)[:MOST_REPAIRS])


def _moves(elements: Elements, members: Sequence[ConflictMember], weights: Mapping[str, float]) -> Iterator[_Move]:
    """The limits of a conflict that are numbers other than 0; an equation's moves either way."""
    for member in members:
        weight = weights.get(member.name, 1.0)
        if member.kind == "domain" or member.index is None or not math.isfinite(weight):
            continue
        for rows, place, limit in _limits(elements, member):
            for is_upper in (True, False) if limit.value else ():
                if limit.operator in ("==", "<=" if is_upper else ">="):
                    side = Side(0, is_upper, member.name, member.index, limit, weight, member.kind != "constraint")
                    yield _Move(side, rows, place)


def _limits(elements: Elements, member: ConflictMember) -> Iterator[tuple[Requirement, int, Limit]]:
    """The limits of a row, each with the rows that move with it and the operand that it is."""
    constraint = elements.comparison(member.kind, member.name)
    body, decided = constraint.body, decisions(elements.formulation)
    if not isinstance(body, Comparison):
        return
    sides = [place for place, side in enumerate(body.operands) if not mentions(side, decided)]
    decided_sides = set(range(len(body.operands))) - set(sides)
    if len(decided_sides) != 1:
        return
    row = elements.row(member.name, member.index or ())
    known = _limits_beside_anything(elements, constraint, decided_sides.pop())
    limits = known.of_row(row)
    for place, limit in zip(sides, limits, strict=len(limits) == len(sides)):
        together = [
            other
            for other in range(elements.size(member.name))
            if limit.parameter is not None and any(each.parameter == limit.parameter for each in known.of_row(other))
        ]
        rows = together if limit.is_used_once and together else [row]
        yield Requirement(member.kind, member.name, np.array(rows)), place, limit


def _limits_beside_anything(elements: Elements, constraint: Constraint, decided: int) -> Limits:
    """The limits of a constraint, read with a plain variable in place of the side that holds the decisions."""
    formulation = elements.formulation
    other = _free_name(formulation)
    plain = constraint.model_copy(update={"body": with_operand(constraint.body, decided, Name(other))})
    model = compile_formulation(
        formulation.model_copy(
            update={"variables": [Variable(name=other)], "lets": [], "objectives": [], "constraints": [plain]}
        ),
        elements.data,
    )
    others = [each for each in formulation.constraints if each.name != constraint.name]
    return Limits(model, formulation.model_copy(update={"constraints": [*others, constraint]}))


def _repair(elements: Elements, move: _Move, spending: Spending) -> Repair | None:
    """The least move that makes the formulation feasible, to a number of few digits if one serves."""
    side = move.side
    name = _free_name(elements.formulation)
    moved = _with_move(elements, move, name)
    is_whole = all(each.domain in ("integer", "binary") for each in moved.variables) and side.limit.value.is_integer()
    free = Variable(
        name=name,
        domain="integer" if is_whole else "real",
        lower=Number(0),
        upper=Number(math.ceil(_FURTHEST * abs(side.limit.value))),
    )
    objective = Objective(sense="minimize", expression=Name(name))
    found = solved_quietly(_asked(moved, free, objective), elements.data, spending)
    if found is None or found.status != "optimal" or not found.objective:
        return None
    for digits in DIGITS:
        step = rounded(side, found.objective, digits)
        held = free.model_copy(update={"lower": Number(step), "upper": Number(step)})
        again = solved_quietly(_asked(moved, held), elements.data, spending)
        if again is not None and again.objective is not None:
            return Repair(changes=(change_of(side, step),), cost=side.price * step, is_smallest=False)
    return None


def _with_move(elements: Elements, move: _Move, name: str) -> Formulation:
    """The formulation without an objective, and with a decision of this name by which a side moves outward."""
    rows = move.rows
    others = [each.without(rows) for each in elements.requirements()]
    formulation = elements.reduced([each for each in others if len(each)])
    constraint = elements.comparison(rows.kind, rows.name)
    assert isinstance(constraint.body, Comparison)  # noqa: S101  # it has a limit
    limit = Sum((constraint.body.operands[move.place], Name(name)), (1, 1 if move.side.is_upper else -1))
    looser = constraint.model_copy(update={"name": name, "body": with_operand(constraint.body, move.place, limit)})
    return formulation.model_copy(
        update={"constraints": [*formulation.constraints, elements.at_rows(looser, rows)]},
    )


def _asked(formulation: Formulation, variable: Variable, *objectives: Objective) -> Formulation:
    return formulation.model_copy(
        update={"variables": [*formulation.variables, variable], "objectives": list(objectives)}
    )


def _free_name(formulation: Formulation) -> str:
    taken = declared_names(formulation) | {each.name for each in formulation.constraints}
    heads = [each.index for each in formulation.variables] + [each.index for each in formulation.constraints]
    taken |= {name for head in heads if head is not None for name in head.names}
    return next(name for name in (f"moved{number}" for number in count(1)) if name not in taken)
