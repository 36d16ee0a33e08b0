import json
import signal
from pathlib import Path

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
  flour = 40   # [kg]
variables:
  bake[Product]: real >= 0   # [item]
maximize: sum(profit[p] * bake[p] for p in Product)   # [$]
constraints:
  flour_stock: sum(use[p] * bake[p] for p in Product) <= flour
  cakes_sold: bake[cake] <= 30
"""


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("model.five").write_text(BAKERY)


def run(*options: str) -> int:
    return main(["run", "model.five", "--quiet", *options])


def test_a_person_is_told_what_one_more_is_worth(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--sensitivity") == ExitCode.SOLVED

    said = capsys.readouterr().out
    assert "  - one more kg of flour is worth 6 $ (valid from 24 kg upwards)" in said
    assert "the answer stays while a coefficient is" in said


def test_scenarios_stand_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    Path("next.txt").write_text("scenario poor:\n  flour -= 50%\n")

    assert run("--what-if", "flour = 50", "--what-if-file", "next.txt") == ExitCode.SOLVED

    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "as it is optimal 336" in lines
    assert "flour = 50 optimal 396 +60" in lines
    assert "decision as it is flour = 50 poor" in lines
    assert "bake[bread] 32 52 0" in lines


def test_other_answers_are_found_or_excluded(capsys: pytest.CaptureFixture[str]) -> None:
    run("--alternatives", "2")
    assert "no other answer is as good" in capsys.readouterr().out

    Path("model.five").write_text(BAKERY.replace("cake: 8", "cake: 4.8"))
    run("--alternatives", "2")
    assert "this answer  other 1" in capsys.readouterr().out


def test_a_program_reads_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    run("--format", "json", "--sensitivity", "--what-if", "drop cakes_sold", "--alternatives", "1")

    document = json.loads(capsys.readouterr().out)
    assert document["sensitivity"]["constraints"][0]["dual"] == 6
    assert document["what_if"][0]["changes"] == ["drop cakes_sold"]
    assert document["what_if"][0]["objective_change"] == pytest.approx(64)
    assert document["alternatives"]["verdict"] == "none"


def test_a_change_of_what_is_not_there_is_told_before_anything_is_solved(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--what-if", "flower = 50") == ExitCode.FAILED

    said = capsys.readouterr()
    assert "did you mean `flour`" in said.err
    assert said.out == ""


def test_a_change_that_can_not_be_read_shows_the_forms(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--what-if", "more flour please") == ExitCode.FAILED

    assert "`flour = 50`" in capsys.readouterr().err


def test_a_scenario_file_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--what-if-file", "no.txt") == ExitCode.FAILED

    assert "can't read the scenarios in no.txt" in capsys.readouterr().err


def test_the_battery_tells_what_it_found_and_what_it_tested(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--battery") == ExitCode.SOLVED
    said = capsys.readouterr().out
    assert "tests of the answer: 0 findings" in said
    assert "passed: coefficients" in said

    turned = BAKERY.replace("bake[cake] <= 30", 'bake[cake] >= 30   # "at most 30 cakes"')
    Path("model.five").write_text(turned)
    run("--battery", "--format", "json")
    battery = json.loads(capsys.readouterr().out)["battery"]
    assert [(each["test"], each["basis"]) for each in battery["findings"]] == [("limits", "words")]
    run("--battery")
    said = capsys.readouterr().out
    assert "tests of the answer: 1 worth a look" in said
    assert "- worth a look: " in said
    assert "at most 30 cakes" in battery["findings"][0]["sentence"]


def test_a_word_where_a_number_must_stand_is_refused_before_any_solve(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--what-if", "flour = abc") == ExitCode.FAILED

    captured = capsys.readouterr()
    assert captured.out == ""
    assert "change `flour = abc`, constraint flour_stock" in captured.err


def test_a_cancel_ends_all_questions_with_what_there_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from steepest.solvers.changes import scenarios

    solve = scenarios.solve_formulation

    def solve_and_interrupt(*given, **named):
        solution = solve(*given, **named)
        signal.raise_signal(signal.SIGINT)
        return solution

    monkeypatch.setattr(scenarios, "solve_formulation", solve_and_interrupt)
    before = signal.getsignal(signal.SIGINT)

    code = run("--what-if", "flour = 50", "--what-if", "flour = 60", "--alternatives", "2", "--format", "json")

    assert code == ExitCode.INTERRUPTED
    document = json.loads(capsys.readouterr().out)
    assert (document["outcome"], document["status"]) == ("interrupted", "optimal")
    assert [each["status"] for each in document["what_if"]] == ["optimal", "interrupted"]
    assert document["alternatives"] is None
    assert signal.getsignal(signal.SIGINT) is before


def test_an_interrupted_text_says_so(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from steepest.solvers.battery import battery

    check = battery.check_formulation

    def check_and_interrupt(*given, **named):
        signal.raise_signal(signal.SIGINT)
        return check(*given, **named)

    monkeypatch.setattr(battery, "check_formulation", check_and_interrupt)

    assert run("--battery") == ExitCode.INTERRUPTED
    said = capsys.readouterr().out
    assert "solved; interrupted before all questions were answered" in said
    assert "maximized objective: 336 $" in said


def test_an_unsupported_class_of_a_named_solver_leaves_room_for_others(capsys: pytest.CaptureFixture[str]) -> None:
    Path("model.five").write_text("variables:\n  x: real in 1..5\nminimize: sin(x) * x\n")

    assert run("--solver", "highs") == ExitCode.UNSUPPORTED
    assert "unsupported: highs does not take this problem; another solver may: leave --solver out" in (
        capsys.readouterr().out
    )
