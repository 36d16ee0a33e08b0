"""The same formulations with other numbers: cells of their common parameters, changed by the same factors in both."""

import random
from collections.abc import Iterator, Mapping

from steepest.solvers.changes.self_contained import rebuilt
from steepest.solvers.formulation import Formulation, IndexedValue, Parameter
from steepest.solvers.language.expressions import Label

_FACTORS = (0.5, 0.8, 0.9, 1.1, 1.25, 2.0)

CellName = tuple[str, tuple[Label, ...]]
"""A parameter's name, and the index of one of its cells."""


def common_cells(first: Formulation, second: Formulation, mapping: Mapping[str, str]) -> list[CellName]:
    """The numbers other than 0 that both formulations hold as data, and hold alike, by their names in the first.

    Args:
        first: A formulation that holds its data.
        second: Another.
        mapping: The name in the second of a parameter that is called otherwise there.
    """
    theirs = {cell: value for parameter in second.parameters for cell, value in _numbers(parameter)}
    found = [each for parameter in first.parameters for each in _numbers(parameter)]
    return [cell for cell, value in found if theirs.get((mapping.get(cell[0], cell[0]), cell[1])) == value]


def random_factors(cells: list[CellName], chance: random.Random) -> dict[CellName, float]:
    """A factor for each cell that is changed: about half of them, and at least one."""
    chosen = [cell for cell in cells if chance.random() < 0.5] or [chance.choice(cells)]
    return {cell: chance.choice(_FACTORS) for cell in chosen}


def with_factors(formulation: Formulation, factors: Mapping[CellName, float]) -> Formulation:
    """The formulation with some of its numbers multiplied."""
    return rebuilt(formulation, parameters=[_multiplied(each, factors) for each in formulation.parameters])


def renamed(factors: Mapping[CellName, float], mapping: Mapping[str, str]) -> dict[CellName, float]:
    """The factors by the names of the second formulation."""
    return {(mapping.get(name, name), index): factor for (name, index), factor in factors.items()}


def values_of(formulation: Formulation, cells: Mapping[CellName, float]) -> dict[str, float]:
    """What cells hold, by their spelled names."""
    held = {cell: value for parameter in formulation.parameters for cell, value in _numbers(parameter)}
    return {f"{name}[{', '.join(map(str, index))}]" if index else name: held[name, index] for name, index in cells}


def _numbers(parameter: Parameter) -> Iterator[tuple[CellName, float]]:
    cells: list[tuple[CellName, Label | None]] = [((parameter.name, ()), parameter.value)]
    cells += [((parameter.name, tuple(cell.index)), cell.value) for cell in parameter.values]
    for name, value in cells:
        if isinstance(value, int | float) and value != 0:
            yield name, value


def _multiplied(parameter: Parameter, factors: Mapping[CellName, float]) -> Parameter:
    value = _times(parameter.value, factors.get((parameter.name, ()), 1.0))
    cells = [
        IndexedValue(index=cell.index, value=_times(cell.value, factors.get((parameter.name, tuple(cell.index)), 1.0)))
        for cell in parameter.values
    ]
    return parameter.model_copy(update={"value": value, "values": cells})


def _times(value: Label | None, factor: float) -> Label | None:
    """The value multiplied; a whole number stays one, as it may count something."""
    if not isinstance(value, int | float) or factor == 1.0:
        return value
    return round(value * factor) if isinstance(value, int) else value * factor
