"""Names of constraints that are taken already.

Small models like to call a limit and the constraint that keeps it by one name. Nothing in a formulation refers to a
constraint by its name, so giving the constraint another one changes no meaning.
"""

from collections.abc import Iterable

from steepest.solvers.diagnostics import Diagnostics
from steepest.solvers.formulation import Constraint


def with_names_of_their_own(
    constraints: Iterable[Constraint], taken: frozenset[str], diagnostics: Diagnostics
) -> list[Constraint]:
    """The constraints, those renamed whose name is a declared name or another constraint's, with a note each."""
    used = set(taken)
    found: list[Constraint] = []
    for constraint in constraints:
        name = _free_name(constraint.name, used)
        used.add(name)
        if name != constraint.name:
            message = f"the name `{constraint.name}` is taken already, so the constraint is called `{name}`"
            diagnostics.add("note", "renamed", message, element=f"constraint {name}", place=constraint.place)
            constraint = constraint.model_copy(update={"name": name})
        found.append(constraint)
    return found


def _free_name(name: str, used: set[str]) -> str:
    if name not in used:
        return name
    candidates = [f"{name}_constraint", *(f"{name}_{number}" for number in range(2, len(used) + 3))]
    return next(candidate for candidate in candidates if candidate not in used)
