"""The job that calls a function."""

from typing import Any

import pytest

from steepest.solvers.sandbox.inside.functions import run
from tests.solvers.sandbox.inside.conftest import Start


def call(start: Start, source: str, name: str, *arguments: Any, screening: bool = True, **keywords: Any) -> Any:
    request = {"source": source, "calls": [{"args": list(arguments), "kwargs": keywords}]}
    (line,) = start(run, {"function": name, "screening": screening}, request).close()
    return line


def test_a_function_is_called_with_its_arguments(start: Start) -> None:
    assert call(start, "def f(a, b, *, c):\n    return [a, b, c]", "f", 1, {"x": 2}, c=None) == {
        "returned": [1, {"x": 2}, None]
    }


def test_numpy_is_there_and_its_arrays_come_back_as_lists(start: Start) -> None:
    source = "import numpy as np\ndef f(a):\n    return np.asarray(a) @ np.ones(2)"
    assert call(start, source, "f", [[1, 2], [3, 4]]) == {"returned": [3.0, 7.0]}


def test_every_call_has_a_line_and_one_that_raises_stops_no_other(start: Start) -> None:
    source = "def f(x):\n    return 6 / x"
    request = {"source": source, "calls": [{"args": [x], "kwargs": {}} for x in (1, 0, 3)]}
    first, second, third = start(run, {"function": "f", "screening": True}, request).close()
    assert (first, third) == ({"returned": 6.0}, {"returned": 2.0})
    assert second["raised"]["message"] == "ZeroDivisionError: division by zero"
    assert second["raised"]["line"] == 2


def test_no_call_changes_the_arguments_of_the_next(start: Start) -> None:
    source = "def f(x):\n    x.append(1)\n    return len(x)"
    request = {"source": source, "calls": [{"args": [[0]], "kwargs": {}}] * 3}
    assert start(run, {"function": "f", "screening": True}, request).close() == [{"returned": 2}] * 3


def test_a_result_is_sent_before_the_next_call_is_made(start: Start) -> None:
    source = "import os\ndef f(wait):\n    return os.read(wait, 1).decode() if wait else 'at once'"
    import os

    reading, writing = os.pipe()
    request = {"source": source, "calls": [{"args": [0], "kwargs": {}}, {"args": [reading], "kwargs": {}}]}
    worker = start(run, {"function": "f", "screening": False}, request)
    assert worker.read_line() == b'{"returned": "at once"}'
    os.write(writing, b"x")
    assert worker.close() == [{"returned": "x"}]
    os.close(reading)
    os.close(writing)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def total(x):\n    return x", "no function `totl`; it defines `total`; did you mean `total`?"),
        ("def a():\n    pass\nclass B:\n    pass\nfrom math import sqrt", "no function `totl`; it defines `a`, `B`"),
        ("x = 1", "no function `totl`, nor any other"),
        ("totl = 3", "`totl` is of type int, not a function"),
        ("x = (", "'(' was never closed"),
        ("import socket", "the sandbox refuses `import socket`"),
        ("x = 1 / 0", "ZeroDivisionError"),
        ("raise SystemExit(1)", "exit(1)"),
    ],
)
def test_a_source_without_the_function_says_what_is_there(start: Start, source: str, words: str) -> None:
    line = call(start, source, "totl")
    assert line.keys() == {"failure"}
    assert words in line["failure"]["message"]


def test_without_screening_only_the_kernel_decides(start: Start) -> None:
    assert call(start, "import socket\ndef f():\n    return 1", "f", screening=False) == {"returned": 1}


def test_the_trial_run_of_a_source_does_not_start(start: Start) -> None:
    assert call(start, "def f():\n    return 1\nif __name__ == '__main__':\n    f.x", "f") == {"returned": 1}


def test_dataclasses_with_annotations_as_texts_work(start: Start) -> None:
    source = (
        "from __future__ import annotations\nfrom dataclasses import dataclass\nfrom typing import ClassVar\n"
        "@dataclass\nclass P:\n    x: int\n    k: ClassVar[int] = 1\ndef f():\n    return P(3)"
    )
    assert call(start, source, "f") == {"returned": {"x": 3}}


def test_an_async_function_is_awaited_without_any_socket(start: Start) -> None:
    source = (
        "import asyncio\nasync def half(x):\n    await asyncio.sleep(0.001)\n    return x / 2\n"
        "async def f(a, b):\n    return await asyncio.gather(half(a), half(b))"
    )
    assert call(start, source, "f", 2, 4) == {"returned": [1.0, 2.0]}


def test_waiting_for_what_never_comes_is_a_failure(start: Start) -> None:
    source = "import asyncio\nasync def f():\n    await asyncio.Event().wait()"
    assert "waits for something" in call(start, source, "f")["raised"]["message"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("yield 1", "give back a list"),
        ("return {1: 2}", "keys have to be strings"),
        ("return {'a': [object()]}", "result['a'][0] is an object"),
        ("raise SystemExit(0)", "exit(0)"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise MemoryError", "memory"),
    ],
)
def test_what_does_not_come_to_a_result_raises(start: Start, body: str, words: str) -> None:
    assert words in call(start, f"def f():\n    {body}", "f")["raised"]["message"]


def test_wrong_arguments_say_which(start: Start) -> None:
    found = call(start, "def f(a, b):\n    return a", "f", 1)["raised"]
    assert "missing 1 required positional argument: 'b'" in found["message"]
    assert found["line"] is None


def test_the_source_has_its_own_module(start: Start) -> None:
    source = "names = set(globals())\ndef f():\n    return sorted(names)"
    assert call(start, source, "f")["returned"] == [
        "__builtins__",
        "__doc__",
        "__loader__",
        "__name__",
        "__package__",
        "__spec__",
    ]
