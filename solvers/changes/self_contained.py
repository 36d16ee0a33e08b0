"""A formulation with its data: what files and tables hold, written into the formulation itself."""

from collections.abc import Iterable
from math import isnan
from pathlib import Path

from steepest.solvers.data.binding import bind
from steepest.solvers.data.instance_data import Data, Members, Tables
from steepest.solvers.formulation import Family, Formulation, IndexedValue, Parameter, Set
from steepest.solvers.language.expressions import Expression, Index, Label, SetLiteral, TupleOf
from steepest.solvers.language.labels import label_node, normalize_label
from steepest.solvers.vectorized.instance import Instance

Cell = tuple[tuple[Label, ...], Label]
"""An index tuple and the value there."""


def self_contained(
    formulation: Formulation, tables: Tables | None = None, *, folder: Path | str | None = None
) -> Formulation:
    """The formulation with the data of its files and of the given tables in it; the same one if it has all of them.

    Args:
        formulation: The formulation.
        tables: Data by name, as `bind` takes them.
        folder: Where the files that the formulation names are found.

    Raises:
        FormulationError: Data can't be read or do not fit.
    """
    elements: list[Set | Parameter] = [*formulation.sets, *formulation.parameters]
    if not tables and all(each.table is None for each in elements):
        return formulation
    data = bind(formulation, tables, folder=folder)
    instance = Instance(formulation, data)
    return rebuilt(
        formulation,
        sets=[_with_members(each, data) for each in formulation.sets],
        parameters=[_with_values(each, data, instance) for each in formulation.parameters],
    )


def rebuilt(formulation: Formulation, **parts: object) -> Formulation:
    """A formulation with other parts, checked and its labels resolved; the one it is made from stays as it is."""
    content = {name: getattr(formulation, name) for name in Formulation.model_fields} | parts
    return Formulation.model_validate({name: _copied(part) for name, part in content.items()})


def _copied(part: object) -> object:
    """Elements of their own, since labels are resolved in place; the trees in them are immutable."""
    return [each.model_copy() for each in part] if isinstance(part, list) else part


def cells_of(formulation: Formulation, parameter: Parameter) -> list[Cell]:
    """The cells of an indexed parameter that have a value.

    Raises:
        FormulationError: The data that it is made of are missing or do not fit.
    """
    return instance_cells(Instance(formulation, bind(formulation)), parameter)


def with_cells(parameter: Parameter, cells: Iterable[Cell]) -> Parameter:
    """The parameter with values of its own in place of whatever gave them."""
    values = [IndexedValue(index=list(index), value=value) for index, value in cells]
    cleared: dict[str, object] = {"value": None, "expression": None, "table": None, "missing": False}
    return parameter.model_copy(update={**cleared, "values": values})


def with_value(parameter: Parameter, value: Label) -> Parameter:
    """The parameter with one value in place of whatever gave it."""
    cleared: dict[str, object] = {"values": [], "expression": None, "table": None, "missing": False, "default": None}
    return parameter.model_copy(update={**cleared, "value": normalize_label(value)})


def instance_cells(instance: Instance, parameter: Parameter) -> list[Cell]:
    """The cells of an indexed parameter that have a value, as an instance has them."""
    array = instance.parameter(parameter.name, Index(parameter.name, ()))
    labels = instance.universe.labels
    columns = [[labels[label] for label in column.tolist()] for column in array.domain.columns()]
    indices = zip(*columns, strict=True)
    if array.ids is not None:
        pairs = zip(indices, array.ids.tolist(), strict=True)
        return [(index, labels[value]) for index, value in pairs if value >= 0]
    numbers = zip(indices, array.numbers.tolist(), strict=True)
    return [(index, value) for index, value in numbers if not isnan(value)]  # NaN is an absent cell


def _with_values(parameter: Parameter, data: Data, instance: Instance) -> Parameter:
    if parameter.name in data.cells and parameter.index is not None:
        return with_cells(parameter, instance_cells(instance, parameter))
    if parameter.name in data.scalars and (parameter.table is not None or parameter.value is None):
        return with_value(parameter, data.scalars[parameter.name])
    if parameter.name in data.scalars and data.scalars[parameter.name] != parameter.value:
        return with_value(parameter, data.scalars[parameter.name])
    return parameter


def _with_members(element: Set, data: Data) -> Set:
    members = data.members.get(element.name)
    if members is None:
        return element
    cleared: dict[str, object] = {"members": None, "families": [], "table": None}
    if element.index is not None:
        return element.model_copy(update={**cleared, "families": _families(element, members)})
    rows = zip(*members.columns, strict=True)
    literal = SetLiteral(tuple(_element(row) for row in rows), getattr(element.members, "cyclic", False))
    return element.model_copy(update={**cleared, "members": literal})


def _families(element: Set, members: Members) -> list[Family]:
    assert element.index is not None  # noqa: S101  # the caller has looked
    width = sum(max(1, len(generator.names)) for generator in element.index.generators)
    groups: dict[tuple[Label, ...], list[Expression]] = {}
    for row in zip(*members.columns, strict=True):
        groups.setdefault(row[:width], []).append(_element(row[width:]))
    return [Family(index=list(index), members=SetLiteral(tuple(found))) for index, found in groups.items()]


def _element(row: tuple[Label, ...]) -> Expression:
    nodes = tuple(label_node(label) for label in row)
    return nodes[0] if len(nodes) == 1 else TupleOf(nodes)
