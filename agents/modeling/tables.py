"""What the model is told about the person's tables: names, columns and sizes, never the data themselves."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from steepest.solvers.data.instance_data import Tables
from steepest.solvers.data.tables import Table, from_frame, read_table

MAX_COLUMNS = 40
"""Columns of a table that are named before the rest is counted."""


def describe_tables(tables: Tables) -> tuple[str, ...]:
    """A line for each table; a file that can't be read is found out before any model is paid.

    Args:
        tables: Data by the name of the set or parameter that they fill.

    Raises:
        FormulationError: There is no such file, or it is no table.
    """
    return tuple(f"{name}: {_content(value)}" for name, value in tables.items())


def _content(value: Any) -> str:
    if isinstance(value, Path) or (isinstance(value, str) and Path(value).suffix):
        return _columns(read_table(Path(value)))
    if hasattr(value, "columns") and hasattr(value, "iloc"):
        return _columns(from_frame(value))
    if isinstance(value, Mapping):
        return f"{len(value)} values by label"
    if isinstance(value, int | float):
        return "one number"
    return f"{len(value)} values in order" if hasattr(value, "__len__") and not isinstance(value, str) else "one value"


def _columns(table: Table) -> str:
    names = list(table.names[:MAX_COLUMNS])
    more = f" and {len(table.names) - MAX_COLUMNS} more" if len(table.names) > MAX_COLUMNS else ""
    return f"columns {', '.join(names)}{more} ({len(table):,} rows)"
