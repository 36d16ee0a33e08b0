"""LLM-written preparation of data, on every platform: a few lines of Python in an interpreter that can do nothing else.

pydantic-monty interprets a subset of Python (no classes of libraries, no files, no network, no numpy) in a process of
its own, with limits of its own. What it can't be made to do needs no jail.
"""

import asyncio
import math
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from keyword import iskeyword
from types import ModuleType
from typing import TYPE_CHECKING

from steepest.errors import InputError
from steepest.solvers.sandbox.inside.feedback import call_excerpt, failure, folded
from steepest.solvers.sandbox.inside.json_values import UnsupportedValueError, to_json
from steepest.solvers.sandbox.isolation import Isolation
from steepest.solvers.sandbox.jobs import Json
from steepest.solvers.sandbox.limits import Limits
from steepest.solvers.sandbox.outcomes import Completed, Failed, Failure, Outcome, Usage
from steepest.solvers.sandbox.overruns import said_too_much, took_too_long, took_too_much_memory
from steepest.solvers.sandbox.scrubbing import scrubbed

if TYPE_CHECKING:
    from pydantic_monty import Frame, MontyRuntimeError, MontySession, MontySyntaxError, ResourceLimits

RESULT = "result"
"""The name under which the code leaves what it prepared."""

_MIB = 1 << 20
_MOST_RECURSION = 500

# The size of the result is found inside, where time and memory are limited: lists that hold the same list twice, thirty
# times over, are small there and without end once written out. The name can't be guessed and nothing there lists names.
_MEASURE = """\
from json import dumps as {name}_dumps
def {name}(value, dumps={name}_dumps, length=len):
    return length(dumps(value))
"""


def prepare_data(source: str, inputs: Mapping[str, Json], *, limits: Limits | None = None) -> Outcome[dict[str, Json]]:
    """Run a piece of Python on named inputs; it leaves its named outputs in a dict called `result`.

    The code is given each input as a global. There are json, math, re, datetime and the like, and no other module, no
    function of the host, no file, no clock to wait for. Printed text is kept as the outcome's output.

    Args:
        source: The code, of a stranger.
        inputs: JSON values by the names that the code uses.
        limits: The wall clock, memory, output and result are limited; processor time is within the wall clock.

    Returns:
        The `result` dict as JSON, or a failure with its line. The processor time and memory of the interpreter are not
        known, they are NaN.

    Raises:
        InputError: The extra `monty` is not installed, or an input is not JSON.
    """
    monty = _installed_monty()
    limits = limits or Limits()
    printed = _Printed(limits.output_kib * 1024)
    started = time.perf_counter()
    prepared = _prepared(monty, source, _checked(inputs), limits, printed)
    usage = Usage(time.perf_counter() - started, math.nan, math.nan, Isolation.INTERPRETER)
    if isinstance(prepared, Failure):
        return Failed(prepared, usage, printed.text)
    return Completed(prepared, usage, printed.text)


async def prepare_data_async(
    source: str, inputs: Mapping[str, Json], *, limits: Limits | None = None
) -> Outcome[dict[str, Json]]:
    """`prepare_data` beside a running event loop."""
    return await asyncio.to_thread(prepare_data, source, inputs, limits=limits)


def _installed_monty() -> ModuleType:
    try:
        import pydantic_monty
    except ImportError as error:
        raise InputError(
            "Preparing data with LLM-written code needs pydantic-monty: pip install 'steepest[monty]'."
        ) from error
    return pydantic_monty


def _checked(inputs: Mapping[str, Json]) -> dict[str, Json]:
    for name in inputs:
        if not name.isidentifier() or iskeyword(name):
            raise InputError(f"the input {name!r} can't be a name in Python")
    try:
        return {name: to_json(value, name) for name, value in inputs.items()}
    except UnsupportedValueError as error:
        raise InputError(f"an input is not JSON: {error}") from error


