"""Brings the data of a formulation into columns: what stands in it, what its files hold, and what a user binds."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from steepest.solvers.checks.findings import nearest
from steepest.solvers.data.bound_sets import BoundSets
from steepest.solvers.data.bound_values import cells_of_mapping, dense_of, holds_words, members_of, scalar_of
from steepest.solvers.data.coded_labels import CodedLabels
from steepest.solvers.data.columns import labels_of, numbers_of, values_of
from steepest.solvers.data.instance_data import Cells, Data, Dense, Members, Tables
from steepest.solvers.data.keys import (
    Keys,
    KeySet,
    require_distinct,
    require_known,
    without_absent,
    without_absent_labels,
)
from steepest.solvers.data.table_files import TableFiles
from steepest.solvers.data.table_layout import WideLayout, axes_of, layout_of
from steepest.solvers.data.tables import Table, plain_name
from steepest.solvers.diagnostics import Diagnostics, FormulationError, problem
from steepest.solvers.formulation import Formulation, Parameter, Set
from steepest.solvers.language.expressions import Label, Name
from steepest.solvers.language.labels import normalize_label

E = TypeVar("E", Set, Parameter)


def bind(formulation: Formulation, tables: Tables | None = None, *, folder: Path | str | None = None) -> Data:
    """Bring all data of an instance into columns.

    Args:
        formulation: The formulation, whose inline data go in too.
        tables: Data by the name of the parameter or set that they fill, over what the formulation holds itself: a path
            to a .csv, .tsv, .xlsx or .parquet file, a data frame, a mapping from labels (or tuples of them, or nested),
            an array or nested list in set order, a number or a label. Further columns of a set's table fill the
            parameters over that set that have their names.
        folder: The folder of the formulation, in which the files that it names itself are; None is the current one.

    Raises:
        FormulationError: Data can't be read or do not fit; there is a finding for each element.
    """
    bound = dict(tables or {})
    binder = _Binder(formulation, bound, TableFiles(Path(folder or "")))
    _refuse_unknown_names(formulation, bound, binder.findings)
    for parameter in formulation.parameters:
        if parameter.name not in bound:
            binder.add_inline(parameter)
    for element in formulation.sets:
        binder.guarded(f"set {element.name}", element, binder.add_set)
    for parameter in formulation.parameters:
        binder.guarded(f"parameter {parameter.name}", parameter, binder.add_parameter)
    binder.findings.raise_errors()
    return Data(binder.sets.members, binder.cells, binder.scalars)


def _refuse_unknown_names(formulation: Formulation, tables: Tables, findings: Diagnostics) -> None:
    names = [each.name for each in formulation.sets] + [each.name for each in formulation.parameters]
    for name in tables:
        if name not in names:
            close = nearest(name, names)
            findings.add(
                "error",
                "unknown-name",
                f"data are bound to {name}, but there is no set or parameter of this name",
                repair=f"did you mean {close}?" if close else f"there are {', '.join(names) or 'none'}",
            )


class _Binder:
    """The data of an instance as far as they have been read, and what was found wrong with them."""

    def __init__(self, formulation: Formulation, tables: Tables, files: TableFiles) -> None:
        self.formulation = formulation
        self.tables = tables
        self.files = files
        self.sets = BoundSets(formulation, frozenset(tables))
        self.cells: dict[str, Cells | Dense] = {}
        self.scalars: dict[str, Label] = {}
        self.findings = Diagnostics()

    def guarded(self, where: str, element: E, add: Callable[[E], None]) -> None:
        """Go on after an element whose data are wrong: its findings are told together with the others'."""
        try:
            add(element)
        except FormulationError as error:
            self.findings.extend(error.within(where, element.place).diagnostics)

    def add_inline(self, parameter: Parameter) -> None:
        """What stands in the formulation itself; a cell without a value is left out."""
        if parameter.value is not None:
            self.scalars[parameter.name] = parameter.value
        elif parameter.values:
            given = [(cell.index, cell.value) for cell in parameter.values if cell.value is not None]
            width = len(parameter.values[0].index)
            keys = tuple([index[place] for index, _ in given] for place in range(width))
            self.cells[parameter.name] = _cells(keys, [value for _, value in given])

    # Sets

    def add_set(self, element: Set) -> None:
        """A set's elements, if they come from outside; further columns are parameters over it."""
        name = element.name
        if name in self.tables:
            table = self.files.bound(name, self.tables[name])
            if table is None:
                self.sets.members[name] = members_of(self.tables[name])
            else:
                self.add_set_from(element, table, ())
        elif element.table is not None:
            self.add_set_from(element, self.files.own(name, element.table.path), element.table.columns)

    def add_set_from(self, element: Set, table: Table, columns: Sequence[str]) -> None:
        parameters = {plain_name(each.name): each for each in self.formulation.parameters if _is_over(each, element)}
        places = self.set_columns(element, table, columns, parameters)
        labels = tuple(labels_of(table, place) for place in places)
        require_distinct(labels, lambda row, place: table.cell(row, places[place]))
        self.sets.members[element.name] = Members(labels)
        for place, header in enumerate(table.names):
            parameter = parameters.get(plain_name(header))
            if parameter is None or place in places or not self.is_open(parameter, element):
                continue
            self.scalars.pop(parameter.name, None)
            self.cells[parameter.name] = _column_cells(parameter, table, labels, place)

    def is_open(self, parameter: Parameter, element: Set) -> bool:
        """Whether a column of a set's table may fill a parameter: a user's table may replace what stands inline."""
        return parameter.name not in self.tables and (element.name in self.tables or parameter.missing)

    def set_columns(
        self, element: Set, table: Table, columns: Sequence[str], parameters: Mapping[str, Parameter]
    ) -> tuple[int, ...]:
        """The columns that hold a set's labels: as named, the one of its name, or those that are no parameter's."""
        if columns:
            return tuple(table.column(column) for column in columns)
        width = self.sets.used_width(element.name) or 1
        place = table.find(element.name)
        if place is not None and width == 1 and element.index is None:
            return (place,)
        rest = tuple(place for place, header in enumerate(table.names) if plain_name(header) not in parameters)
        if element.index is not None or len(rest) == width:
            return rest
        raise problem(
            "missing-column",
            f"{table.source} has the columns {table.listed_names()}; "
            f"which {'one holds' if width == 1 else f'{width} hold'} the labels of {element.name} is not clear",
            repair=f"call the column of the labels {element.name}, or leave the others out",
        )

    # Parameters

    def add_parameter(self, parameter: Parameter) -> None:
        """A parameter's cells, if they come from outside."""
        name = parameter.name
        if name in self.tables:
            table = self.files.bound(name, self.tables[name])
            if table is None:
                self.add_value(parameter, self.tables[name])
            else:
                self.add_parameter_from(parameter, table, ())
        elif parameter.table is not None and name not in self.cells:
            table = self.files.own(name, parameter.table.path)
            self.add_parameter_from(parameter, table, parameter.table.columns)

    def add_value(self, parameter: Parameter, value: object) -> None:
        """Data that are no table."""
        name = parameter.name
        if isinstance(value, Mapping):
            keys, values = cells_of_mapping(value)
            self.require_fit(parameter, keys)
            self.cells[name] = _cells(keys, values)
        elif _is_single(value):
            self.scalars[name] = scalar_of(value)
        elif parameter.index is None:
            raise problem("array-shape", f"{name} is a single value, but several are bound to it")
        else:
            self.cells[name] = self.array_cells(parameter, value)

    def require_fit(self, parameter: Parameter, keys: Keys) -> None:
        sets = self.sets.key_sets(parameter.index)
        if sets is None:
            return
        width = sum(each.width for each in sets)
        if keys and len(keys) != width:
            raise problem("index-count", f"its data have {len(keys)} keys, its index {width}")
        require_known(keys, sets, lambda row, place: f"the key {keys[place][row]!r}")

    def array_cells(self, parameter: Parameter, value: object) -> Cells | Dense:
        generators = parameter.index.generators if parameter.index is not None else ()
        known = [self.sets.known(generator.source) for generator in generators]
        if len(known) != 1 or known[0] is None or not holds_words(value):
            return dense_of(value, [None if each is None else len(each) for each in known])
        labels = [normalize_label(label) for label in value]  # type: ignore[attr-defined]  # a sequence of texts
        members = [each if isinstance(each, tuple) else (each,) for each in known[0]]
        if len(labels) != len(members):
            raise problem("array-shape", f"{len(labels)} labels are given, its set has {len(members)} elements")
        return Cells(tuple(list(column) for column in zip(*members, strict=True)), labels)

    def add_parameter_from(self, parameter: Parameter, table: Table, columns: Sequence[str]) -> None:
        if parameter.index is None:
            self.scalars[parameter.name] = _single_value(parameter, table, columns)
            return
        sets = self.sets.key_sets(parameter.index)
        if sets is None:  # a set that is evaluated later: the table says how many keys there are
            sets = tuple(KeySet("", 1) for _ in (columns or table.names)[1:])
        layout = layout_of(table, parameter.name, axes_of(parameter.index, sets), columns)
        if isinstance(layout, WideLayout):
            self.cells[parameter.name] = _matrix_cells(table, layout, sets)
            return
        keys = tuple(labels_of(table, place) for place in layout.keys)
        require_distinct(keys, lambda row, place: table.cell(row, layout.keys[place]))
        require_known(keys, sets, lambda row, place: table.cell(row, layout.keys[place]))
        self.cells[parameter.name] = _column_cells(parameter, table, keys, layout.value)


