"""What a model is told of a table: the names and kinds of its columns, and a few rows; never the whole."""

from collections.abc import Sequence
from typing import Any

from steepest.solvers.data.columns import has_numbers, numbers_of
from steepest.solvers.data.tables import Table
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.display import counted, format_number

__all__ = ["ROWS", "described"]

ROWS = 3
"""Rows that are shown."""
_COLUMNS = 40
"""Columns that are told before the rest is counted."""
_LONGEST = 30
"""Characters of a cell."""


def described(name: str, table: Table, count: int) -> str:
    """One line: `demand: columns store (text), units [kg] (number, 3 to 120) (20 rows); first rows: Bern, 12 | ...`."""
    shown = range(min(len(table.names), _COLUMNS))
    columns = ", ".join(f"{_short(table.names[place])} ({_kind(table, place, count)})" for place in shown)
    more = f" and {len(table.names) - _COLUMNS} more" if len(table.names) > _COLUMNS else ""
    line = f"{name}: columns {columns}{more} ({counted(count, 'row')})"
    rows = [", ".join(_cell(table.columns[place], row) for place in shown) for row in range(min(len(table), ROWS))]
    return f"{line}; first rows: {' | '.join(rows)}" if rows else line


def _kind(table: Table, place: int, count: int) -> str:
    """Whether a column has numbers or texts; the range of the numbers where all of them were read."""
    if not has_numbers(table, place):
        return "text"
    try:
        numbers = numbers_of(table, place)
    except FormulationError:  # told with its cell when a formulation takes the column
        return "numbers, and cells that are none"
    known = numbers[numbers == numbers]
    if not len(known) or len(table) < count:
        return "number"
    return f"number, {format_number(float(known.min()))} to {format_number(float(known.max()))}"


def _cell(column: Sequence[Any] | Any, row: int) -> str:
    value = column[row]
    return "-" if value is None else _short(str(value))


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 3] + "..."
