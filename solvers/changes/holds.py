"""Constraints that an earlier change has put on cells of a variable, and that a later change takes the place of."""

from steepest.solvers.changes.change import Target
from steepest.solvers.changes.self_contained import rebuilt
from steepest.solvers.changes.singling import cell, family_at, without_rows
from steepest.solvers.data.binding import bind
from steepest.solvers.formulation import Constraint, Formulation, Variable
from steepest.solvers.language.expressions import Comparison, ComparisonOperator, Name
from steepest.solvers.vectorized.instance import Instance

__all__ = ["HELD", "let_go"]

HELD = "held by a change"
"""The note of such a constraint: it tells one from a constraint of the problem, whatever that one is called."""


def let_go(formulation: Formulation, variable: Variable, target: Target, operator: ComparisonOperator) -> Formulation:
    """The formulation without what such constraints say of the cells that are meant; of other cells it stays.

    Args:
        formulation: The formulation.
        variable: Whose cells are held.
        target: The cells.
        operator: How the constraints compare.
    """
    if not any(_is_hold(each, variable, operator) for each in formulation.constraints):
        return formulation
    instance = Instance(formulation, bind(formulation))
    kept: list[Constraint] = []
    for each in formulation.constraints:
        left = _left(each, instance, target) if _is_hold(each, variable, operator) else each
        kept += [left] if left is not None else []
    return rebuilt(formulation, constraints=kept) if kept != formulation.constraints else formulation


def _is_hold(constraint: Constraint, variable: Variable, operator: ComparisonOperator) -> bool:
    body, head = constraint.body, constraint.index
    if constraint.note != HELD or not isinstance(body, Comparison):
        return False
    held = Name(variable.name) if head is None else cell(variable.name, head)
    return body.operators == (operator,) and body.operands[0] == held


def _left(hold: Constraint, instance: Instance, target: Target) -> Constraint | None:
    """What stays of it; None if nothing does."""
    if hold.index is None:
        return None
    family = family_at(instance, hold.index)
    held = [each for each in family.cells if not target.matches(each)]
    if family.condition(target) is None or not held:
        return None
    if len(held) == len(family.cells):
        return hold
    return hold.model_copy(update={"index": without_rows(family, target)})
