"""`--start`: an answer that was kept."""

import json
from pathlib import Path

import pytest

from steepest.cli import main
from steepest.cli.starts import read_start
from steepest.errors import InputError
from steepest.solvers.formulation import Formulation

TEXT = "sets:\n  A = {one, 2}\nvariables:\n  x[A]: integer in 0..3\nmaximize: sum(x[a] for a in A)\n"


def test_what_was_printed_as_json_is_a_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "model.five").write_text(TEXT)
    assert main(["run", str(tmp_path / "model.five"), "--format", "json", "--quiet"]) == 0
    (tmp_path / "answer.json").write_text(capsys.readouterr().out)
    start = read_start(tmp_path / "answer.json")
    assert start is not None
    assert (start.value("x", "one"), start.value("x", 2)) == (3, 3)
    given = ["run", str(tmp_path / "model.five"), "--start", str(tmp_path / "answer.json"), "--quiet"]
    assert main(given) == 0
    assert "6" in capsys.readouterr().out


def test_the_solution_that_out_keeps_is_a_start(tmp_path: Path) -> None:
    solution = Formulation.from_text(TEXT).solve()
    (tmp_path / "solution.json").write_text(solution.model_dump_json())
    start = read_start(tmp_path / "solution.json")
    assert start is not None
    assert start.variables == solution.variables


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "no JSON"),
        ("[1]", "no values"),
        (json.dumps({"variables": []}), "no values"),
        (json.dumps({"variables": [{"name": "x", "value": "much"}]}), "can be read"),
    ],
)
def test_a_file_that_holds_no_answer_is_refused(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "answer.json"
    path.write_text(content)
    with pytest.raises(InputError, match=words):
        read_start(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't read"):
        read_start(tmp_path / "answer.json")
