import argparse
import importlib.metadata
import io
import json
import subprocess
import sys

import pytest

from steepest.cli import execute, main
from steepest.cli.console import Console
from steepest.cli.exit_codes import BY_OUTCOME, ExitCode
from steepest.errors import InputError
from steepest.solvers.diagnostics import Diagnostic, FormulationError


def told(error: BaseException) -> tuple[ExitCode, str]:
    """The exit code and the message of a command that raises `error`."""

    def command(arguments: argparse.Namespace, console: Console) -> ExitCode:
        raise error

    stderr = io.StringIO()
    code = execute(command, argparse.Namespace(), Console(io.StringIO(), stderr))
    return code, stderr.getvalue()


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])

    assert capsys.readouterr().out == f"steepest {importlib.metadata.version('steepest')}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["solve", "--help"], ["run", "--help"], ["check", "--help"]])
def test_help_shows_examples(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(arguments)

    assert "examples:\n  steepest " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "required: COMMAND"),
        (["solve"], "required: FILE|-|TEXT"),
        (["run", "x.five", "--frobnicate"], "unrecognized arguments: --frobnicate"),
        (["run", "x.five", "--time-limit", "0"], "argument --time-limit: '0' is not a number of seconds above 0"),
        (["run", "x.five", "--seed", "-1"], "argument --seed: '-1' is not a whole number from 0 to 2147483647"),
        (["solve", "x", "--max-cost", "much"], "argument --max-cost: 'much' is not an amount of US dollars above 0"),
        (["solve", "x", "--show", "lp,html"], "argument --show: 'html' is none of formulation, pyomo, lp, latex, none"),
        (["run", "x.five", "--format", "xml"], "argument --format: invalid choice"),
        (["run", "x.five", "--time", "3"], "unrecognized arguments: --time 3"),
    ],
)
def test_wrong_usage_is_argparse_s_message_and_code(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)

    assert complaint in capsys.readouterr().err


def test_an_error_of_ours_is_its_text_alone() -> None:
    assert told(InputError("no such file; name another.")) == (
        ExitCode.FAILED,
        "steepest: no such file; name another.\n",
    )


def test_errors_of_the_formulation_have_their_own_code() -> None:
    found = Diagnostic(code="nan", severity="error", message="`demand` holds a NaN")

    code, text = told(FormulationError([found]))

    assert code == ExitCode.NOT_FORMULATED
    assert "`demand` holds a NaN" in text


def test_an_interrupt_has_its_own_code() -> None:
    assert told(KeyboardInterrupt()) == (ExitCode.INTERRUPTED, "steepest: interrupted\n")


def test_an_unexpected_error_is_called_a_bug_without_a_traceback() -> None:
    code, text = told(ZeroDivisionError("division by zero"))

    assert code == ExitCode.FAILED
    assert text.startswith("steepest: unexpected ZeroDivisionError: division by zero\nThis is a bug in steepest.")
    assert "STEEPEST_DEBUG=1" in text
    assert "Traceback" not in text


def test_the_traceback_of_an_unexpected_error_can_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEEPEST_DEBUG", "1")

    assert "Traceback" in told(ZeroDivisionError())[1]


@pytest.mark.parametrize("error", [InputError("key sk-abcdefghijklmnop"), RuntimeError("key sk-abcdefghijklmnop")])
def test_no_message_shows_a_key(error: Exception) -> None:
    text = told(error)[1]

    assert "sk-abc" not in text
    assert "[redacted]" in text


def test_every_outcome_but_solved_has_a_code_of_its_own_that_is_not_0() -> None:
    assert [outcome for outcome, code in BY_OUTCOME.items() if code == 0] == ["solved"]
    assert len(set(BY_OUTCOME.values())) == len(BY_OUTCOME)


def test_help_loads_no_library() -> None:
    program = """
import json, sys
from steepest.cli import main
try:
    main(["--help"])
except SystemExit:
    print(json.dumps(sorted(sys.modules)))
"""
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(json.loads(finished.stdout.splitlines()[-1]))

    assert loaded.isdisjoint({"numpy", "pydantic", "steepest.solvers", "steepest.agents"})


def test_the_module_is_the_command() -> None:
    finished = subprocess.run([sys.executable, "-m", "steepest"], capture_output=True, text=True, check=False)

    assert finished.returncode == ExitCode.USAGE
    assert finished.stderr.startswith("usage: steepest")