@dataclass(slots=True)
class _Printed:
    """What the code printed, up to a limit."""

    most: int
    """In UTF-8."""
    is_full: bool = False
    _parts: list[str] = field(default_factory=list)
    _size: int = 0

    def __call__(self, _stream: str, text: str) -> None:
        data = text.encode(errors="replace")
        room = self.most - self._size
        self._parts.append(data[:room].decode(errors="ignore"))
        self._size += len(data)
        if len(data) > room:
            self.is_full = True
            raise OverflowError("too much output")  # ends the code

    @property
    def text(self) -> str:
        return scrubbed("".join(self._parts))


def _prepared(
    monty: ModuleType, source: str, inputs: dict[str, Json], limits: Limits, printed: _Printed
) -> dict[str, Json] | Failure:
    measure = f"measure_{secrets.token_hex(16)}"
    try:
        with (
            monty.Monty(max_processes=1) as pool,
            # Nothing sleeps: waiting is no preparation.
            pool.checkout(limits=_resource_limits(limits), os_policy={"sleep": "zero"}) as session,
        ):
            session.feed_run(_MEASURE.format(name=measure))
            session.feed_run(source, inputs=inputs, print_callback=printed)
            return _collected(monty, session, measure, limits)
    except monty.MontyCrashedError as error:
        return took_too_long(limits.wall_seconds) if error.timed_out else Failure("crash", "the interpreter died")
    except (monty.MontySyntaxError, monty.MontyRuntimeError) as error:
        return _stopped(error, limits, printed)


def _collected(monty: ModuleType, session: "MontySession", measure: str, limits: Limits) -> dict[str, Json] | Failure:
    """The result, once it is known to be small enough to be taken out."""
    try:
        size = session.feed_run(f"{measure}({RESULT})")
    except monty.MontyRuntimeError as error:
        return _unusable(error, limits)
    if size > limits.result_mib * _MIB:
        return said_too_much("result", f"{limits.result_mib:g} MiB", "result_mib")
    try:
        result = to_json(session.feed_run(RESULT), RESULT)
    except UnsupportedValueError as error:
        return _exception(str(error))
    if not isinstance(result, dict):
        return _exception(f"`{RESULT}` has to be a dict of named outputs, not a {type(result).__name__}")
    return result


def _unusable(error: "MontyRuntimeError", limits: Limits) -> Failure:
    match error.exception():
        case MemoryError():
            return took_too_much_memory(limits.memory_mib)
        case TimeoutError():
            return took_too_long(limits.wall_seconds)
        case NameError():
            return _exception(f"the code has to leave its outputs in a dict: {RESULT} = {{...}}")
        case reason:
            return _exception(f"`{RESULT}` has to be JSON, numbers, texts, lists and dicts: {reason}")


def _resource_limits(limits: Limits) -> "ResourceLimits":
    return {
        "max_feed_duration_secs": limits.wall_seconds,
        "max_memory": int(limits.memory_mib * _MIB),
        "max_recursion_depth": _MOST_RECURSION,
    }


# Failures


def _stopped(error: "MontySyntaxError | MontyRuntimeError", limits: Limits, printed: _Printed) -> Failure:
    """Why the code came to no end of its own."""
    inner, frames = error.exception(), error.traceback()
    line = frames[-1].line if frames else None
    if printed.is_full:
        return said_too_much("output", f"{limits.output_kib:g} KiB", "output_kib")
    if isinstance(inner, TimeoutError) and not frames:  # with frames it is one that the code raised
        return took_too_long(limits.wall_seconds)
    if isinstance(inner, MemoryError):
        return replace(took_too_much_memory(limits.memory_mib), line=line)
    kind = "forbidden" if isinstance(inner, PermissionError) else "exception"
    message = f"{type(inner).__name__}: {inner}{_hint(inner)}"
    return Failure(**failure(kind, message, "\n".join(folded(frames, _spot, _call)), line))


def _exception(message: str) -> Failure:
    return Failure(**failure("exception", message))


def _hint(error: BaseException) -> str:
    match error:
        case PermissionError():
            return " (there are no files: use the inputs)"
        case ModuleNotFoundError():
            return " (only a small part of the standard library is there)"
        case _:
            return ""


def _spot(frame: "Frame") -> tuple[str | None, int]:
    return frame.function_name, frame.line


def _call(frame: "Frame") -> str:
    text = (frame.source_line or "").strip()
    return call_excerpt(frame.line, frame.function_name or "<module>", [f"    {text}"])
