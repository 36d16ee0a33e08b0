"""`steepest run --pareto` and `--solver`: what a person sees, what a program reads, and what is kept."""

import json
from pathlib import Path

import pytest

from steepest.cli import main
from steepest.cli.exit_codes import ExitCode

PROJECTS = """\
# Which projects to fund
sets:
  P = 1..4
parameters:
  value[P] = {1: 3, 2: 14, 3: 7, 4: 12}
  risk[P] = {1: 4, 2: 13, 3: 5, 4: 9}
variables:
  take[P]: binary
maximize: sum(value[p] * take[p] for p in P)   # [M$] value of all
minimize: sum(risk[p] * take[p] for p in P)   # [point] risk of all
constraints:
  few: sum(take[p] for p in P) <= 2
"""


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(text: str, *options: str) -> int:
    Path("model.five").write_text(text)
    return main(["run", "model.five", "--quiet", *options])


def test_two_objectives_alone_are_no_problem_to_solve_yet(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(PROJECTS) == ExitCode.NOT_FORMULATED
    said = capsys.readouterr().out
    assert "nothing says how to choose between them" in said
    assert "--pareto" in said


def test_the_front_is_a_table_and_a_plot(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(PROJECTS, "--pareto") == ExitCode.SOLVED
    said = capsys.readouterr().out
    assert "these 8 points are all there are" in said
    assert "  1                          26                            22  the best in objective 1" in said
    assert "ideal (the best of each alone): 26, 0" in said
    plot = said.split("risk of all [point]")[-1]
    drawn = plot.split("+---")[0]
    assert (drawn.count("O"), drawn.count("o")) == (2, 6)


def test_the_front_is_data_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(PROJECTS, "--pareto=3", "--format", "json") == ExitCode.SOLVED
    document = json.loads(capsys.readouterr().out)
    front = document["front"]
    assert (document["outcome"], document["status"], front["status"]) == ("solved", None, "sampled")
    assert [point["values"] for point in front["points"]] == [[26, 22], [12, 9], [0, 0]]
    assert front["points"][0]["best_in"] == [0]
    assert front["objectives"][1] == {"name": "risk of all", "sense": "minimize", "unit": "point"}
    assert {each["name"] for each in front["points"][0]["variables"]} == {"take"}


def test_the_front_is_kept_as_a_plot_and_a_table() -> None:
    assert run(PROJECTS, "--pareto", "--out", "kept") == ExitCode.SOLVED
    names = {path.name for path in Path("kept").iterdir()}
    assert names == {"answer.txt", "formulation.five", "formulation.json", "front.csv", "front.svg"}
    assert Path("kept/front.svg").read_text().startswith("<svg")
    assert len(Path("kept/front.csv").read_text().splitlines()) == 9


def test_a_front_of_an_infeasible_problem_is_infeasible(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(PROJECTS + "  many: sum(take[p] for p in P) >= 3\n", "--pareto") == ExitCode.INFEASIBLE
    assert "no answer meets all constraints" in capsys.readouterr().out


def test_questions_about_the_answer_need_one_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(PROJECTS, "--pareto", "--alternatives", "2") == ExitCode.FAILED
    assert "for one answer" in capsys.readouterr().err


def test_a_file_in_the_place_of_the_number_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    Path("model.five").write_text(PROJECTS)
    with pytest.raises(SystemExit) as ended:
        main(["run", "--pareto", "model.five"])
    assert ended.value.code == ExitCode.USAGE
    assert "put the file first" in capsys.readouterr().err


ONE = PROJECTS.replace("minimize: sum(risk[p] * take[p] for p in P)   # [point] risk of all\n", "")


def test_another_solver_gives_the_same_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(ONE, "--solver", "appsi_highs", "--format", "json") == ExitCode.SOLVED
    document = json.loads(capsys.readouterr().out)
    assert document["objective"]["value"] == 26
    assert document["solver"]["name"].startswith("pyomo/appsi_highs")


def test_a_solver_that_is_not_here_is_told_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(ONE, "--solver", "nowhere") == ExitCode.FAILED
    said = capsys.readouterr().err
    assert "no solver 'nowhere'" in said
    assert "appsi_highs" in said
