"""Misspelt fields are told, and a misspelt answer is refused."""

import json
from pathlib import Path

import pytest

from steepest.cli import main
from steepest.errors import InputError
from steepest.evals.datasets.dataset import load_dataset

GOOD = {"id": "a", "question": "How many?", "answer": 3}


def written(folder: Path, *records: dict[str, object]) -> Path:
    path = folder / "cakes.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def test_a_misspelt_field_is_told_once_with_what_was_meant(tmp_path: Path) -> None:
    path = written(tmp_path, {**GOOD, "variabels": {}}, {**GOOD, "id": "b", "variabels": {}, "author": "Ann"})
    (warning,) = load_dataset(path).warnings

    assert warning.place == f"{path}:1"
    assert '"variabels" is no field and is passed over (records: 2); is "variables" meant?' in warning.message


def test_a_misspelt_answer_is_refused_though_the_rest_would_do(tmp_path: Path) -> None:
    path = written(tmp_path, {"id": "a", "question": "How many?", "answr": 3, "variables": {"cakes": 3}})

    with pytest.raises(InputError, match='"answr" is no field; is "answer" meant'):
        load_dataset(path)


def test_what_is_left_out_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, GOOD, {"id": "b", "question": "How many?"})

    assert main(["eval", "data", str(path), "--skip-bad"]) == 0
    assert "left out  1 record\n" in capsys.readouterr().out
