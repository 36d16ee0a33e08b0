import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from steepest.cli import main

Captured = pytest.CaptureFixture[str]


def test_numbers_get_better_without_a_model_and_it_says_what_comes_next(numbers: list[str], capsys: Captured) -> None:
    assert main(numbers) == 0
    out, err = capsys.readouterr()
    assert out.startswith("best score -")
    assert "ended: the budget of 120 metric calls" in out
    assert "changed: " in out
    assert "loaded" not in out
    assert "120 metric calls" in err
    assert "to look at it: steepest optimize report run" in err
    assert "steepest optimize apply run flow.py" in err


def test_the_same_command_again_does_nothing_anew_and_a_larger_budget_goes_on(
    numbers: list[str], folder: Path, capsys: Captured
) -> None:
    assert main([*numbers, "--format", "json"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert main([*numbers, "--format", "json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert {**again, "spent": None} == {**first, "spent": None}
    assert again["spent"]["metric_calls"] == 120
    numbers[numbers.index("120")] = "200"
    assert main([*numbers, "--format", "json"]) == 0
    more = json.loads(capsys.readouterr().out)
    assert more["score"] >= first["score"]
    assert 120 < more["spent"]["metric_calls"] <= 200


def test_other_settings_in_the_same_folder_are_refused_by_name(numbers: list[str], capsys: Captured) -> None:
    assert main([*numbers, "--quiet"]) == 0
    numbers[numbers.index("--seed") + 1] = "2"
    assert main(numbers) == 1
    err = capsys.readouterr().err
    assert "seed: 1 there, 2 now" in err
    assert "to go on" not in err


def test_a_prompt_is_improved_by_a_model_and_written_back(endpoint: str, folder: Path, capsys: Captured) -> None:
    before = Path("flow.py").read_text()
    command = ["optimize", "run", "flow.py:answer", "--data", "data.jsonl", "--guide", "flow.py:length"]
    options = ["--model", endpoint, "--strategy", "opro", "--steps", "3", "--out", "run", "--apply", "--yes"]
    assert main([*command, *options]) == 0
    out, err = capsys.readouterr()
    assert "+prompt = node(" in out
    assert "thinking" in err
    assert "wrote flow.py" in err
    after = Path("flow.py").read_text()
    begin, end = before.split('"be brief"')
    assert after.startswith(begin)
    assert after.endswith(end)
    assert "very very" in after


def test_a_sealed_test_is_told_with_its_interval(numbers: list[str], folder: Path, capsys: Captured) -> None:
    (folder / "test.jsonl").write_text("".join(f'{{"x": {10 + place}}}\n' for place in range(10)))
    assert main([*numbers, "--test", "test.jsonl"]) == 0
    assert "on the sealed test split " in capsys.readouterr().out
    assert main(["optimize", "show", "run"]) == 0
    out = capsys.readouterr().out
    assert "95 % interval" in out
    assert "recur" not in out


def test_a_test_of_the_data_themselves_is_warned_of(numbers: list[str], capsys: Captured) -> None:
    assert main([*numbers, "--test", "data.jsonl"]) == 0
    out = capsys.readouterr().out
    assert "no interval of fewer than 8 pairs" in out
    assert "too high: 5 of the 5 test examples recur in the data or the validation" in out


def test_a_score_is_told_with_the_split_by_which_it_was_chosen(numbers: list[str], capsys: Captured) -> None:
    assert main(numbers) == 0
    out = capsys.readouterr().out
    assert "of the training split, by which the best was chosen, so that it is too high; a test split would" in out


def test_a_dead_endpoint_is_named_with_the_way_to_go_on(folder: Path, capsys: Captured) -> None:
    command = ["optimize", "flow.py:answer", "--data", "data.jsonl", "--guide", "flow.py:length", "--strategy", "opro"]
    assert main([*command, "--model", "http://127.0.0.1:9/v1#gone", "--steps", "2", "--out", "run"]) == 1
    err = capsys.readouterr().err
    assert "127.0.0.1:9" in err
    assert "to go on: steepest optimize flow.py:answer" in err
    assert "Traceback" not in err


def test_a_wrong_key_is_told_at_once_and_never_shown(
    endpoint: str, folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEEPEST_API_KEY", "wrong")
    command = ["optimize", "flow.py:answer", "--data", "data.jsonl", "--guide", "flow.py:length", "--strategy", "opro"]
    assert main([*command, "--model", endpoint, "--steps", "2", "--out", "run"]) == 1
    err = capsys.readouterr().err
    assert "401" in err
    assert "Traceback" not in err


def test_a_model_without_its_key_is_refused_before_anything_is_made(folder: Path, capsys: Captured) -> None:
    command = ["optimize", "flow.py:answer", "--data", "data.jsonl", "--guide", "flow.py:length", "--strategy", "opro"]
    assert main([*command, "--model", "openai:gpt-5.4-mini", "--out", "run"]) == 1
    assert "OPENAI_API_KEY" in capsys.readouterr().err
    assert not Path("run").exists()


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"flow.py:plan": "flow.py:plam"}, "flow.py has no plam; is it plan"),
        ({"flow.py:plan": "flaw.py:plan"}, "there is no file 'flaw.py'; is it flow.py?"),
        ({"flow.py:plan": "flow.py:limit"}, "flow.py:limit is an int, no workflow"),
        ({"flow.py:plan": "flow.py:Judge"}, "flow.py:Judge is a class"),
        ({"flow.py:plan": "flow.py:idle"}, "there is nothing to optimize"),
        ({"flow.py:score": "flow.py:broken"}, "the guide broken raised KeyError: 'y'"),
        ({"flow.py:score": "flow.py:words_alone"}, "words_alone"),
        ({"flow.py:score": "flow.py:limit"}, "a guide is a function"),
        ({"data.jsonl": "gone.jsonl"}, "gone.jsonl can't be read: No such file"),
        ({"data.jsonl": "empty.jsonl"}, "there are no examples in empty.jsonl"),
        ({"data.jsonl": "torn.jsonl"}, "torn.jsonl, line 2, is no JSON"),
        ({"data.jsonl": "keys.jsonl"}, "KeyError: 'x'"),
        ({"flow.py:plan": "typo.py:plan"}, "typo.py, line 2: "),
        ({"flow.py:plan": "fails.py:plan"}, "fails.py, line 3, in load"),
        ({"flow.py:plan": "quits.py:plan"}, "it ends the program"),
        ({"flow.py:plan": "json.py:plan"}, "json.py has the name of another module"),
    ],
)
def test_what_a_person_got_wrong_is_told_in_words(
    numbers: list[str], folder: Path, changes: dict[str, str], complaint: str, capsys: Captured
) -> None:
    (folder / "empty.jsonl").write_text("\n\n")
    (folder / "torn.jsonl").write_text('{"x": 1}\n{"x": \n')
    (folder / "keys.jsonl").write_text('{"z": 1}\n')
    (folder / "typo.py").write_text("x = 1\ndef plan(:\n")
    (folder / "fails.py").write_text("def load():\n    # reads\n    return open('nothing.txt')\n\n\nplan = load()\n")
    (folder / "quits.py").write_text("raise SystemExit(3)\n")
    (folder / "json.py").write_text("plan = print\n")
    assert main([changes.get(each, each) for each in numbers]) == 1
    out, err = capsys.readouterr()
    assert complaint in err
    assert "Traceback" not in err
    assert "bug in steepest" not in err
    assert out == ""


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--metric-calls", "0"], "'0' is not a whole number from 1"),
        (["--max-cost", "-1"], "US dollars above 0"),
        (["--engine", "abacus"], "abacus"),
        (["--guide", "score"], "write FILE.py:OBJECT"),
    ],
)
def test_wrong_usage_ends_with_code_2(numbers: list[str], options: list[str], complaint: str, capsys: Captured) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*numbers, *options])
    assert ended.value.code == 2
    assert complaint in capsys.readouterr().err


