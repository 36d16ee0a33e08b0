"""Slips of the pen that have one right repair, made without asking the model again."""

from steepest.solvers.diagnostics import Diagnostic
from steepest.solvers.formulation import Constraint, Formulation
from steepest.solvers.symbols import declared_elements


def mend(formulation: Formulation) -> tuple[Formulation, tuple[Diagnostic, ...]]:
    """The formulation with what can be mended, and a note on each change.

    A constraint named like a parameter, a variable or another constraint gets a name of its own: nothing refers to a
    constraint by its name, so nothing else changes. Small models do this often ("flour_limit" for both the number and
    the condition).
    """
    taken = {element.name for element in declared_elements(formulation)}
    constraints: list[Constraint] = []
    notes: list[Diagnostic] = []
    for constraint in formulation.constraints:
        name = _free_name(constraint.name, taken)
        taken.add(name)
        if name == constraint.name:
            constraints.append(constraint)
            continue
        constraints.append(constraint.model_copy(update={"name": name}))
        message = f"the name {constraint.name} was taken; the constraint is called {name} now"
        notes.append(Diagnostic(code="renamed", severity="note", message=message, element=f"constraint {name}"))
    if not notes:
        return formulation, ()
    return formulation.model_copy(update={"constraints": constraints}), tuple(notes)


def _free_name(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    candidate, number = f"{name}_kept", 2
    while candidate in taken:
        candidate, number = f"{name}_kept_{number}", number + 1
    return candidate
