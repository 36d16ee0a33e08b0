"""A formulation with some limits elsewhere: what shows that a repair repairs where a linear form rests on the limits.

What stands for a logical or curved term in the arrays is as large as the rows beside it allow, those that a repair
loosens among them. So the changed formulation is read anew.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from steepest.solvers.definitions import decisions
from steepest.solvers.formulation import Constraint, Formulation
from steepest.solvers.infeasibility.family_probe import solved_quietly
from steepest.solvers.infeasibility.reduction import Elements
from steepest.solvers.infeasibility.requirements import Requirement
from steepest.solvers.infeasibility.sides import Side
from steepest.solvers.language.expressions import Comparison, Expression, Index, Name, Number, Sum, walk
from steepest.solvers.spending import Spending

_FORWARD = {"<=": 1, "<": 1, ">=": -1, ">": -1}
"""Which way the right side of a comparison moves to loosen it."""


def repairs(elements: Elements, steps: Sequence[tuple[Side, float]], spending: Spending) -> bool:
    """Whether the formulation has an answer with sides of its constraints moved outward, each by its step.

    Args:
        elements: What an infeasible formulation asks for.
        steps: Sides of constraints, and how far they move.
        spending: What may be spent on it.

    Raises:
        BudgetSpentError: The budget is spent, or the user interrupts.
    """
    moved = _with_moves(elements, steps)
    found = None if moved is None else solved_quietly(moved, elements.data, spending)
    return found is not None and found.objective is not None


def _with_moves(elements: Elements, steps: Sequence[tuple[Side, float]]) -> Formulation | None:
    """The formulation without an objective and with the limits moved; None if one is no side of a comparison."""
    by_row: dict[tuple[str, int], list[tuple[Side, float]]] = {}
    for side, step in steps:
        by_row.setdefault((side.name, elements.row(side.name, side.index)), []).append((side, step))
    left, added = elements.requirements(), list[Constraint]()
    for (name, row), moves in by_row.items():
        rows = Requirement("constraint", name, np.array([row]))
        constraint = elements.comparison("constraint", name)
        body = _moved(constraint.body, moves, decisions(elements.formulation))
        if body is None:
            return None
        looser = constraint.model_copy(update={"name": f"{name}_moved{row}", "body": body})
        added.append(elements.at_rows(looser, rows))
        left = [each.without(rows) for each in left]
    formulation = elements.reduced([each for each in left if len(each)])
    return formulation.model_copy(update={"constraints": [*formulation.constraints, *added]})


def _moved(body: Expression, moves: Sequence[tuple[Side, float]], decided: frozenset[str]) -> Expression | None:
    for side, step in moves:
        if not isinstance(body, Comparison):
            return None
        place = _place(body, side.is_upper, decided)
        if place is None:
            return None
        limit = Sum((body.operands[place], Number(step)), (1, 1 if _direction(body, place, side.is_upper) > 0 else -1))
        body = with_operand(body, place, limit)
    return body


def _place(body: Comparison, is_upper: bool, decided: frozenset[str]) -> int | None:
    """The operand that a side of a row is: one that is data, or the last of two that hold decisions."""
    data = [place for place, each in enumerate(body.operands) if not mentions(each, decided)]
    if len(data) != len(body.operands) - 1:
        return 1 if len(body.operands) == 2 else None
    wanted = 1 if is_upper else -1
    return next((place for place in data if _direction(body, place, is_upper) == wanted), None)


def _direction(body: Comparison, place: int, is_upper: bool) -> int:
    """Which way an operand moves to loosen the comparison; that of an equation moves as its row does."""
    either = 1 if is_upper else -1
    return -_FORWARD.get(body.operators[0], -either) if place == 0 else _FORWARD.get(body.operators[place - 1], either)


def with_operand(body: Expression, place: int, operand: Expression) -> Expression:
    """A comparison with another operand."""
    assert isinstance(body, Comparison)  # noqa: S101  # the caller has looked
    return replace(body, operands=(*body.operands[:place], operand, *body.operands[place + 1 :]))


def mentions(side: Expression, names: frozenset[str]) -> bool:
    """Whether an expression has one of the names in it."""
    return any(isinstance(each, Name | Index) and each.name in names for each in walk(side))
