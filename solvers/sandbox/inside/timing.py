"""The job that lets itself be timed: it answers, and the clock is in the supervisor, out of its reach.

A request is one byte and its answer one line, after which this process does nothing until the next request comes, so
that the supervisor can read its clocks at rest. The arguments come after the source has run, where nothing is measured:
before it knows them it can make tables, but not the answer.

    a   arguments: a line of JSON follows, {"args": [...], "kwargs": {...}}; once    -> empty line
    p   prepare: collect garbage, forget the last result, decode the arguments anew -> empty line
    c   call the function                                                           -> empty line or {"raised": failure}
    e   call a function that does nothing, to find out what the measuring costs     -> empty line
    v   value of the last call                                   -> {"returned": value} or {"raised": failure}
"""

import gc
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from steepest.solvers.sandbox.inside.channel import Channel
from steepest.solvers.sandbox.inside.feedback import describe
from steepest.solvers.sandbox.inside.json_values import to_json
from steepest.solvers.sandbox.inside.loading import LoadError, load_function, settled

READY = b"ready"


def run(header: dict[str, Any], body: bytes, channel: Channel) -> None:
    """Load the function, say `ready` (or {"failure": failure}), and answer requests until the supervisor hangs up.

    Args:
        header: "function", its name, and "screening", whether the source is screened first.
        body: {"source": text} as JSON.
        channel: Where the requests come from and the lines go.
    """
    source: str = json.loads(body)["source"]
    try:
        function = load_function(source, header["function"], screening=header["screening"])
    except LoadError as error:
        channel.write_line({"failure": error.failure})
        return
    timed = _TimedFunction(function, source)
    channel.write(READY + b"\n")
    try:
        while True:
            channel.write(timed.answer(channel.read(1), channel) + b"\n")
    except EOFError:
        return


@dataclass(slots=True)
class _TimedFunction:
    """A function with the arguments of its next call and the result of its last."""

    function: Callable[..., Any]
    source: str
    call: bytes = b""
    """Its arguments as JSON."""
    arguments: dict[str, Any] = field(default_factory=dict)
    result: Any = None

    def answer(self, request: bytes, channel: Channel) -> bytes:
        match request:
            case b"a":
                self.call = channel.read_line()
                return b""
            case b"p":
                return self._prepare()
            case b"c":
                return self._measured(self.function)
            case b"e":
                return self._measured(_nothing)
            case _:
                return self._value()

    def _prepare(self) -> bytes:
        self.result = None
        self.arguments = json.loads(self.call)
        gc.collect()
        gc.disable()  # until the next preparation: a collection would hit one call and spare the other
        return b""

    def _measured(self, function: Callable[..., Any]) -> bytes:
        try:
            self.result = settled(function(*self.arguments["args"], **self.arguments["kwargs"]))
        except BaseException as error:  # an exit, too, ends only the call
            return _line({"raised": describe(error, self.source)})
        return b""

    def _value(self) -> bytes:
        try:
            return _line({"returned": to_json(self.result)})
        except BaseException as error:  # whatever the result's own methods do
            return _line({"raised": describe(error, self.source)})


def _nothing(*_: object, **__: object) -> None:
    """Takes any arguments."""


def _line(document: dict[str, Any]) -> bytes:
    return json.dumps(document).encode()
