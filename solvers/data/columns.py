"""Columns of a table as numbers and as labels; what is neither is told with its cell."""

import math
import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from numbers import Real
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from steepest.solvers.data.coded_labels import CodedLabels, coded, relabelled
from steepest.solvers.data.keys import ABSENT_SIGNS
from steepest.solvers.data.tables import Column, Table
from steepest.solvers.diagnostics import problem
from steepest.solvers.language.expressions import Label
from steepest.solvers.language.labels import normalize_label
from steepest.solvers.text.cells import CellError, read_label, read_number

Numbers: TypeAlias = npt.NDArray[np.float64]

_ERROR = re.compile(r"#(?:N/A|N/D|NV|GETTING_DATA|[^\sa-z\d][^\sa-z]*[!?])")
"""What spreadsheets show where a formula failed, in any language of theirs."""
_EUROPEAN = re.compile(r"[-+]?\d{1,3}(?:\.\d{3})*,\d+\Z|[-+]?\d+,\d+\Z", re.ASCII)


def numbers_of(table: Table, column: int) -> Numbers:
    """The numbers of a column; NaN where a `-` says that there is none.

    Raises:
        FormulationError: A cell is empty, or holds something else than a number.
    """
    cells = table.columns[column]
    plain = _plain_numbers(cells)
    if plain is not None:
        return plain
    return np.array([_number(table, row, column) for row in range(len(cells))], dtype=np.float64)


def values_of(table: Table, column: int) -> Numbers | CodedLabels:
    """The values of a column: labels where no cell holds a number, numbers otherwise.

    Raises:
        FormulationError: A cell is empty, or a label stands among numbers.
    """
    plain = _plain_numbers(table.columns[column])
    if plain is not None:
        return plain
    return numbers_of(table, column) if has_numbers(table, column) else labels_of(table, column)


def has_numbers(table: Table, column: int) -> bool:
    """Whether any cell of a column holds a number: then all should; one without any value counts as one of numbers."""
    cells = table.columns[column]
    if _plain_numbers(cells) is not None:
        return True
    given = [cell for cell in cells if cell not in ABSENT_SIGNS]
    return not given or any(
        _is_number(cell) or (isinstance(cell, str) and _written(cell) is not None) for cell in given
    )


def labels_of(table: Table, column: int) -> CodedLabels:
    """The labels of a column.

    Raises:
        FormulationError: A cell is empty.
    """
    cells = _as_list(table.columns[column])
    made: dict[Any, Label] = {}
    distinct, codes = coded(cells)
    for cell in distinct:
        label = _label(cell)
        if label is None:
            raise problem("empty-cell", f"{table.cell(_row_of(cells, cell), column)}: a label is missing")
        if isinstance(cell, str) and _ERROR.fullmatch(cell.strip()):
            message = f"{table.cell(_row_of(cells, cell), column)}: {cell.strip()} is an error that a spreadsheet shows"
            raise problem("error-cell", message, repair="mend its formula, or give the label another name")
        made[cell] = label
    return relabelled(distinct, codes, made)


def _row_of(cells: Sequence[Any], cell: object) -> int:
    return next(row for row, each in enumerate(cells) if each is cell or each == cell)


def _as_list(cells: Column) -> Sequence[Any]:
    return list(cells.tolist()) if isinstance(cells, np.ndarray) else cells


def _plain_numbers(cells: Column) -> Numbers | None:
    """The column at one go where every cell is a plain finite number."""
    if not isinstance(cells, np.ndarray) and not all(cell.__class__ in (str, int, float) for cell in cells):
        return None
    try:
        numbers = np.array(cells, dtype=np.float64)
    except (ValueError, OverflowError):
        return None
    return numbers if np.isfinite(numbers).all() else None


def _is_number(cell: Any) -> bool:
    if isinstance(cell, str):
        return _written(cell) is not None
    return not isinstance(cell, bool) and isinstance(cell, Real | Decimal) and not math.isnan(cell)


def _is_empty(cell: Any) -> bool:
    if isinstance(cell, str):
        return not cell.strip()
    return cell is None or (isinstance(cell, Real | Decimal) and math.isnan(cell))


def _number(table: Table, row: int, column: int) -> float:
    cell = table.columns[column][row]
    where = table.cell(row, column)
    if _is_empty(cell):
        repair = "write the number, or `-` where there is none"
        raise problem("empty-cell", f"{where}: the cell is empty", repair=repair)
    if isinstance(cell, str):
        return _read(cell.strip(), where, table.has_decimal_commas)
    if isinstance(cell, bool):
        message = f"{where}: {str(cell).upper()} stands where a number must"
        raise problem("not-a-number", message, repair="write 1 or 0")
    if not isinstance(cell, Real | Decimal):
        raise problem("not-a-number", f"{where}: {_spelled(cell)} stands where a number must")
    if math.isinf(cell):
        raise problem("not-finite", f"{where}: {cell} is not a finite number")
    return float(cell)


def _spelled(cell: Any) -> str:
    return str(cell) if isinstance(cell, date | time | timedelta) else repr(cell)


def _read(text: str, where: str, has_decimal_commas: bool) -> float:
    if text in ABSENT_SIGNS:
        return math.nan
    number = _written(text)
    if "," in text and (has_decimal_commas or number is None) and _EUROPEAN.match(text):
        message = f"{where}: {text} may have a decimal comma, or one between thousands"
        raise problem("decimal-comma", message, repair="write a dot before the decimals, and nothing between thousands")
    if number is None:
        raise problem("not-a-number", f"{where}: `{text[:60]}` stands where a number must")
    return number


def _written(text: str) -> float | None:
    try:
        number = read_number(text.strip(), set())
    except CellError:
        return None
    return None if number is None else float(number)


def _label(cell: Any) -> Label | None:
    if isinstance(cell, str):
        text = cell.strip()
        return (normalize_label(text) if text[:1] in "\"'" else read_label(text)) if text else None
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        return None
    if isinstance(cell, datetime) and cell.time() == datetime.min.time():
        cell = cell.date()
    if isinstance(cell, date):
        return cell.isoformat()
    if cell.__class__ is bool or not isinstance(cell, Real):
        return str(cell)
    return normalize_label(float(cell))
