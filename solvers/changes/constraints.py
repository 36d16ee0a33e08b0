"""Changes of constraints: one more, one fewer, another limit."""

from steepest.solvers.changes.change import AddConstraint, DropConstraint, MoveLimit
from steepest.solvers.changes.known import declared_names, the_constraint
from steepest.solvers.changes.limits import moved
from steepest.solvers.changes.self_contained import rebuilt
from steepest.solvers.changes.singling import family_of, without_rows
from steepest.solvers.formulation import Constraint, Formulation


def dropped(change: DropConstraint, formulation: Formulation) -> Formulation:
    """The formulation without a constraint, or without some of its rows."""
    constraint = the_constraint(formulation, change.target.name)
    family = family_of(formulation, constraint, change.target)
    if family is None or family.condition(change.target) is None:
        return rebuilt(formulation, constraints=[each for each in formulation.constraints if each is not constraint])
    return _with_constraint(formulation, constraint.model_copy(update={"index": without_rows(family, change.target)}))


def added(change: AddConstraint, formulation: Formulation) -> Formulation:
    """The formulation with one more constraint; it gets another name where its own is taken."""
    return with_another(formulation, change.constraint)


def limit_moved(change: MoveLimit, formulation: Formulation) -> Formulation:
    """The formulation with another limit in a constraint, or in some of its rows."""
    constraint = the_constraint(formulation, change.target.name)
    family = family_of(formulation, constraint, change.target)
    rows = family.condition(change.target) if family is not None else None
    body = moved(constraint.body, change, rows, formulation)
    head = family.head if family is not None and rows is not None else constraint.index
    return _with_constraint(formulation, constraint.model_copy(update={"body": body, "index": head}))


def with_another(formulation: Formulation, constraint: Constraint) -> Formulation:
    """The formulation with one more constraint, whose name is changed where it is taken."""
    taken = declared_names(formulation) | {each.name for each in formulation.constraints}
    names = (constraint.name, *(f"{constraint.name}_{number}" for number in range(2, len(taken) + 3)))
    free = next(name for name in names if name not in taken)
    return rebuilt(formulation, constraints=[*formulation.constraints, constraint.model_copy(update={"name": free})])


def _with_constraint(formulation: Formulation, constraint: Constraint) -> Formulation:
    others = [constraint if each.name == constraint.name else each for each in formulation.constraints]
    return rebuilt(formulation, constraints=others)
