"""Shapes in a model that have a picture of their own: tasks in time, flows between places."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from steepest.solvers.formulation import Formulation, Parameter, Set, Variable
from steepest.solvers.language.expressions import Label, Name
from steepest.solvers.solution import VariableValue

__all__ = ["Flows", "Task", "coordinates_of", "flows_of", "tasks_of"]

_START = re.compile(r"start|begin|onset", re.IGNORECASE)
_END = re.compile(r"end|finish|completion|complete", re.IGNORECASE)
_LENGTH = re.compile(r"duration|processing|length|work|hours|time|days|minutes", re.IGNORECASE)
_ACROSS = re.compile(r"^(x|lon|lng|longitude|pos_?x|.*_x|x_.*|east.*)$", re.IGNORECASE)
_UP = re.compile(r"^(y|lat|latitude|pos_?y|.*_y|y_.*|north.*)$", re.IGNORECASE)
_NOTHING = 1e-6

Values = Mapping[str, Sequence[VariableValue]]
Index = tuple[Label, ...]
Point = tuple[float, float]


@dataclass(frozen=True)
class Task:
    """Something that takes from one time to another."""

    name: str
    start: float
    end: float
    lane: str = ""
    """What it is done on, where the model says so."""
    variables: tuple[str, ...] = ()
    """Those that say when."""


@dataclass(frozen=True)
class Flows:
    """What goes from where to where, by a variable with two indices."""

    name: str
    unit: str
    amounts: tuple[tuple[Label, Label, float], ...]
    origins: str
    """The set that they come from; empty where the model does not name it."""
    targets: str

    @property
    def is_within(self) -> bool:
        """Whether they go between members of one set."""
        return self.origins == self.targets


def tasks_of(formulation: Formulation, values: Values) -> list[Task]:
    """Tasks: a variable for the start and one for the end, or a parameter for the duration, over the same set."""
    for variable in formulation.variables:
        if _START.search(variable.name) and variable.index is not None and variable.name in values:
            starts = {each.index: each.value for each in values[variable.name]}
            found = _ends(formulation, variable, starts, values)
            if found is not None:
                ends, by = found
                return [
                    Task(_told(index), start, ends[index], _lane(index), (variable.name, *by))
                    for index, start in starts.items()
                    if index in ends
                ]
    return []


def _ends(
    formulation: Formulation, start: Variable, starts: Mapping[Index, float], values: Values
) -> tuple[dict[Index, float], tuple[str, ...]] | None:
    for other in formulation.variables:
        if other.name != start.name and _END.search(other.name) and _is_over(values.get(other.name, ()), starts):
            return {each.index: each.value for each in values[other.name]}, (other.name,)
    for parameter in formulation.parameters:
        lengths = numbers_of(parameter)
        if _LENGTH.search(parameter.name) and lengths.keys() >= starts.keys():
            return {index: at + lengths[index] for index, at in starts.items()}, ()
    return None


def _is_over(values: Sequence[VariableValue], starts: Mapping[Index, float]) -> bool:
    return bool(values) and {each.index for each in values} == starts.keys()


def _told(index: Index) -> str:
    return ", ".join(map(str, index))


def _lane(index: Index) -> str:
    """Of tasks with two indices, such as job and machine, the second is what they are done on."""
    return str(index[1]) if len(index) == 2 else ""


def flows_of(formulation: Formulation, values: Values) -> Iterator[Flows]:
    """The variables with two indices over sets of things, as long as few enough of them are not zero."""
    ordered = {each.name for each in formulation.sets if _is_of_numbers(each)}
    for variable in formulation.variables:
        if variable.index is None or _START.search(variable.name):
            continue
        sources = _sources(variable)
        amounts = tuple(
            (each.index[0], each.index[1], each.value)
            for each in values.get(variable.name, ())
            if len(each.index) == 2 and abs(each.value) > _NOTHING
        )
        if len(sources) == 2 and len(amounts) > 1 and not ordered.intersection(sources):
            yield Flows(variable.name, variable.unit or "", amounts, *sources)


def _sources(variable: Variable) -> list[str]:
    """The sets of the indices; a set of pairs counts as one set of both."""
    head = variable.index
    generators = head.generators if head is not None else ()
    if len(generators) == 1:
        return ["", ""]
    return [each.source.name if isinstance(each.source, Name) else "?" for each in generators]


def _is_of_numbers(each: Set) -> bool:
    from steepest.solvers.language.expressions import Number, Range, SetLiteral

    members = each.members
    if isinstance(members, SetLiteral):
        return all(isinstance(one, Number) for one in members.elements)
    return isinstance(members, Range)


def coordinates_of(formulation: Formulation, flows: Flows) -> dict[Label, Point]:
    """Where the ends of flows lie, if parameters say so for all of them."""
    across = _by_label(formulation, _ACROSS)
    up = _by_label(formulation, _UP)
    ends = {end for one, other, _ in flows.amounts for end in (one, other)}
    if not ends <= across.keys() & up.keys():
        return {}
    return {end: (across[end], up[end]) for end in ends}


def _by_label(formulation: Formulation, name: re.Pattern[str]) -> dict[Label, float]:
    found: dict[Label, float] = {}
    for parameter in formulation.parameters:
        if name.match(parameter.name):
            found |= {index[0]: value for index, value in numbers_of(parameter).items() if len(index) == 1}
    return found


def numbers_of(parameter: Parameter) -> dict[Index, float]:
    """The numbers of an indexed parameter by index."""
    return {tuple(each.index): float(each.value) for each in parameter.values if isinstance(each.value, int | float)}
