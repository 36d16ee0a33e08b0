import csv
from pathlib import Path

import pytest

from steepest.evals.exchange import EXPORTS, export
from steepest.evals.reports import COLUMNS
from tests.evals.runs_for_tests import RememberedRun, large_run, problem, sample


def test_a_run_as_csv_has_a_row_for_each_sample(tmp_path: Path) -> None:
    export(large_run(30), "csv", tmp_path / "run.csv")
    with (tmp_path / "run.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 30


def test_a_run_as_parquet_has_typed_columns_even_where_nothing_is_known(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    run = RememberedRun([problem("kiosks/1")], [sample("kiosks/1", spent={"calls": 1, "cost": None})])
    export(run, "parquet", tmp_path / "run.parquet")
    table = parquet.read_table(tmp_path / "run.parquet")
    assert table.column_names == [*COLUMNS, "correct_strict", "correct_orlm"]
    types = {field.name: str(field.type) for field in table.schema}
    assert (types["cost"], types["input_tokens"], types["notes"]) == ("double", "int64", "string")
    assert (types["correct_strict"], table["cost"].to_pylist()) == ("bool", [None])


def test_the_forms_are_functions_that_exist() -> None:
    import importlib

    for home in EXPORTS.values():
        module, _, function = home.partition(":")
        assert callable(getattr(importlib.import_module(f"steepest.evals.exchange.{module}"), function))
