import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from steepest.cli import main
from steepest.cli.exit_codes import ExitCode

BAKERY = """\
# How much to bake
sets:
  Product = {bread, cake}
parameters:
  profit[Product] = {bread: 3, cake: 8}   # [$/item]
  use[Product] = {bread: 0.5, cake: 0.8}   # [kg/item]
  flour = 40   # [kg] "40 kg of flour"
  most_cakes = 30   # [item]
variables:
  bake[Product]: integer >= 0   # [item] what is baked today
maximize: sum(profit[p] * bake[p] for p in Product)   # [$]
constraints:
  flour_stock: sum(use[p] * bake[p] for p in Product) <= flour   # "40 kg of flour"
  cakes_sold: bake[cake] <= most_cakes   # assumed: no more are sold
"""


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(text: str, *options: str) -> int:
    Path("model.five").write_text(text)
    return main(["run", "model.five", *options])


def test_a_solved_problem_is_told_with_units_and_meanings(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(BAKERY) == ExitCode.SOLVED

    said = capsys.readouterr()
    assert "How much to bake\nsolved\nmaximized objective: 336 $" in said.out
    assert "  bake[bread]  32  item  what is baked today" in said.out
    assert "  bake[cake]   30  item  what is baked today" in said.out
    assert '  flour_stock  40 <= 40 kg    "40 kg of flour"' in said.out
    assert "  - cakes_sold: assumed: no more are sold" in said.out
    assert "solving a MIP" in said.err


def test_progress_can_be_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    run(BAKERY, "--quiet")

    assert capsys.readouterr().err == ""


def test_the_document_is_the_only_thing_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    run(BAKERY, "--format", "json", "--show", "formulation")

    document = json.loads(capsys.readouterr().out)
    assert document["outcome"] == "solved"
    assert document["objective"]["value"] == pytest.approx(336)
    assert {(v["name"], *v["index"]): v["value"] for v in document["variables"]} == {
        ("bake", "bread"): 32,
        ("bake", "cake"): 30,
    }
    assert document["cost"] is None
    assert document["faces"]["formulation"] == document["text"]


def test_both_faces_are_read(capsys: pytest.CaptureFixture[str]) -> None:
    run(BAKERY, "--out", "result", "--quiet")
    first = capsys.readouterr().out

    assert main(["run", "result/formulation.json", "--quiet"]) == ExitCode.SOLVED
    again = capsys.readouterr().out
    assert first.splitlines()[:-1] == again.splitlines()[:-1]  # the last line is the time it took


def test_everything_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    run(BAKERY, "--out", "result")

    kept = {path.name for path in Path("result").iterdir()}
    assert kept == {"formulation.five", "formulation.json", "model.py", "model.lp", "solution.json", "answer.txt"}
    assert json.loads(Path("result/solution.json").read_text())["objective"] == pytest.approx(336)
    assert Path("result/answer.txt").read_text() == capsys.readouterr().out


def test_the_kept_pyomo_script_runs_by_itself() -> None:
    run(BAKERY, "--out", "result")

    finished = subprocess.run([sys.executable, "result/model.py"], capture_output=True, text=True, check=True)
    assert "336" in finished.stdout


def test_every_face_can_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    run(BAKERY, "--show", "formulation,pyomo,lp,latex")

    said = capsys.readouterr().out
    for face in ("\nformulation\n  # How much", "\npyomo\n", "\nlp\n", "\nlatex\n"):
        assert face in said


def test_an_infeasible_model_is_told_with_its_conflict_and_repairs(capsys: pytest.CaptureFixture[str]) -> None:
    text = BAKERY + '  cakes_ordered: bake[cake] >= 50   # "50 cakes are ordered"\n'

    assert run(text) == ExitCode.INFEASIBLE
    said = capsys.readouterr().out
    assert "cakes_sold (at most 30 item" in said
    assert "conflicts with cakes_ordered (at least 50 item: bake[cake] >= 50" in said
    assert "raise most_cakes from 30 to 50 item" in said
    assert run(text, "--format", "json") == ExitCode.INFEASIBLE
    document = json.loads(capsys.readouterr().out)
    assert [member["name"] for member in document["conflict"]["members"]] == ["cakes_sold", "cakes_ordered"]
    assert document["repairs"][0]["changes"][0]["sentence"]
    assert document["ray"] is None


def test_an_unbounded_model_is_told_with_its_direction(capsys: pytest.CaptureFixture[str]) -> None:
    text = BAKERY.replace("<= flour", ">= flour")

    assert run(text, "--format", "json") == ExitCode.UNBOUNDED
    ray = json.loads(capsys.readouterr().out)["ray"]
    assert [(move["name"], move["index"]) for move in ray["moves"]] == [("bake", ["bread"])]
    assert ray["sentences"][0] == "bake[bread] can grow without end."


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("variables:\n  x: real >= 2\nminimize: x\nconstraints:\n  c: x <= 1\n", ExitCode.INFEASIBLE, "infeasible"),
        ("variables:\n  x: real >= 0\nmaximize: x\n", ExitCode.UNBOUNDED, "unbounded"),
        (
            "variables:\n  x: binary\nmaximize: x\nconstraints:\n  c: exactly(1, x >= 1, all_different(x, x))\n",
            ExitCode.UNSUPPORTED,
            "all_different(x",
        ),
        ("variables:\n  x: real >= 0\nminimize: x + y\n", ExitCode.NOT_FORMULATED, "`y`"),
        (
            "parameters:\n  rate = missing   # [$/h]\nvariables:\n  x: real >= 0\nminimize: rate * x\n",
            ExitCode.MISSING_DATA,
            "rate [$/h] (give it with --data rate=NUMBER)",
        ),
    ],
)
def test_every_other_end_has_its_code_and_says_why(
    text: str, code: ExitCode, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(text) == code
    assert said in capsys.readouterr().out


def test_an_error_in_the_formulation_names_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    run("variables:\n  x: real >= 0\nminimize: x + y\n")

    assert "model.five:3:15: error[" in capsys.readouterr().out


def test_what_is_missing_can_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    text = "parameters:\n  rate = missing   # [$/h]\nvariables:\n  x: real >= 2\nminimize: rate * x\n"

    assert run(text, "--data", "rate=1.5") == ExitCode.SOLVED
    assert "minimized objective: 3" in capsys.readouterr().out


DEMAND = """\
sets:
  Store = {Bern, Chur}
parameters:
  table demand[Store] from "demand.csv" (store, units)
variables:
  ship[Store]: real >= 0
minimize: sum(ship[s] for s in Store)
constraints:
  met[s in Store]: ship[s] >= demand[s]
"""


def test_a_formulation_finds_its_tables_beside_it() -> None:
    Path("plans").mkdir()
    Path("plans/demand.csv").write_text("store,units\nBern,3\nChur,4\n")
    Path("plans/model.five").write_text(DEMAND)

    assert main(["run", "plans/model.five"]) == ExitCode.SOLVED


def test_a_table_of_the_command_line_is_found_where_the_command_runs(capsys: pytest.CaptureFixture[str]) -> None:
    Path("plans").mkdir()
    Path("plans/model.five").write_text(DEMAND)
    Path("other.csv").write_text("store,units\nBern,10\nChur,4\n")

    assert main(["run", "plans/model.five", "--data", "demand=other.csv"]) == ExitCode.SOLVED
    assert "objective: 14" in capsys.readouterr().out


def test_a_nan_in_the_data_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    Path("demand.csv").write_text("store,units\nBern,nan\nChur,4\n")

    assert run(DEMAND) == ExitCode.NOT_FORMULATED
    assert "demand" in capsys.readouterr().err


def test_a_table_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(DEMAND) in (ExitCode.NOT_FORMULATED, ExitCode.FAILED)
    assert "demand.csv" in capsys.readouterr().err


def test_a_folder_of_somebody_else_is_refused_before_the_work(capsys: pytest.CaptureFixture[str]) -> None:
    Path("thesis").mkdir()
    Path("thesis/chapter.tex").write_text("")

    assert run(BAKERY, "--out", "thesis") == ExitCode.FAILED
    assert "which steepest did not write" in capsys.readouterr().err
    assert [path.name for path in Path("thesis").iterdir()] == ["chapter.tex"]


def test_json_that_is_no_formulation_is_told_field_by_field(capsys: pytest.CaptureFixture[str]) -> None:
    assert run('{"variables": [{"name": "2x"}], "colour": 1}') == ExitCode.NOT_FORMULATED

    said = capsys.readouterr().out
    assert "variables.0.name" in said
    assert "colour" in said


def test_a_run_loads_no_library_that_it_does_not_need() -> None:
    Path("model.five").write_text(BAKERY)
    program = """
import json, sys
from steepest.cli import main
main(["run", "model.five", "--quiet"])
print(json.dumps(sorted(sys.modules)))
"""
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(json.loads(finished.stdout.splitlines()[-1]))

    assert loaded.isdisjoint({"openai", "anthropic", "langgraph", "pyomo", "pandas", "scipy", "xllamacpp"})
    assert "steepest.agents.llm" not in loaded


def test_a_reader_that_closes_the_pipe_gets_no_complaint() -> None:
    Path("model.five").write_text(BAKERY)
    command = f"{sys.executable} -m steepest run model.five --quiet | head -n 1"

    finished = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)  # noqa: S602

    assert finished.stdout == "How much to bake\n"
    assert finished.stderr == ""


def test_ctrl_c_while_the_reason_is_sought_tells_what_is_known(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from steepest.solvers.infeasibility import elastic

    solve = elastic.solve_arrays

    def interrupt_and_solve(*given: Any) -> Any:
        signal.raise_signal(signal.SIGINT)
        return solve(*given)

    monkeypatch.setattr(elastic, "solve_arrays", interrupt_and_solve)
    assert run("variables:\n  x: real in 0..9\nmaximize: x\nconstraints:\n  much: x >= 12\n") == ExitCode.INTERRUPTED
    said = capsys.readouterr().out
    assert "infeasible: no answer meets every constraint; interrupted while the reason was sought" in said
    assert "much" in said
    assert "The search for the reason was interrupted: this is what was known by then." in said
