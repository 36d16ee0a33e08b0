"""What a question asks about by name: a constraint, a parameter or a decision, and what belongs to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from steepest.errors import InputError
from steepest.solvers.checks.findings import nearest
from steepest.solvers.checks.symbols import names_in
from steepest.solvers.display import named
from steepest.solvers.formulation import Constraint, Formulation, Parameter, Variable
from steepest.solvers.sensitivity.report import Sensitivity
from steepest.solvers.solution import BindingConstraint, Solution

__all__ = ["About", "about", "is_named"]

_OF_A_LIMIT = "the limit of "


@dataclass(frozen=True)
class About:
    """An element that is asked about."""

    name: str
    index: str
    """Such as `[cake]`; empty is all of it."""
    constraints: frozenset[str]
    """Itself, or those in which it stands."""
    others: frozenset[str]
    """Itself, or the parameters of the constraint that it is; decisions are asked about with their constraints."""

    def binding(self, solution: Solution) -> list[BindingConstraint]:
        """The constraints of it that the answer meets to the last."""
        return [each for each in solution.binding if self._has(each.name, named(each.name, each.index))]

    def part_of(self, found: Sensitivity) -> Sensitivity:
        """What an analysis says about it."""
        return replace(
            found,
            constraints=[each for each in found.constraints if self._has(each.name, named(each.name, each.index))],
            variables=[each for each in found.variables if self._has(each.name, named(each.name, each.index))],
            deltas=[each for each in found.deltas if self._has(_base(each.target), each.target)],
        )

    def _has(self, element: str, cell: str) -> bool:
        if element == self.name:
            return cell.endswith(self.index)
        return element in self.constraints or element in self.others


def about(words: str, formulation: Formulation) -> About:
    """What words ask about: a name, also one with spaces, or a cell of it.

    Raises:
        InputError: There is nothing of that name; the text says which comes close.
    """
    name, bracket, index = "_".join(words.split()).partition("[")
    if name not in _names(formulation):
        close = nearest(name, _names(formulation))
        hint = f"did you mean {close}?" if close else f"there are {', '.join(_names(formulation))}."
        raise InputError(f"there is no constraint, parameter or decision {words}; {hint}")
    bodies = {each.name: names_in(each.body) for each in formulation.constraints}
    parameters = {each.name for each in formulation.parameters}
    constraints = frozenset({name} if name in bodies else {each for each, used in bodies.items() if name in used})
    others = frozenset() if name in parameters else frozenset(parameters & _used(constraints, bodies))
    cell = bracket + index.replace(",_", ", ")
    return About(name, cell, constraints, others)


def is_named(words: str, formulation: Formulation) -> bool:
    """Whether there is a constraint, parameter or decision of that name."""
    return "_".join(words.split()).partition("[")[0] in _names(formulation)


def _names(formulation: Formulation) -> list[str]:
    elements: list[Constraint | Parameter | Variable] = [*formulation.constraints, *formulation.parameters]
    return [each.name for each in [*elements, *formulation.variables]]


def _used(constraints: Iterable[str], bodies: Mapping[str, frozenset[str]]) -> set[str]:
    return {name for each in constraints for name in bodies[each]}


def _base(target: str) -> str:
    return target.removeprefix(_OF_A_LIMIT).partition("[")[0]
