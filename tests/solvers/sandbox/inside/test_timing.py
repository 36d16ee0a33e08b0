"""The job's side of timing: it answers, and nothing in it holds a clock."""

import json
from typing import Any

from steepest.solvers.sandbox.inside.timing import run
from tests.solvers.sandbox.inside.conftest import Conversation, Start


def begin(start: Start, source: str, *arguments: Any) -> Conversation:
    """A worker that is ready and has its arguments."""
    worker = start(run, {"function": "f", "screening": True}, {"source": source})
    assert worker.read_line() == b"ready"
    worker.send(b"a" + json.dumps({"args": list(arguments), "kwargs": {}}).encode() + b"\n")
    assert worker.read_line() == b""
    return worker


def ask(worker: Conversation, requests: bytes) -> list[bytes]:
    answers = []
    for request in requests:
        worker.send(bytes([request]))
        answers.append(worker.read_line())
    return answers


def test_it_prepares_calls_and_gives_the_last_value(start: Start) -> None:
    worker = begin(start, "calls = []\ndef f(x):\n    calls.append(x)\n    return len(calls)", 7)
    assert ask(worker, b"pepcpcv") == [b"", b"", b"", b"", b"", b"", b'{"returned": 2}']
    assert worker.close() == []


def test_every_call_has_arguments_of_its_own(start: Start) -> None:
    worker = begin(start, "def f(x):\n    x.append(1)\n    return x", [0])
    assert ask(worker, b"pcpcv")[-1] == b'{"returned": [0, 1]}'
    worker.close()


def test_a_call_that_raises_says_so_at_once(start: Start) -> None:
    worker = begin(start, "def f():\n    return 1 / 0")
    assert b'"raised": {"kind": "exception", "message": "ZeroDivisionError' in ask(worker, b"pc")[-1]
    worker.close()


def test_a_value_that_is_not_json_is_told_when_it_is_asked_for(start: Start) -> None:
    worker = begin(start, "def f():\n    return {1: 2}")
    *_, called, value = ask(worker, b"pcv")
    assert called == b""
    assert b"keys have to be strings" in value
    worker.close()


def test_a_source_without_the_function_ends_the_job(start: Start) -> None:
    (line,) = start(run, {"function": "f", "screening": True}, {"source": "x = 1"}).close()
    assert "no function `f`" in line["failure"]["message"]


def test_no_garbage_is_collected_in_a_call(start: Start) -> None:
    worker = begin(start, "import gc\ndef f():\n    return gc.isenabled()")
    assert ask(worker, b"pcv")[-1] == b'{"returned": false}'
    worker.close()
    import gc

    gc.enable()  # the worker ran in this process


def test_the_source_runs_before_the_arguments_are_known(start: Start) -> None:
    source = """
import sys
frame, seen = sys._getframe(), ""
while frame is not None:
    seen += repr(frame.f_locals)
    frame = frame.f_back
def f(x):
    return [x, "8" * 7 in seen]
"""
    worker = start(run, {"function": "f", "screening": True}, {"source": source})
    assert worker.read_line() == b"ready"
    worker.send(b'a{"args": [88' + b"88888], " + b'"kwargs": {}}\n')
    assert worker.read_line() == b""
    assert ask(worker, b"pcv")[-1] == b'{"returned": [8888888, false]}'
    worker.close()
