import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from steepest.cli import main

Captured = pytest.CaptureFixture[str]


def test_the_figures_are_printed_and_what_comes_next(asked: list[str], tmp_path: Path, capsys: Captured) -> None:
    place = str(tmp_path / "run")
    assert main(["eval", "run", *asked, "--method", "direct", "--limit", "4", "--out", place]) == 0
    out, err = capsys.readouterr()
    assert "right by the strict profile" in out
    assert "4 of 4, " in err
    assert f"to look at it: steepest eval report {place}" in err
    assert "to go on" not in err


def test_the_same_command_again_asks_nothing(asked: list[str], direct: str, capsys: Captured) -> None:
    before = Path(direct, "samples.jsonl").read_bytes()
    command = ["eval", "run", *asked, "--method", "direct", "--profile", "orlm", "--out", direct, "--format", "json"]
    assert main(command) == 0
    overall = json.loads(capsys.readouterr().out)["overall"]
    assert overall["accuracy"]["successes"] == 6
    assert overall["accuracy"]["n"] == 12
    assert Path(direct, "samples.jsonl").read_bytes() == before


def test_a_second_start_with_nothing_to_do_says_so(asked: list[str], direct: str, capsys: Captured) -> None:
    assert main(["eval", "run", *asked, "--method", "direct", "--profile", "orlm", "--out", direct]) == 0
    assert "0 new attempts, all 12 were recorded before" in capsys.readouterr().err


def test_other_settings_in_the_same_folder_are_refused_by_name(asked: list[str], direct: str, capsys: Captured) -> None:
    assert main(["eval", "run", *asked, "--method", "five", "--profile", "orlm", "--out", direct]) == 1
    err = capsys.readouterr().err
    assert "method: direct before, five now" in err


def test_a_run_that_stops_at_too_many_failures_says_how_to_go_on(
    asked: list[str], tmp_path: Path, capsys: Captured
) -> None:
    command = ["eval", "run", *asked, "--method", "code", "--max-errors", "2", "--concurrency", "1"]
    assert main([*command, "--out", str(tmp_path / "run"), "--quiet"]) == 7
    err = capsys.readouterr().err
    assert "attempts in a row failed" in err
    assert "failed by the infrastructure; the same command tries them again" in err
    assert f"to go on: steepest {' '.join(command)}" in err


def test_the_help_names_every_method(capsys: Captured) -> None:
    from steepest.evals.methods import METHODS

    with pytest.raises(SystemExit):
        main(["eval", "run", "--help"])
    shown = capsys.readouterr().out
    assert [name for name in METHODS if name not in shown] == []


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--ids", "market-town/te"], "market-town/tea"),
        (["--set", "repairs=1", "--set", "repairs=2"], "--set names repairs twice"),
        (["--dataset-format", "excel"], "excel"),
        (["--model", "nobody:1"], "There is no model"),
    ],
)
def test_what_is_not_known_is_named_before_anything_is_asked(
    asked: list[str], options: list[str], complaint: str, tmp_path: Path, capsys: Captured
) -> None:
    assert main(["eval", "run", *asked, *options, "--out", str(tmp_path / "run")]) == 1
    assert complaint in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--method", "fife"], "five"),
        (["--profile", "strickt"], "did you mean 'strict'"),
        (["--set", "repair=1"], "repair"),
    ],
)
def test_a_method_profile_or_setting_that_is_none_is_wrong_use(
    asked: list[str], options: list[str], complaint: str, tmp_path: Path, capsys: Captured
) -> None:
    assert main(["eval", "run", *asked, *options, "--out", str(tmp_path / "run")]) == 2
    told = capsys.readouterr().err
    assert complaint in told
    assert told.startswith("steepest: ")  # no progress before it


def test_what_an_agent_prints_is_no_part_of_the_result(
    asked: list[str], tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "loud_agent.py").write_text("print('loaded')\ndef solve(text):\n    print('thinking')\n    return 1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    options = ["--method", "agent:loud_agent:solve", "--out", "run", "--format", "json", "--quiet"]
    assert main(["eval", "run", asked[0], *options]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["overall"]["attempts"] == 12
    assert "thinking" in captured.err


@pytest.mark.parametrize(
    "options", [["--shard", "3/2"], ["--epochs", "0"], ["--engine", "abacus"], ["--max-cost", "-1"], ["--set", "votes"]]
)
def test_wrong_usage_ends_with_code_2(asked: list[str], options: list[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["eval", "run", *asked, *options, "--out", str(tmp_path / "run")])
    assert ended.value.code == 2


def test_a_broken_record_is_named_or_left_out_by_wish(asked: list[str], tmp_path: Path, capsys: Captured) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"id": "a", "question": "How many?", "answer": 3}\n{"id": "b", "question": "How ma\n')
    options = ["--method", "agent:echo 3", "--out", str(tmp_path / "run")]
    command = ["eval", "run", str(broken), *asked[1:], *options]
    assert main(command) == 1
    assert f"{broken}:2" in capsys.readouterr().err
    assert main([*command, "--skip-bad", "--quiet"]) == 0
    captured = capsys.readouterr()
    assert "left out: " in captured.err
    assert "100.0 %" in captured.out


@pytest.mark.slow
def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(asked: list[str], tmp_path: Path) -> None:
    place = str(tmp_path / "run")
    options = ["--method", "agent:sleep 60", "--concurrency", "2", "--out", place]
    with subprocess.Popen(
        [sys.executable, "-m", "steepest", "eval", "run", *asked, *options], stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        assert "agent:sleep 60 · problems" in next(lines)
        assert "0 of 12" in next(lines)  # they are under way
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        told = "".join(lines)
    assert process.returncode == 130
    assert "0 of 12 attempts have a verdict" in told
    assert f"to go on: steepest eval run {asked[0]}" in told
