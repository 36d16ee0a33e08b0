"""What the limit of a row is in the formulation: which side of the comparison, and which parameter it is."""

from collections import Counter
from dataclasses import dataclass, field

from steepest.solvers.changes.self_contained import instance_cells
from steepest.solvers.definitions import Definition, decisions, expressions_of
from steepest.solvers.display import named
from steepest.solvers.formulation import Constraint, Formulation, Objective, Parameter, Variable
from steepest.solvers.language.expressions import (
    Comparison,
    Expression,
    Index,
    Label,
    LabelRef,
    Name,
    Number,
    walk,
)
from steepest.solvers.vectorized.frames import Labels
from steepest.solvers.vectorized.instance import Instance


@dataclass(frozen=True, slots=True)
class NamedLimit:
    """The parameter that is the limit of a row."""

    name: str
    index: tuple[Label, ...]
    value: float
    unit: str | None

    def __str__(self) -> str:
        return named(self.name, self.index)


@dataclass(frozen=True, slots=True)
class LimitSide:
    """The side of a constraint that limits the other one."""

    is_turned: bool = False
    """Whether it stands on the left: the rows have it with the opposite sign."""
    parameter: Parameter | None = None
    """A parameter that is the whole side, where it stands nowhere else, so that a row alone depends on each cell."""
    places: tuple[int | Label, ...] = ()
    """For each label of its index: the position in the row's index, or the label itself."""
    values: dict[tuple[Label, ...], Label] = field(default_factory=dict)

    def of_row(self, index: tuple[Label, ...]) -> NamedLimit | None:
        """The parameter's cell that limits a row."""
        if self.parameter is None:
            return None
        cell = tuple(index[place] if isinstance(place, _Place) else place for place in self.places)
        value = self.values.get(cell)
        if value is None or isinstance(value, str):
            return None
        return NamedLimit(self.parameter.name, cell, float(value), self.parameter.unit)


class _Place(int):
    """A position in a row's index, which is no label."""


def limit_sides(instance: Instance) -> dict[str, LimitSide]:
    """The limiting side of every constraint that is a comparison of two sides, by the constraint's name."""
    formulation = instance.formulation
    decided = decisions(formulation)
    uses = _uses(formulation)
    found = {}
    for constraint in formulation.constraints:
        body = constraint.body
        if isinstance(body, Comparison) and len(body.operands) == 2:
            found[constraint.name] = _side(instance, constraint, body, decided, uses)
    return found


def _side(
    instance: Instance, constraint: Constraint, body: Comparison, decided: frozenset[str], uses: Counter[str]
) -> LimitSide:
    left, right = body.operands
    is_turned = not _mentions(left, decided) and _mentions(right, decided)
    side = left if is_turned else right
    parameters = {each.name: each for each in instance.formulation.parameters}
    if not isinstance(side, Name | Index) or side.name not in parameters or uses[side.name] != 1:
        return LimitSide(is_turned)
    parameter = parameters[side.name]
    names = constraint.index.names if constraint.index is not None else ()
    places = _places(side, names)
    if places is None:
        return LimitSide(is_turned)
    if parameter.index is not None:
        return LimitSide(is_turned, parameter, places, dict(instance_cells(instance, parameter)))
    value = instance.scalar(parameter.name, Name(parameter.name))
    return (
        LimitSide(is_turned)
        if isinstance(value, Labels)
        else LimitSide(is_turned, parameter, places, {(): float(value)})
    )


def _mentions(node: Expression, names: frozenset[str]) -> bool:
    return any(isinstance(each, Name | Index) and each.name in names for each in walk(node))


def _places(side: Name | Index, names: tuple[str, ...]) -> tuple[int | Label, ...] | None:
    """Where a row's index has the labels of the cell; None where several rows have one cell."""
    places: list[int | Label] = []
    for node in side.indices if isinstance(side, Index) else ():
        match node:
            case Name(name) if name in names:
                places.append(_Place(names.index(name)))
            case Number(value) | LabelRef(value):
                places.append(value)
            case _:
                return None
    covered = {int(place) for place in places if isinstance(place, _Place)}
    return tuple(places) if len(covered) == len(names) else None


def _uses(formulation: Formulation) -> Counter[str]:
    """How often each name is mentioned."""
    elements: list[Definition | Variable | Constraint | Objective] = [
        *formulation.sets,
        *formulation.parameters,
        *formulation.variables,
        *formulation.lets,
        *formulation.objectives,
        *formulation.constraints,
    ]
    expressions = (expression for element in elements for expression in expressions_of(element))
    return Counter(
        node.name for expression in expressions for node in walk(expression) if isinstance(node, Name | Index)
    )