def _is_over(parameter: Parameter, element: Set) -> bool:
    """Whether a parameter is indexed by a set, and by nothing else."""
    if parameter.index is None or len(parameter.index.generators) != 1 or element.index is not None:
        return False
    source = parameter.index.generators[0].source
    return isinstance(source, Name) and source.name == element.name


def _is_single(value: object) -> bool:
    if isinstance(value, np.ndarray):
        return value.ndim == 0
    return not isinstance(value, list | tuple | range)


def _cells(keys: Keys, values: Sequence[Label]) -> Cells:
    """Cells of numbers where all values are numbers, of labels otherwise."""
    if any(isinstance(value, str) for value in values):
        return Cells(keys, values)
    return Cells(keys, np.array(values, dtype=np.float64))


def _column_cells(parameter: Parameter, table: Table, keys: Keys, place: int) -> Cells:
    """A value column; one without any number in it holds labels, unless the parameter has a unit."""
    values = values_of(table, place) if parameter.unit is None else numbers_of(table, place)
    if isinstance(values, CodedLabels):
        return Cells(*without_absent_labels(keys, values))
    return Cells(*without_absent(keys, values))


def _matrix_cells(table: Table, layout: WideLayout, sets: Sequence[KeySet]) -> Cells:
    rows, heads = labels_of(table, 0), list(layout.labels)
    require_distinct((rows,), lambda row, _: table.cell(row, 0))
    require_distinct((heads,), lambda row, _: f'{table.source}, column "{table.names[row + 1]}"')
    require_known((rows,), sets[:1], lambda row, _: table.cell(row, 0))
    keys = ([row for row in rows for _ in heads], heads * len(rows))
    values = np.column_stack([numbers_of(table, place) for place in range(1, len(table.names))])
    return Cells(*without_absent(keys, values.ravel()))


def _single_value(parameter: Parameter, table: Table, columns: Sequence[str]) -> Label:
    place = table.column(columns[-1]) if columns else table.find(parameter.name)
    if place is None and len(table.names) == 1:
        place = 0
    if place is None or len(table) != 1:
        shape = f"{table.source} has {len(table)} rows and the columns {table.listed_names()}"
        raise problem("array-shape", f"{shape}; {parameter.name} is a single value")
    return scalar_of(values_of(table, place)[0])
