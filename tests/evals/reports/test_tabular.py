import csv
import io

import pytest

from steepest.errors import InputError
from steepest.evals.reports import COLUMNS, csv_report, rows_of
from tests.evals.runs_for_tests import RememberedRun, large_run, problem, sample


def read(run: RememberedRun) -> list[dict[str, str]]:
    stream = io.StringIO()
    count = csv_report(run, stream)
    stream.seek(0)
    rows = list(csv.DictReader(stream))
    assert len(rows) == count
    return rows


def test_there_is_a_row_for_each_sample_with_every_documented_column() -> None:
    rows = read(large_run(40))
    assert len(rows) == 40
    assert list(rows[0]) == [*COLUMNS, "correct_strict", "correct_orlm"]


def test_what_is_not_known_is_empty_and_not_zero() -> None:
    made = sample("kiosks/1", spent={"calls": 1, "cost": None, "input_tokens": None, "output_tokens": None})
    (row,) = read(RememberedRun([problem("kiosks/1")], [made]))
    assert (row["cost"], row["input_tokens"], row["confidence"]) == ("", "", "")
    assert row["correct_strict"] == "true"


def test_a_spreadsheet_computes_no_text_of_a_model() -> None:
    made = sample("kiosks/1", "llm_error", message='=HYPERLINK("http://a")', objective=-3.0)
    (row,) = read(RememberedRun([problem("kiosks/1")], [made]))
    assert row["message"].startswith("'=")
    assert row["objective"] == "-3.0"


def test_every_row_has_every_column_for_programs_too() -> None:
    (row,) = rows_of(RememberedRun([problem("kiosks/1")], [sample("kiosks/1")]))
    assert set(row) == {*COLUMNS, "correct_strict", "correct_orlm"}
    assert row["message"] is None


def test_a_sample_of_another_run_is_told() -> None:
    with pytest.raises(InputError, match=r"the sample 'kiosks/2' is of no problem of this run"):
        list(rows_of(RememberedRun([problem("kiosks/1")], [sample("kiosks/2")])))
