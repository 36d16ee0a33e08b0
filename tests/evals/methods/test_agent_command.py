"""A command of the user's own as a method."""

import asyncio
import os
import shlex
import sys
import time
from pathlib import Path

import pytest

from steepest.errors import InputError
from steepest.evals.methods import Method, Workbench, open_method
from steepest.evals.methods.agent_command import AgentUnavailableError
from steepest.evals.problems import Question
from tests.evals.methods.conftest import Attempting

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the commands here are those of a Unix shell")


def python(source: str, seconds: float = 30) -> Method:
    return open_method(f"agent:{shlex.join([sys.executable, '-c', source])}", {"seconds": seconds})


def test_the_question_is_on_standard_input_and_a_number_on_standard_output(attempt: Attempting) -> None:
    made = attempt(python("import sys; print(len(sys.stdin.read()))"), text="Grüße")

    assert (made.outcome, made.objective) == ("answered", 5)


def test_json_is_read_as_a_python_agents_result(attempt: Attempting) -> None:
    made = attempt(python("""print('{"objective": 336, "values": {"cakes": 30}}')"""))

    assert (made.objective, made.values[0].name, made.values[0].value) == (336, "cakes", 30)
    assert made.seconds > 0


def test_the_last_line_counts_where_the_command_talks_first(attempt: Attempting) -> None:
    assert attempt(python("print('thinking'); print(336)")).objective == 336


def test_a_command_need_not_read_its_question(attempt: Attempting) -> None:
    assert attempt(python("print(1)"), text="How many? " * 100_000).objective == 1


@pytest.mark.parametrize(
    ("source", "outcome", "told"),
    [
        ("import sys; print(3); sys.exit('no flour')", "compile_error", "exit code 1: no flour"),
        ("import os; os.kill(os.getpid(), 9)", "compile_error", "exit code -9: it said nothing"),
        ("print('many')", "not_formulated", "neither JSON nor a number: many"),
        ("", "not_formulated", "neither JSON nor a number"),
        ("print('null')", "not_formulated", "no answer"),
        ("print('NaN')", "not_formulated", "an agent answers with"),
        ("print('[' * 100_000)", "not_formulated", "neither JSON"),
        ("import sys; sys.stdout.buffer.write(b'\\xff')", "not_formulated", "neither JSON"),
        ("while True: print('x' * 10_000)", "compile_error", "more than 4 MiB"),
    ],
)
def test_every_ending_has_its_outcome(attempt: Attempting, source: str, outcome: str, told: str) -> None:
    made = attempt(python(source))

    assert made.outcome == outcome
    assert told in made.message


def test_exit_code_75_is_a_failure_of_the_infrastructure(attempt: Attempting) -> None:
    with pytest.raises(AgentUnavailableError, match="no network"):
        attempt(python("import sys; print('no network', file=sys.stderr); sys.exit(75)"))


def test_a_command_that_overruns_is_killed_with_its_children(attempt: Attempting, tmp_path: Path) -> None:
    beats = tmp_path / "beats"
    child = f"import time\nwhile True:\n    open({str(beats)!r}, 'a').write('.')\n    time.sleep(0.02)"
    parent = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {child!r}]); time.sleep(60)"

    made = attempt(python(parent, seconds=2))

    assert (made.outcome, made.seconds < 20) == ("solver_timeout", True)
    assert "2 seconds" in made.message
    at_the_end = beats.stat().st_size
    time.sleep(0.3)
    assert 0 < at_the_end == beats.stat().st_size


def test_a_child_that_keeps_the_output_open_is_killed_too(attempt: Attempting) -> None:
    made = attempt(python("import subprocess; subprocess.Popen(['sleep', '60']); print(3)", seconds=1))

    assert (made.outcome, made.seconds < 20) == ("solver_timeout", True)


def test_no_shell_reads_the_command(attempt: Attempting) -> None:
    made = attempt(open_method("agent:echo 3; echo 4"))

    assert made.outcome == "not_formulated"
    assert "3; echo 4" in made.message


def test_a_file_that_is_not_executable_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ed.py").write_text("print(3)")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(InputError, match=r"not executable: chmod \+x ed.py, then agent:./ed.py; or agent:python ed.py"):
        open_method("agent:ed.py")


def test_a_file_with_a_function_is_named_by_its_module() -> None:
    with pytest.raises(InputError, match="named by its module: agent:ed:solve"):
        open_method("agent:./ed.py:solve")


@pytest.mark.parametrize("name", ["agent", "agent:", "agent: ", "agent:./no_such_program --fast", "agent:'open"])
def test_a_command_that_is_none_is_told(name: str) -> None:
    with pytest.raises(InputError, match="agent"):
        open_method(name)


def test_an_attempt_that_is_given_up_kills_its_command(bakery: Question, tmp_path: Path) -> None:
    beats = tmp_path / "beats"
    method = python(f"import time\nwhile True:\n    open({str(beats)!r}, 'a').write('.')\n    time.sleep(0.02)")

    async def given_up() -> None:
        bench = Workbench(None, None, None, None)  # type: ignore[arg-type]  # a command uses nothing of it
        under_way = asyncio.ensure_future(method.attempt(bakery, bench))
        while not beats.exists():
            await asyncio.sleep(0.01)
        under_way.cancel()
        await asyncio.gather(under_way, return_exceptions=True)

    asyncio.run(given_up())
    at_the_end = beats.stat().st_size
    time.sleep(0.2)
    assert at_the_end == beats.stat().st_size
