"""A formulation and its data with two entities exchanged."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from steepest.solvers.battery.entities import Pair, Part, expression_of, head_of
from steepest.solvers.data.instance_data import Cells, Data, Dense
from steepest.solvers.formulation import Constraint, Formulation, NamedExpression, Objective, Parameter
from steepest.solvers.language.expressions import Label

P = TypeVar("P", Constraint, Objective, NamedExpression, Parameter)
D = TypeVar("D", NamedExpression, Parameter)


def exchanged_but(formulation: Formulation, pair: Pair, group: list[Part]) -> Formulation | None:
    """The formulation with the two exchanged in all parts but those of the group; None where names would collide."""
    kept = {id(each) for each in group}
    lets = _defined([_turned(each, pair, kept) for each in formulation.lets], formulation.lets, pair)
    parameters = _defined([_turned(each, pair, kept) for each in formulation.parameters], formulation.parameters, pair)
    names = [*(each.name for each in lets), *(each.name for each in parameters)]
    if len(set(names)) < len(names):
        return None
    bounds = {each.name: (each.lower, each.upper) for each in formulation.variables}
    variables = []
    for each in formulation.variables:
        lower, upper = bounds[pair.mirror.names.get(each.name, each.name)]
        update = {"lower": lower and pair.mirror(lower), "upper": upper and pair.mirror(upper)}
        variables.append(each.model_copy(update=update))
    return formulation.model_copy(
        update={
            "constraints": [_turned(each, pair, kept) for each in formulation.constraints],
            "objectives": [_turned(each, pair, kept) for each in formulation.objectives],
            "lets": lets,
            "parameters": parameters,
            "variables": variables,
        }
    )


def _turned(part: P, pair: Pair, kept: Container[int]) -> P:
    """The part with the two exchanged, unless it is kept or holds its numbers itself."""
    if id(part) in kept or (isinstance(part, Parameter) and part.expression is None):
        return part
    field = "body" if isinstance(part, Constraint) else "expression"
    return part.model_copy(update={field: pair.mirror(expression_of(part)), **_turned_head(part, pair)})


def _turned_head(part: Part, pair: Pair) -> dict[str, object]:
    head = head_of(part)
    if head is None:
        return {}
    generators = tuple(
        replace(each, condition=pair.mirror(each.condition) if each.condition is not None else None)
        for each in head.generators
    )
    return {"index": replace(head, generators=generators)}


def _defined(turned: Sequence[D], parts: Sequence[D], pair: Pair) -> list[D]:
    """Definitions that were exchanged take each other's names."""
    names = pair.mirror.names
    return [
        new if new is old else new.model_copy(update={"name": names.get(old.name, old.name)})
        for new, old in zip(turned, parts, strict=True)
    ]


def exchanged_data(data: Data, pair: Pair) -> Data | None:
    """The data with those of the two exchanged; None where they stand in an array without labels."""
    if pair.mirror.labels:
        if any(isinstance(cells, Dense) for cells in data.cells.values()):
            return None
        cells = {name: _relabelled(each, pair.mirror.labels) for name, each in data.cells.items()}
        return replace(data, cells=cells)
    names = pair.mirror.names
    scalars = {
        name: data.scalars[names.get(name, name)] for name in data.scalars if names.get(name, name) in data.scalars
    }
    tables = {name: data.cells[names.get(name, name)] for name in data.cells if names.get(name, name) in data.cells}
    if len(scalars) != len(data.scalars) or len(tables) != len(data.cells):
        return None
    return replace(data, scalars=scalars, cells=tables)


def _relabelled(cells: Cells | Dense, labels: Mapping[str, str]) -> Cells | Dense:
    assert isinstance(cells, Cells)  # noqa: S101  # the caller has looked

    def turned(label: Label) -> Label:
        return labels.get(label, label) if isinstance(label, str) else label

    keys = tuple([turned(label) for label in column] for column in cells.keys)
    values = cells.values if isinstance(cells.values, np.ndarray) else [turned(each) for each in cells.values]
    return Cells(keys, values)
