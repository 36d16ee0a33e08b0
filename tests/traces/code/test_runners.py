"""Who runs proposed source, and how its failures are told."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from steepest.traces import scope
from steepest.traces.code.proposals import Shape
from steepest.traces.code.runners import (
    CodeCall,
    CodeFailure,
    RemoteCode,
    current_runner,
    remote_function,
    using_runner,
)
from steepest.traces.code.sandboxed import SandboxRunner
from steepest.traces.failures import ExecutionError
from tests.traces.runners_for_tests import RunnerHere

HALF = Shape("half", ("x", "y=..."), is_async=False, is_generator=False)


class Failing:
    """A runner whose calls fail in one way."""

    def __init__(self, *failure: Any) -> None:
        self.failure = failure

    def screen(self, source: str) -> None:
        pass

    def run(self, call: CodeCall) -> Any:
        raise CodeFailure(*self.failure)

    async def run_async(self, call: CodeCall) -> Any:
        raise CodeFailure(*self.failure)


def error_of(*failure: Any) -> ExecutionError:
    function = remote_function(RemoteCode("def half(x, y=2):\n    return x / y", HALF))
    with using_runner(Failing(*failure)), pytest.raises(ExecutionError) as caught:
        function(1)
    return caught.value


def test_the_sandbox_runs_proposed_source_unless_another_runner_is_chosen() -> None:
    runner, inner = RunnerHere(), RunnerHere()
    assert isinstance(current_runner(), SandboxRunner)
    with using_runner(runner):
        with using_runner(inner):
            assert current_runner() is inner
        assert current_runner() is runner
    assert isinstance(current_runner(), SandboxRunner)


def test_the_choice_reaches_tasks_and_our_own_threads_and_no_other_thread() -> None:
    runner = RunnerHere()

    async def here() -> Any:
        return current_runner()

    with using_runner(runner):
        assert asyncio.run(here()) is runner
        assert scope.map(lambda _: current_runner(), [1]) == [runner]
        with ThreadPoolExecutor(1) as pool:
            assert isinstance(pool.submit(current_runner).result(), SandboxRunner)


def test_a_call_goes_to_the_runner_with_its_arguments() -> None:
    runner = RunnerHere()
    function = remote_function(RemoteCode("def half(x, y=2):\n    return x / y", HALF))
    with using_runner(runner):
        assert function(6) == 3
        assert function(6, y=1) == 6
    assert [(call.args, call.kwargs) for call in runner.calls] == [([6], {}), ([6], {"y": 1})]
    assert runner.calls[0].names == ("x", "y")


def test_arguments_that_are_not_read_are_not_sent() -> None:
    runner = RunnerHere()
    function = remote_function(RemoteCode("def half(x, y=2):\n    return 1", HALF, frozenset({"x"})))
    with using_runner(runner):
        assert function(object(), 3) == function(x=object()) == 1
    assert [(call.args, call.kwargs) for call in runner.calls] == [([None, 3], {}), ([], {"x": None})]


def test_an_argument_that_only_has_the_name_of_one_that_is_not_read_is_sent() -> None:
    shape = Shape("pick", ("x", "/", "**more"), is_async=False, is_generator=False)
    function = remote_function(RemoteCode("def pick(x, /, **more):\n    return more", shape, frozenset({"x"})))
    with using_runner(RunnerHere()):
        assert function(1, x=2) == {"x": 2}


def test_a_generator_may_have_helpers_of_any_name() -> None:
    shape = Shape("count", (), is_async=False, is_generator=True)
    source = "def as_list():\n    return [7]\ndef count():\n    yield from as_list()"
    with using_runner(RunnerHere()):
        assert remote_function(RemoteCode(source, shape))() == [7]


def test_what_a_generator_yields_comes_as_a_list_and_async_ones_are_awaited() -> None:
    plain = Shape("count", ("n",), is_async=False, is_generator=True)
    waiting = Shape("count", ("n",), is_async=True, is_generator=True)
    with using_runner(RunnerHere()):
        assert remote_function(RemoteCode("def count(n):\n    yield from range(n)", plain))(3) == [0, 1, 2]
        source = "async def count(n):\n    yield n\n    yield n"
        assert asyncio.run(remote_function(RemoteCode(source, waiting))(3)) == [3, 3]


def test_an_exception_is_of_its_own_type_and_marks_its_line() -> None:
    error = error_of("exception", "ZeroDivisionError: division by zero", 2, "line 2, in half:\n    return x / y\n")
    assert isinstance(error, ZeroDivisionError)
    assert error.message == "ZeroDivisionError: division by zero"
    assert str(error).startswith(
        "def half(x, y=2):\n    return x / y  # <--- ZeroDivisionError: division by zero\n\nline 2, in half:"
    )


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        ("timeout", TimeoutError),
        ("memory", MemoryError),
        ("forbidden", PermissionError),
        ("crash", RuntimeError),
        ("output", RuntimeError),
    ],
)
def test_what_the_code_was_stopped_for_is_said_with_the_code(kind: str, kept: type[Exception]) -> None:
    error = error_of(kind, "it was stopped")
    assert isinstance(error, kept)
    assert str(error) == f"def half(x, y=2):\n    return x / y\n\n{kind} in the sandbox: it was stopped"


@pytest.mark.parametrize("name", ["OwnError", "module.OwnError", "UnicodeDecodeError", "SystemExit", "int"])
def test_a_type_that_can_not_be_made_here_is_a_runtime_error_with_its_own_words(name: str) -> None:
    error = error_of("exception", f"{name}: words: more", 1)
    assert isinstance(error, RuntimeError)
    assert error.message == f"{name}: words: more"


def test_a_line_behind_the_source_marks_nothing() -> None:
    assert "<---" not in str(error_of("exception", "ValueError: x", 40))


def test_a_key_error_is_told_once() -> None:
    error = error_of("exception", "KeyError: 'a'", 2)
    assert isinstance(error, KeyError)
    assert error.message == "KeyError: 'a'"
