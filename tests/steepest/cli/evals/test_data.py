import json

import pytest

from steepest.cli import main

Captured = pytest.CaptureFixture[str]


def test_what_is_in_a_data_set_is_told(asked: list[str], capsys: Captured) -> None:
    assert main(["eval", "data", f"towns={asked[0]}"]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == "towns"
    assert "problems 12" in lines
    assert "labels optimal 10, infeasible 1, unbounded 1" in lines
    assert "with notes 1" in lines


def test_the_manifest_is_there_for_programs(asked: list[str], capsys: Captured) -> None:
    assert main(["eval", "data", asked[0], "--format", "json"]) == 0
    (manifest,) = json.loads(capsys.readouterr().out)["datasets"]
    assert manifest["types"] == {"linear": 6, "integer": 5, "nonlinear": 1}
    assert manifest["left_out"] == []
    assert len(manifest["sha256"]) == 64


def test_a_file_that_is_not_there_is_named(capsys: Captured) -> None:
    assert main(["eval", "data", "nowhere.jsonl"]) == 1
    assert "nowhere.jsonl" in capsys.readouterr().err