def test_an_unknown_strategy_is_answered_with_the_likely_one(numbers: list[str], capsys: Captured) -> None:
    assert main([*numbers, "--strategy", "paretto"]) == 1
    assert "is it pareto" in capsys.readouterr().err


def test_the_help_names_every_strategy(capsys: Captured) -> None:
    from steepest.agents.optimizers.catalogue import STRATEGIES

    with pytest.raises(SystemExit):
        main(["optimize", "run", "--help"])
    shown = capsys.readouterr().out
    assert [name for name in STRATEGIES if name not in shown] == []


def test_a_budget_too_small_for_the_seed_ends_with_code_7(numbers: list[str], capsys: Captured) -> None:
    numbers[numbers.index("120")] = "3"
    assert main(numbers) == 7
    assert "3 metric calls" in capsys.readouterr().err


def test_ten_megabytes_of_data_are_read_in_little_time(numbers: list[str], folder: Path, capsys: Captured) -> None:
    line = json.dumps({"x": 1, "text": "a" * 1000})
    (folder / "data.jsonl").write_text("".join(f"{line}\n" for _ in range(10_000)))
    assert main([*numbers, "--validation", "few.jsonl"]) == 1  # not there
    (folder / "few.jsonl").write_text('{"x": 1}\n{"x": 2}\n')
    assert main([*numbers, "--validation", "few.jsonl", "--quiet"]) == 0
    assert "of the validation split" in capsys.readouterr().out


def hear_ctrl_c() -> None:
    """What a shell starts in the background, a run of the tests too, ignores Ctrl-C, and so would its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_ctrl_c_and_sigterm_keep_what_is_done_and_say_how_to_go_on(
    numbers: list[str], folder: Path, number: int, code: int
) -> None:
    text = Path("flow.py").read_text().replace('"""Close to four times x."""', "import time; time.sleep(0.05)")
    Path("flow.py").write_text(text)
    numbers[numbers.index("120")] = "100000"
    command = [sys.executable, "-m", "steepest", *numbers]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=hear_ctrl_c) as process:
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        assert any("flow.py:plan · auto" in each for each in lines)
        while not Path("run/steps.jsonl").exists():
            pass
        process.send_signal(number)
        told = "".join(lines)
    assert process.returncode == code
    assert "interrupted: what was done is in run" in told
    assert f"to go on: steepest {' '.join(numbers)}" in told
    assert "Traceback" not in told
