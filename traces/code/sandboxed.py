"""Proposed source in the sandbox (`steepest.solvers.sandbox`), which is loaded when the first call needs it.

The one module of this folder that knows another: whatever else runs source can take its place (`runners.CodeRunner`).
"""

import atexit
import os
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from steepest.traces.code.runners import CodeCall, CodeFailure
from steepest.traces.failures import CodeNotRunError

if TYPE_CHECKING:
    from steepest.solvers.sandbox import Failure, FunctionCalls, Limits, Outcome, Sandbox
    from steepest.solvers.sandbox.outcomes import CallResult

_MOST_DEPTH = 100
_ADVICE = (
    "arguments go to the sandbox as JSON: pass None, numbers, texts, and lists and dicts of these, or run proposed "
    "code in this process with trust=True"
)


class SandboxRunner:
    """Runs proposed source in a sandbox.

    Args:
        limits: Of time and memory of a call; those of the sandbox unless given.
        sandbox: The sandbox; one that the process shares unless given.
    """

    def __init__(self, limits: "Limits | None" = None, *, sandbox: "Sandbox | None" = None) -> None:
        self.limits = limits
        self._sandbox = sandbox

    def screen(self, source: str) -> None:
        """See `screen`.

        Raises:
            CodeFailure: The source imports or reaches for what the sandbox does not have.
        """
        screen(source)

    def admit(self, call: CodeCall) -> None:
        """Look whether the arguments of a call are JSON.

        Raises:
            CodeNotRunError: They are not.
        """
        for place, value in enumerate(call.args):
            _require_json(value, call.names[place] if place < len(call.names) else f"arguments[{place}]", 0)
        for name, value in call.kwargs.items():
            _require_json(value, name, 0)

    def run(self, call: CodeCall) -> Any:
        """Call a function of the source in a process of its own.

        Raises:
            CodeFailure: It raised, or was stopped.
            CodeNotRunError: The arguments are not JSON, or there is no sandbox here.
        """
        self.admit(call)
        job = _job(call)
        with _breakdowns_told():
            outcome = self._used_sandbox().run(job, limits=self.limits)
        return _value(outcome)

    async def run_async(self, call: CodeCall) -> Any:
        """`run` without blocking the event loop; cancelling it ends the process.

        Raises:
            CodeFailure: It raised, or was stopped.
            CodeNotRunError: The arguments are not JSON, or there is no sandbox here.
        """
        self.admit(call)
        job = _job(call)
        with _breakdowns_told():
            outcome = await self._used_sandbox().run_async(job, limits=self.limits)
        return _value(outcome)

    def _used_sandbox(self) -> "Sandbox":
        return self._sandbox if self._sandbox is not None else shared_sandbox()


def screen(source: str, also: Collection[str] = ()) -> None:
    """A first look at a source: its imports, the functions it calls by name, the attributes it reaches for.

    Args:
        source: That was proposed.
        also: Packages that it may import besides those of the sandbox.

    Raises:
        CodeFailure: It uses what it may not; the message says what to do instead.
    """
    from steepest.solvers.sandbox.inside.screening import screen as findings

    found = findings(source, also)
    if found is not None:
        raise CodeFailure(found["kind"], found["message"], found["line"], found["traceback"])


def shared_runner() -> SandboxRunner:
    """What runs proposed source unless another runner is chosen."""
    return _SHARED_RUNNER


_SHARED_RUNNER = SandboxRunner()
_lock = threading.Lock()
_shared: "Sandbox | None" = None


def shared_sandbox() -> "Sandbox":
    """The sandbox of this process: made when first asked for, closed at its end. A forked process gets its own."""
    global _shared
    with _lock:
        if _shared is None:
            from steepest.solvers.sandbox import Sandbox

            _shared = Sandbox()
        return _shared


@atexit.register
def _close() -> None:
    if _shared is not None:
        _shared.close()


def _forget() -> None:
    """In a forked process: the sandbox is its parent's, and another thread may have held the lock."""
    global _shared, _lock
    _shared, _lock = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


@contextmanager
def _breakdowns_told() -> Iterator[None]:
    """Where the sandbox itself fails, the code is not to blame, and there is nothing for an optimizer to learn."""
    from steepest.solvers.sandbox import SandboxError, SandboxUnavailableError

    try:
        yield
    except SandboxUnavailableError as error:
        raise CodeNotRunError(
            f"{error}. Proposed code runs in the sandbox only; trust=True runs it in this process, with all your rights"
        ) from error
    except SandboxError as error:
        raise CodeNotRunError(str(error)) from error


def _job(call: CodeCall) -> "FunctionCalls":
    from steepest.solvers.sandbox import Call, FunctionCalls

    return FunctionCalls(call.source, call.function, [Call(call.args, call.kwargs)])


def _require_json(value: Any, place: str, depth: int) -> None:
    if value is None or isinstance(value, bool | int | float | str):
        return
    if depth > _MOST_DEPTH:
        raise CodeNotRunError(f"the argument `{place}` is nested {_MOST_DEPTH} deep, or holds itself: {_ADVICE}")
    match value:
        case list() | tuple():
            for index, part in enumerate(value):
                _require_json(part, f"{place}[{index}]", depth + 1)
        case dict():
            for key, part in value.items():
                if not isinstance(key, str):
                    raise CodeNotRunError(f"the argument `{place}` has the key {key!r}, which is no text: {_ADVICE}")
                _require_json(part, f"{place}[{key!r}]", depth + 1)
        case _:
            kind = f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
            raise CodeNotRunError(f"the argument `{place}` is a {kind}: {_ADVICE}")


def _value(outcome: "Outcome[tuple[CallResult, ...]]") -> Any:
    from steepest.solvers.sandbox import Failed, Raised

    if isinstance(outcome, Failed):
        raise _failed(outcome.failure)
    (result,) = outcome.value
    if isinstance(result, Raised):
        raise _failed(result.failure)
    return result.value


def _failed(failure: "Failure") -> CodeFailure:
    return CodeFailure(failure.kind, failure.message, failure.line, failure.traceback)
