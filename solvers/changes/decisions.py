"""Changes of decisions and of what is optimized: fixed values, bounds, domains, the objective."""

from steepest.solvers.changes.change import BoundVariable, ChangeDomain, ChangeObjective, FixVariable, Target
from steepest.solvers.changes.constraints import with_another
from steepest.solvers.changes.holds import HELD, let_go
from steepest.solvers.changes.known import the_variable
from steepest.solvers.changes.self_contained import rebuilt
from steepest.solvers.changes.singling import Family, cell, family_of, only_rows
from steepest.solvers.diagnostics import problem
from steepest.solvers.formulation import Constraint, Formulation, Objective, Variable
from steepest.solvers.language.expressions import (
    Comparison,
    ComparisonOperator,
    Conditional,
    Expression,
    Name,
    Number,
)


def fixed(change: FixVariable, formulation: Formulation) -> Formulation:
    """The formulation with a variable, or cells of it, held at a value by a constraint, in place of an earlier hold."""
    variable = the_variable(formulation, change.target.name)
    family = family_of(formulation, variable, change.target)
    held = _held(f"fixed_{variable.name}", variable, family, change.target, "==", change.value)
    return with_another(let_go(formulation, variable, change.target, "=="), held)


def bounded(change: BoundVariable, formulation: Formulation) -> Formulation:
    """The formulation with other bounds of a variable, or of cells of it."""
    variable = the_variable(formulation, change.target.name)
    family = family_of(formulation, variable, change.target)
    if change.lower is not None:
        formulation = _with_bound(formulation, variable.name, family, change.target, "lower", change.lower)
    if change.upper is not None:
        formulation = _with_bound(formulation, variable.name, family, change.target, "upper", change.upper)
    return formulation


def domain_changed(change: ChangeDomain, formulation: Formulation) -> Formulation:
    """The formulation with a variable of another domain."""
    variable = the_variable(formulation, change.target.name)
    if change.target.index is not None:
        repair = f"write `{variable.name}: {change.domain}`"
        raise problem("unknown-change", "all cells of a variable have one domain", repair=repair)
    update: dict[str, object] = {"domain": change.domain}
    if variable.domain == "binary":
        update |= {"lower": _bound_of(variable, "lower"), "upper": _bound_of(variable, "upper")}
    return _with_variable(formulation, variable.model_copy(update=update))


def objective_changed(change: ChangeObjective, formulation: Formulation) -> Formulation:
    """The formulation with its one objective turned round, or with another one."""
    found = formulation.objectives
    if len(found) > 1 or (change.expression is None and not found):
        message = f"the formulation has {'several objectives' if found else 'no objective'}"
        raise problem("unknown-change", message, repair="name the objective: `minimize: ...`" if not found else None)
    if change.expression is None:
        return rebuilt(formulation, objectives=[found[0].model_copy(update={"sense": change.sense})])
    return rebuilt(formulation, objectives=[Objective(sense=change.sense, expression=change.expression)])


def _with_bound(
    formulation: Formulation, name: str, family: Family | None, target: Target, side: str, value: float
) -> Formulation:
    variable = the_variable(formulation, name)
    operator: ComparisonOperator = ">=" if side == "lower" else "<="
    formulation = let_go(formulation, variable, target, operator)
    rows = family.condition(target) if family is not None else None
    if family is None or rows is None:
        return _with_variable(formulation, variable.model_copy(update={side: Number(value)}))
    old = _bound_of(variable, side)
    if old is None:  # without a bound elsewhere there is none to write, and a row says the same here
        return with_another(formulation, _held(f"bound_{name}", variable, family, target, operator, value))
    bound = Conditional(Number(value), rows, _elsewhere(old, rows))
    return _with_variable(formulation, variable.model_copy(update={side: bound, "index": family.head}))


def _elsewhere(bound: Expression, rows: Expression) -> Expression:
    """A bound without what it says of rows that are not looked up in it any more."""
    if not isinstance(bound, Conditional):
        return bound
    rest = _elsewhere(bound.otherwise, rows)
    return rest if bound.test == rows else Conditional(bound.then, bound.test, rest)


def _bound_of(variable: Variable, side: str) -> Expression | None:
    """A bound as it holds: a binary variable has some though none are written."""
    written = variable.lower if side == "lower" else variable.upper
    if written is None and variable.domain == "binary":
        return Number(0 if side == "lower" else 1)
    return Number(0) if written is None and side == "lower" and variable.domain == "semicontinuous" else written


def _held(
    name: str, variable: Variable, family: Family | None, target: Target, operator: ComparisonOperator, value: float
) -> Constraint:
    """A constraint that compares a variable, or the cells of it that are meant, with a number."""
    if family is None:
        return Constraint(name=name, body=Comparison((Name(variable.name), Number(value)), (operator,)), note=HELD)
    rows = family.condition(target)
    head = family.head if rows is None else only_rows(family.head, rows)
    body = Comparison((cell(variable.name, family.head), Number(value)), (operator,))
    return Constraint(name=name, index=head, body=body, note=HELD)


def _with_variable(formulation: Formulation, variable: Variable) -> Formulation:
    others = [variable if each.name == variable.name else each for each in formulation.variables]
    return rebuilt(formulation, variables=others)
