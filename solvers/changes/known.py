"""What a change may speak of: elements by name, with close matches where there is none of that name."""

from collections.abc import Iterable
from typing import TypeVar

from steepest.solvers.changes.change import ANY, Target
from steepest.solvers.checks.findings import nearest
from steepest.solvers.diagnostics import problem
from steepest.solvers.display import named
from steepest.solvers.formulation import Constraint, Formulation, Parameter, Variable
from steepest.solvers.language.expressions import Label

E = TypeVar("E", Parameter, Variable, Constraint)

_CHANGED_BY = {
    "variable": "a variable is changed by `fix NAME = 3`, `NAME <= 3` or `NAME: real`",
    "parameter": "a parameter is changed by `NAME = 3` or `NAME += 10%`",
    "constraint": "a constraint is changed by `drop NAME` or `relax NAME by 5`",
}
_MOST_LISTED = 8


def the_parameter(formulation: Formulation, name: str) -> Parameter:
    """The parameter of a name.

    Raises:
        FormulationError: There is none; the message names what there is.
    """
    return _found(formulation, formulation.parameters, "parameter", name)


def the_variable(formulation: Formulation, name: str) -> Variable:
    """The variable of a name.

    Raises:
        FormulationError: There is none; the message names what there is.
    """
    return _found(formulation, formulation.variables, "variable", name)


def the_constraint(formulation: Formulation, name: str) -> Constraint:
    """The constraint of a name.

    Raises:
        FormulationError: There is none; the message names what there is.
    """
    return _found(formulation, formulation.constraints, "constraint", name)


def _found(formulation: Formulation, elements: list[E], kind: str, name: str) -> E:
    for element in elements:
        if element.name == name:
            return element
    others: dict[str, str] = {each.name: "parameter" for each in formulation.parameters}
    others |= {each.name: "variable" for each in formulation.variables}
    others |= {each.name: "constraint" for each in formulation.constraints}
    if name in others:
        raise problem("wrong-kind", f"`{name}` is a {others[name]}, not a {kind}", repair=_CHANGED_BY[others[name]])
    names = [each.name for each in elements]
    close = nearest(name, names)
    repair = f"did you mean `{close}`?" if close else f"there are {_listed(names)}"
    raise problem("unknown-name", f"there is no {kind} `{name}`", repair=repair)


def declared_names(formulation: Formulation) -> set[str]:
    """The names that an index can't have: of sets, parameters, variables and named expressions."""
    names = {each.name for each in formulation.sets} | {each.name for each in formulation.parameters}
    return names | {each.name for each in formulation.variables} | {each.name for each in formulation.lets}


def require_cells(target: Target, cells: Iterable[tuple[Label, ...]], kind: str) -> None:
    """Raise `FormulationError` if a target names none of the cells; the message names close ones."""
    known = list(cells)
    if target.index is None or any(target.matches(cell) for cell in known):
        return
    texts = [named(target.name, cell) for cell in known]
    wanted = named(target.name, target.index)
    close = nearest(wanted, texts)
    if known and len(target.index) != len(known[0]):
        repair = f"its index has {len(known[0])} label{'s' if len(known[0]) > 1 else ''}; `{ANY}` stands for any"
    else:
        repair = f"did you mean `{close}`?" if close else f"there are {_listed(texts)}"
    raise problem("unknown-cell", f"{kind} `{target.name}` has no `{wanted}`", repair=repair)


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:_MOST_LISTED])
    more = len(names) - _MOST_LISTED
    return (shown or "none") + (f" and {more} more" if more > 0 else "")
