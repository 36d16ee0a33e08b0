"""Data as text: in braces where they are few, as a matrix, a table of records, or a table with key columns."""

import json
import re
from collections.abc import Sequence

from steepest.solvers.formulation import IndexedValue, Parameter
from steepest.solvers.language.expressions import Label, Name
from steepest.solvers.language.spelling import BareLabels, is_identifier, spell_label, spell_number
from steepest.solvers.text.known import KnownSets
from steepest.solvers.text.literals import Axis

DATA_WORDS = frozenset({"missing", "unknown", "null", "None", "TBD", "matrix", "table", "tables"})
"""Words that mean something where a value is expected: a label of that name is quoted."""

_PLAIN_KEY = re.compile(r"[^\W\d](?:[\w.-]*\w)?(?: \w(?:[\w.-]*\w)?)*\Z")
_MOST_LOOSE_CELLS = 4
"""Cells of several labels that are written in braces rather than as a table."""

_MOST_ALIGNED_ROWS = 1000

_MARGIN = "    "


def spell_value(value: Label | None, bare: BareLabels) -> str:
    """A value in the place of data."""
    if value is None:
        return "missing"
    if isinstance(value, str):
        return spell_label(value, lambda label: bare(label) and label not in DATA_WORDS)
    return spell_number(value)


def spell_key(labels: Sequence[Label]) -> str:
    """The labels in front of a value in braces."""
    spelled = [spell_label(label, is_identifier) for label in labels]
    return spelled[0] if len(spelled) == 1 else f"({', '.join(spelled)})"


def spell_braces(values: Sequence[IndexedValue], bare: BareLabels) -> str:
    """`{corn: 3, beet: 2}`."""
    return "{" + ", ".join(f"{spell_key(each.index)}: {spell_value(each.value, bare)}" for each in values) + "}"


def tabular(parameter: Parameter, known: KnownSets, bare: BareLabels, room: int) -> list[list[str]] | None:
    """The cells of a parameter's table with its head, or none if its values go into braces.

    Args:
        parameter: A parameter with values.
        known: What the sets contain, which tells how many labels an element has.
        bare: Which labels go without quotes.
        room: How many characters there are for braces on the parameter's line.
    """
    width = len(parameter.values[0].index)
    if not _has_table(parameter, known, width):
        return None
    few = width == 1 or len(parameter.values) <= _MOST_LOOSE_CELLS
    if width == 2 and (matrix := _matrix(parameter, known, bare)) is not None:
        return matrix
    if few and len(spell_braces(parameter.values, bare)) <= room:
        return None
    return _keyed(parameter, width, bare)


def _has_table(parameter: Parameter, known: KnownSets, width: int) -> bool:
    """Whether a reader can tell from the head how many columns are labels."""
    if parameter.index is None or any(len(each.index) != width for each in parameter.values):
        return False
    arities = [axis.arity for axis in known.axes(parameter.index)]
    if None in arities:
        return len(arities) <= width
    return sum(arity or 0 for arity in arities) == width


def _matrix(parameter: Parameter, known: KnownSets, bare: BareLabels) -> list[list[str]] | None:
    """Rows and columns, if the cells stand in their order and most of them are there."""
    axes = known.axes(parameter.index) if parameter.index is not None else []
    if len(axes) != 2 or any(axis.arity not in (None, 1) for axis in axes):
        return None
    cells = {(each.index[0], each.index[1]): each.value for each in parameter.values}
    rows, columns = list(dict.fromkeys(key[0] for key in cells)), list(dict.fromkeys(key[1] for key in cells))
    keys = [(row, column) for row in rows for column in columns if (row, column) in cells]
    if keys != list(cells) or len(keys) * 2 < len(rows) * len(columns) or _is_turned(rows, columns, axes):
        return None
    table = [["", *(_key_cell(column) for column in columns)]]
    for row in rows:
        values = [spell_value(cells[row, column], bare) if (row, column) in cells else "-" for column in columns]
        table.append([_key_cell(row), *values])
    return table


def _is_turned(rows: Sequence[Label], columns: Sequence[Label], axes: Sequence[Axis]) -> bool:
    """Whether a reader would take the matrix for one with swapped axes."""
    known = [{key[0] for key in axis.elements} if axis.elements is not None else None for axis in axes]
    if known[0] is None or known[1] is None or (set(rows) <= known[0] and set(columns) <= known[1]):
        return False
    return set(rows) <= known[1] and set(columns) <= known[0]


def _keyed(parameter: Parameter, width: int, bare: BareLabels) -> list[list[str]]:
    """A column for each label and one for the value."""
    generators = parameter.index.generators if parameter.index is not None else ()
    names = [
        name
        for each in generators
        for name in (each.names or (each.source.name if isinstance(each.source, Name) else "",))
    ]
    if len(names) != width or not all(names) or names[-1] == parameter.name:
        names = [f"key {number}" for number in range(1, width + 1)]
    table = [[*names, parameter.name]]
    for each in parameter.values:
        table.append([*(_key_cell(label) for label in each.index), spell_value(each.value, bare)])
    return table


def in_records(parameter: Parameter, known: KnownSets) -> str | None:
    """The set that a parameter is a column of in a table of records, or none if it stands alone."""
    head = parameter.index
    if head is None or len(head.generators) != 1 or parameter.quotes or parameter.note or not parameter.values:
        return None
    generator = head.generators[0]
    if generator.pattern is not None or generator.condition is not None or not isinstance(generator.source, Name):
        return None
    is_plain = known.is_set(generator.source.name) and known.arity(generator.source) in (None, 1)
    has_plain_unit = not parameter.unit or not set(parameter.unit) & set("|\"'#\\“”")
    one_label = all(len(each.index) == 1 for each in parameter.values)
    return generator.source.name if is_plain and has_plain_unit and one_label and parameter.default is None else None


def record_groups(parameters: Sequence[Parameter], known: KnownSets) -> list[list[Parameter]]:
    """The parameters in order, those that make one table of records together."""
    groups: list[list[Parameter]] = []
    for parameter in parameters:
        source = in_records(parameter, known)
        group = groups[-1] if groups else []
        if source is not None and group and in_records(group[0], known) == source and _fits(group, parameter):
            group.append(parameter)
        else:
            groups.append([parameter])
    return groups


def _fits(group: Sequence[Parameter], parameter: Parameter) -> bool:
    """Whether the labels of a parameter are those of the group's first, in order, or some of them."""
    others = iter([each.index[0] for each in group[0].values])
    return all(each.index[0] in others for each in parameter.values)


def record_cells(group: Sequence[Parameter], source: str, bare: BareLabels) -> list[list[str]]:
    """A row for each label and a column for each parameter, its unit in the head."""
    heads = [each.name + (f" [{each.unit}]" if each.unit else "") for each in group]
    columns = [{each.index[0]: each.value for each in parameter.values} for parameter in group]
    table = [[source, *heads]]
    for label in columns[0]:
        values = [spell_value(column[label], bare) if label in column else "-" for column in columns]
        table.append([_key_cell(label), *values])
    return table


def _key_cell(label: Label) -> str:
    if not isinstance(label, str):
        return spell_number(label)
    return label if _PLAIN_KEY.match(label) else json.dumps(label, ensure_ascii=False)


def spell_table(table: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table, its columns set under each other unless there are too many for anybody's eyes."""
    is_long = len(table) > _MOST_ALIGNED_ROWS
    widths = [0 if is_long else max(map(len, column)) for column in zip(*table, strict=True)]
    return [
        _MARGIN + "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in table
    ]
