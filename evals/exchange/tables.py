"""A run as a table for other programs: CSV, Parquet and pandas with the same columns."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steepest.errors import InputError
from steepest.evals.reports.tabular import COLUMNS, csv_report, rows_of
from steepest.evals.stores.protocol import RunReader

if TYPE_CHECKING:
    import pandas
    import pyarrow

__all__ = ["dataframe_of", "write_csv", "write_parquet"]

_INTEGERS = frozenset({"epoch", "rounds", "calls", "input_tokens", "output_tokens"})
_REALS = frozenset({"label", "objective", "confidence", "cost", "seconds", "model_seconds", "solve_seconds"})
_TOGETHER = 2000
"""Rows that are held at a time."""


def write_csv(run: RunReader, path: Path) -> None:
    """Write a row for each sample.

    Raises:
        OSError: The file can't be written.
    """
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv_report(run, stream)


def write_parquet(run: RunReader, path: Path) -> None:
    """Write a row for each sample, typed, with nulls where nothing is known.

    Raises:
        InputError: The extra `tables` is not installed.
        OSError: The file can't be written.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise InputError("Parquet needs pyarrow: pip install 'steepest[tables]'.") from error
    schema = _schema(run)
    with parquet.ParquetWriter(path, schema) as writer:
        for rows in _batches(rows_of(run)):
            writer.write_table(pyarrow.Table.from_pylist(rows, schema=schema))


def dataframe_of(run: RunReader) -> "pandas.DataFrame":
    """A row for each sample, typed: unknown numbers are NA, `finished` is a time.

    Raises:
        InputError: pandas is not installed.
    """
    try:
        import pandas
    except ImportError as error:
        raise InputError("A data frame needs pandas: pip install 'steepest[tables]'.") from error
    graded = [f"correct_{profile}" for profile in run.specification().profiles]
    frame = pandas.DataFrame(rows_of(run), columns=[*COLUMNS, *graded])
    kinds = {column: _pandas_type(column) for column in frame.columns}
    frame["finished"] = pandas.to_datetime(frame["finished"], utc=True, format="ISO8601")
    return frame.astype({column: kind for column, kind in kinds.items() if column != "finished"})


def _pandas_type(column: str) -> str:
    if column in _INTEGERS:
        return "Int64"
    if column in _REALS:
        return "Float64"
    return "boolean" if column.startswith("correct_") else "string"


def _schema(run: RunReader) -> "pyarrow.Schema":
    import pyarrow

    def kind(column: str) -> Any:
        if column in _INTEGERS:
            return pyarrow.int64()
        return pyarrow.float64() if column in _REALS else pyarrow.string()

    graded = [(f"correct_{profile}", pyarrow.bool_()) for profile in run.specification().profiles]
    return pyarrow.schema([*((column, kind(column)) for column in COLUMNS), *graded])


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    waiting = iter(rows)
    while batch := list(islice(waiting, _TOGETHER)):
        yield batch
