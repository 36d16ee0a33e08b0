import json
from pathlib import Path

import pytest

from steepest.cli import main
from steepest.cli.exit_codes import ExitCode
from steepest.solvers.backends import scip

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def check(text: str, *options: str) -> int:
    Path("model.five").write_text(text)
    return main(["check", "model.five", *options])


@pytest.mark.parametrize(
    ("name", "summary"),
    [
        ("bakery", "usable, MIP, 2 variables, 3 constraints, 4 coefficients"),
        ("transport", "usable, LP, 6 variables, 5 constraints, 12 coefficients"),
        ("knapsack", "usable, MIP, 6 variables, 2 constraints, 8 coefficients"),
        ("portfolio", "usable, QP, 3 variables, 2 constraints, 6 coefficients"),
    ],
)
def test_the_examples_are_usable(name: str, summary: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = EXAMPLES / f"{name}.five"

    assert main(["check", str(file)]) == ExitCode.SOLVED
    assert capsys.readouterr().out.splitlines()[-1] == f"{file}: {summary}"


def test_an_error_stands_at_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert check("variables:\n  x: real >= 0\nminimize: x + y\n") == ExitCode.NOT_FORMULATED

    said = capsys.readouterr().out
    assert "model.five:3:15: error[" in said
    assert said.endswith("model.five: not usable, 1 error\n")


def test_the_document_holds_class_size_and_findings(capsys: pytest.CaptureFixture[str]) -> None:
    assert check("variables:\n  x: integer in 0..9\nmaximize: x\n", "--format", "json") == ExitCode.SOLVED

    document = json.loads(capsys.readouterr().out)
    assert document["usable"] is True
    assert document["class"] == "MIP"
    assert document["size"] == {"rows": 0, "columns": 1, "nonzeros": 0}
    assert list(document) == ["usable", "class", "size", "unsupported", "missing", "diagnostics"]


def test_a_class_that_no_solver_takes_is_said_with_its_term(capsys: pytest.CaptureFixture[str]) -> None:
    text = "variables:\n  x: real in 0..1\n  y: real\nmaximize: x\nconstraints:\n  c: all_different(x, y)\n"
    assert check(text) == ExitCode.UNSUPPORTED
    assert "all_different(" in capsys.readouterr().out


def test_what_is_written_linearly_is_a_note(capsys: pytest.CaptureFixture[str]) -> None:
    text = "variables:\n  x: real in 0..1\nmaximize: x\nconstraints:\n  c: either(x >= 1, x <= 0)\n"
    assert check(text) == ExitCode.SOLVED
    shown = capsys.readouterr().out
    assert "`either(x >= 1, x <= 0)` is written linearly" in shown
    assert "usable, MIP" in shown


@pytest.mark.parametrize(("term", "problem_class"), [("x * x", "QP"), ("sin(x)", "NLP")])
def test_a_nonlinear_model_is_usable_where_scip_is(
    term: str, problem_class: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"variables:\n  x: real in 0..1\nmaximize: {term}\n"
    monkeypatch.setattr(scip, "is_installed", lambda: True)
    assert check(text) == ExitCode.SOLVED
    assert f"usable, {problem_class}" in capsys.readouterr().out
    monkeypatch.setattr(scip, "is_installed", lambda: False)
    assert check(text) == ExitCode.UNSUPPORTED
    assert "steepest[nonlinear]" in capsys.readouterr().out


def test_what_is_missing_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    text = "parameters:\n  rate = missing\nvariables:\n  x: real >= 0\nminimize: rate * x\n"

    assert check(text) == ExitCode.MISSING_DATA
    assert capsys.readouterr().out == (
        "model.five: missing: rate (give it with --data rate=NUMBER)\nmodel.five: waits for 1 missing parameter\n"
    )
