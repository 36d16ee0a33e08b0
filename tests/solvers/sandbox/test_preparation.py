"""LLM-written preparation of data in another interpreter."""

import asyncio
import math
import sys
import threading
from typing import Any

import pytest

from steepest.errors import InputError
from steepest.solvers.sandbox.isolation import Isolation
from steepest.solvers.sandbox.limits import Limits
from steepest.solvers.sandbox.outcomes import Completed, Failed, Failure, FailureKind
from steepest.solvers.sandbox.preparation import prepare_data, prepare_data_async

SMALL = Limits(wall_seconds=1, memory_mib=64, output_kib=8, result_mib=1)


def value_of(source: str, **inputs: Any) -> Any:
    outcome = prepare_data(source, inputs, limits=SMALL)
    assert isinstance(outcome, Completed), outcome
    return outcome.value


def failure_of(source: str, **inputs: Any) -> Failure:
    outcome = prepare_data(source, inputs, limits=SMALL)
    assert isinstance(outcome, Failed), outcome
    return outcome.failure


@pytest.fixture(autouse=True)
def _monty() -> None:
    pytest.importorskip("pydantic_monty")


def test_named_inputs_become_named_outputs() -> None:
    source = "result = {'demand': {row['store']: row['units'] * days for row in rows}}"
    rows = [{"store": "a", "units": 2}, {"store": "b", "units": 3}]
    assert value_of(source, rows=rows, days=7) == {"demand": {"a": 14, "b": 21}}


def test_functions_and_the_standard_library_are_there() -> None:
    source = "import math\ndef far(a, b):\n    return math.sqrt((a - b) ** 2)\nresult = {'d': (far(1, 4), None, True)}"
    assert value_of(source) == {"d": [3.0, None, True]}


def test_what_is_printed_is_kept_and_scrubbed_and_the_isolation_named() -> None:
    outcome = prepare_data("print('a\\x1b[31mb')\nresult = {}", {})
    assert outcome.output == "ab\n"
    assert outcome.usage.isolation is Isolation.INTERPRETER
    assert outcome.usage.seconds > 0
    assert math.isnan(outcome.usage.cpu_seconds)


def test_it_runs_beside_an_event_loop() -> None:
    async def both() -> list[Any]:
        return await asyncio.gather(*(prepare_data_async("result = {'x': x}", {"x": n}) for n in range(2)))

    assert [outcome.value for outcome in asyncio.run(both())] == [{"x": 0}, {"x": 1}]


def test_many_threads_each_have_their_own() -> None:
    found: dict[int, Any] = {}
    threads = [
        threading.Thread(target=lambda n=n: found.update({n: value_of("result = {'x': x}", x=n)})) for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {n: {"x": n} for n in range(8)}


def test_nothing_is_left_for_the_next_run() -> None:
    value_of("secret = 1\nresult = {}")
    assert "secret" in failure_of("result = {'x': secret}").message


def test_a_failure_shows_its_lines() -> None:
    failure = failure_of("def unit(row):\n    return row['unit']\n\nresult = {'u': unit({})}")
    assert failure == Failure(
        "exception",
        "KeyError: 'unit'",
        "line 4:\n    result = {'u': unit({})}\nline 2, in unit:\n    return row['unit']\nKeyError: 'unit'",
        2,
    )


@pytest.mark.parametrize(
    ("source", "kind", "words"),
    [
        ("while True: pass", "timeout", "stopped after 1 seconds"),
        ("x = [i for i in range(10**10)]", "memory", "64 MiB"),
        ("x = []\nwhile True: x.append('a' * 1000000)", "memory", "64 MiB"),
        ("x = 2 ** (10 ** 10)", "memory", "64 MiB"),
        ("try:\n    while True: pass\nexcept BaseException:\n    pass", "timeout", "stopped"),
        ("def f(n):\n    return f(n + 1)\nf(0)", "exception", "RecursionError"),
        ("while True: print('x' * 1000)", "output", "8 KiB"),
        ("result = {'x': 'x' * 3_000_000}", "output", "1 MiB"),
        ("len = lambda x: 0\nresult = {'x': 'x' * 3_000_000}", "output", "1 MiB"),
        ("x = 0\nfor _ in range(5000): x = [x]\nresult = {'x': x}", "exception", "has to be JSON"),
        ("x = 0\nfor _ in range(200): x = [x]\nresult = {'x': x}", "exception", "100 deep"),
        ("x = {}\nx['x'] = x\nresult = x", "exception", "Circular"),
        ("result = {'x': 10 ** 5000}", "exception", "4300 digits"),
        ("result = {'x': {1, 2}}", "exception", "has to be JSON"),
        ("result = {1: 2}", "exception", "keys have to be strings"),
        ("result = {'x': object}", "exception", "has to be JSON"),
        ("result = 5", "exception", "has to be a dict"),
        ("x = 1", "exception", "result = {...}"),
        ("", "exception", "result = {...}"),
        ("open('/etc/passwd').read()", "forbidden", "there are no files"),
        ("import subprocess", "exception", "No module named 'subprocess'"),
        ("import numpy", "exception", "standard library"),
        ("().__class__.__base__.__subclasses__()", "exception", ""),
        ("x = (", "exception", "SyntaxError"),
        ("(" * 10_000, "exception", "too deeply nested"),
        ("\ud800", "exception", "SyntaxError"),
        ("raise TimeoutError('mine')", "exception", "TimeoutError: mine"),
        ("raise ValueError('x' * 100_000)", "exception", "ValueError: xxx"),
    ],
)
def test_whatever_the_code_tries_ends_in_a_failure_that_names_it(source: str, kind: FailureKind, words: str) -> None:
    failure = failure_of(source)
    assert failure.kind == kind, failure
    assert words in failure.message
    assert len(str(failure)) < 5000
    assert value_of("result = {'still': 'well'}") == {"still": "well"}


def test_a_small_result_that_is_endless_once_written_out_never_reaches_this_process() -> None:
    failure = failure_of("x = [0]\nfor _ in range(40): x = [x, x]\nresult = {'x': x}")
    assert failure.kind in ("memory", "timeout")  # whichever it meets first


def test_sleeping_takes_no_time() -> None:
    assert value_of("import time\ntime.sleep(1000)\nresult = {}") == {}


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"two words": 1}, "can't be a name"),
        ({"class": 1}, "can't be a name"),
        ({"x": object()}, "x is an object"),
        ({"x": {1: 2}}, "key 1"),
        ({"x": "\ud800"}, "surrogate"),
    ],
)
def test_inputs_have_to_be_json_with_names(inputs: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        prepare_data("result = {}", inputs)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydantic_monty", None)
    with pytest.raises(InputError, match=r"steepest\[monty\]"):
        prepare_data("result = {}", {})
