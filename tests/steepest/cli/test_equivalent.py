import json
from pathlib import Path

import pytest

from steepest.cli import main
from steepest.cli.exit_codes import ExitCode

MODEL = """variables:
  x: real in 0..9
  y: integer in 0..9
maximize: x + 2 * y
constraints:
  both: x + y <= {limit}
"""

RENAMED = """variables:
  u: real in 0..9
  v: integer in 0..9
maximize: u + 2 * v
constraints:
  both: u + v <= 10
  idle: u <= 20
"""


@pytest.fixture
def written(tmp_path: Path):
    def write(name: str, text: str) -> str:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return str(tmp_path / name)

    return write


def test_two_formulations_that_are_the_same_end_with_0(written, capsys) -> None:
    first = written("a.five", MODEL.format(limit=10))
    second = written("b.five", MODEL.format(limit=10).replace("x + y <=", "20 >= 2 * x + 2 * y - 10 +"))
    assert main(["equivalent", first, second, "--quiet"]) == ExitCode.SOLVED
    assert capsys.readouterr().out.startswith("equivalent (optima): ")


def test_two_that_differ_end_with_10_and_a_point(written, capsys) -> None:
    first, second = (written(f"{limit}.five", MODEL.format(limit=limit)) for limit in (10, 11))
    command = ["equivalent", first, second, "--level", "feasible", "--format", "json", "--quiet"]
    assert main(command) == ExitCode.DIFFERENT
    document = json.loads(capsys.readouterr().out)
    assert document["verdict"] == "different"
    assert document["witness"]["values"]["x"] + document["witness"]["values"]["y"] == 11


def test_names_that_differ_are_given_and_without_them_nothing_is_decided(written, capsys) -> None:
    first = written("a.five", MODEL.format(limit=10))
    renamed = (
        "variables:\n  u: real in 0..9\n  v: integer in 0..9\nmaximize: u + 2 * v\nconstraints:\n  c: u + v <= 10\n"
    )
    second = written("b.five", renamed + "  d: u <= 20\n")
    assert main(["equivalent", first, second, "--quiet"]) == ExitCode.UNDECIDED
    assert "say which variables are the same" in capsys.readouterr().out
    assert main(["equivalent", first, second, "--variable", "x=u", "--variable", "y=v", "--quiet"]) == ExitCode.SOLVED


def test_data_go_to_whichever_formulation_declares_them(written) -> None:
    first = written("a.five", "parameters:\n  top = missing\n" + MODEL.format(limit="top"))
    second = written("b.five", MODEL.format(limit=10))
    assert main(["equivalent", first, second, "--data", "top=10", "--quiet"]) == ExitCode.SOLVED
    assert main(["equivalent", first, second, "--data", "top=12", "--quiet"]) == ExitCode.DIFFERENT


def test_a_text_that_is_no_formulation_ends_with_4(written) -> None:
    first = written("a.five", MODEL.format(limit=10))
    second = written("b.five", MODEL.format(limit="nobody"))
    assert main(["equivalent", first, second, "--quiet"]) == ExitCode.NOT_FORMULATED


def test_what_is_wrong_is_told_with_the_name_of_its_file(written, capsys) -> None:
    first = written("a.five", MODEL.format(limit=10))
    second = written("b.five", MODEL.format(limit="lot"))
    assert main(["equivalent", first, second, "--quiet"]) == ExitCode.NOT_FORMULATED
    said = capsys.readouterr().err
    assert "b.five, constraint both" in said
    assert "a.five" not in said
