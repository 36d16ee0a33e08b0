"""The model is told names, columns and sizes of tables, never their data."""

from pathlib import Path

import pytest

from steepest.agents.modeling.tables import MAX_COLUMNS, describe_tables
from steepest.solvers.diagnostics import FormulationError


def test_a_file_is_told_by_its_columns(tmp_path: Path) -> None:
    table = tmp_path / "d.csv"
    table.write_text("store,pallets\nSecret Street,325\n")

    assert describe_tables({"demand": table}) == ("demand: columns store, pallets (1 rows)",)
    assert describe_tables({"demand": str(table)}) == ("demand: columns store, pallets (1 rows)",)


def test_other_data_are_told_by_their_kind() -> None:
    tables = {"a": {"x": 1.0, "y": 2.0}, "b": [1, 2, 3], "c": 5.0, "d": "red"}

    assert describe_tables(tables) == ("a: 2 values by label", "b: 3 values in order", "c: one number", "d: one value")


def test_a_wide_table_is_cut(tmp_path: Path) -> None:
    table = tmp_path / "wide.csv"
    table.write_text(",".join(f"c{i}" for i in range(MAX_COLUMNS + 5)) + "\n")

    assert "and 5 more (0 rows)" in describe_tables({"wide": table})[0]


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FormulationError, match="no file"):
        describe_tables({"demand": tmp_path / "none.csv"})
