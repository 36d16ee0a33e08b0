"""Changes of data: a parameter, or cells of it, get other values."""

from steepest.solvers.changes.change import AdjustParameter, SetParameter, Target
from steepest.solvers.changes.known import require_cells, the_parameter
from steepest.solvers.changes.self_contained import Cell, cells_of, rebuilt, with_cells, with_value
from steepest.solvers.data.binding import bind
from steepest.solvers.diagnostics import problem
from steepest.solvers.formulation import Formulation, Parameter
from steepest.solvers.language.expressions import Label, Name
from steepest.solvers.vectorized.frames import Labels
from steepest.solvers.vectorized.instance import Instance


def given(change: SetParameter, formulation: Formulation) -> Formulation:
    """The formulation with a parameter, or some of its cells, set to a value."""
    parameter = the_parameter(formulation, change.target.name)
    if change.target.index is None:
        return _with_parameter(formulation, with_value(parameter, change.value))
    _require_index(parameter)
    places = _places(formulation, parameter)
    require_cells(change.target, places, "parameter")
    cells: dict[tuple[Label, ...], Label] = {}
    if not parameter.missing:
        cells |= dict(cells_of(formulation, parameter))
    cells |= {index: change.value for index in places if change.target.matches(index)}
    return _with_parameter(formulation, with_cells(parameter, cells.items()))


def adjusted(change: AdjustParameter, formulation: Formulation) -> Formulation:
    """The formulation with a parameter, or some of its cells, changed from what they are."""
    parameter = the_parameter(formulation, change.target.name)
    if parameter.index is None and change.target.index is None:
        value = change.applied(_number(_scalar(formulation, parameter), parameter))
        return _with_parameter(formulation, with_value(parameter, value))
    _require_index(parameter)
    cells = cells_of(formulation, parameter)
    require_cells(change.target, [index for index, _ in cells], "parameter")
    return _with_parameter(formulation, with_cells(parameter, [_adjusted(cell, change, parameter) for cell in cells]))


def _adjusted(cell: Cell, change: AdjustParameter, parameter: Parameter) -> Cell:
    index, value = cell
    return (index, change.applied(_number(value, parameter))) if change.target.matches(index) else cell


def _require_index(parameter: Parameter) -> None:
    if parameter.index is None:
        repair = f"write `{parameter.name}`"
        raise problem("not-indexed", f"parameter `{parameter.name}` has no index", repair=repair)


def _number(value: Label, parameter: Parameter) -> float:
    if isinstance(value, str):
        message = f"`{parameter.name}` holds words, such as {value}, which can't be computed with"
        raise problem("not-a-number", message, repair=f"give another word: `{Target(parameter.name)} = ...`")
    return value


def _scalar(formulation: Formulation, parameter: Parameter) -> Label:
    if parameter.value is not None:
        return parameter.value
    instance = Instance(formulation, bind(formulation))
    value = instance.scalar(parameter.name, Name(parameter.name))
    return instance.universe.labels[int(value.ids)] if isinstance(value, Labels) else float(value)


def _places(formulation: Formulation, parameter: Parameter) -> list[tuple[Label, ...]]:
    """The index tuples at which an indexed parameter can have a value."""
    everywhere = with_value(parameter, 0)
    return [index for index, _ in cells_of(_with_parameter(formulation, everywhere), everywhere)]


def _with_parameter(formulation: Formulation, parameter: Parameter) -> Formulation:
    others = [parameter if each.name == parameter.name else each for each in formulation.parameters]
    return rebuilt(formulation, parameters=others)
