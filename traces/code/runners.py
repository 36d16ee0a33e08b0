"""Who runs source that an optimizer proposed and nobody has vouched for: the sandbox, or another runner in its place.

`using_runner` chooses one for a thread or task, as `no_trace` does for tracing. What is not reached by the choice runs
in the sandbox: forgetting to choose is never unsafe.
"""

import builtins
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from steepest.traces.code.proposals import Shape
from steepest.traces.failures import ExecutionError, execution_error, marked
from steepest.traces.graph import leaf

_TYPES: dict[str, type[Exception]] = {"timeout": TimeoutError, "memory": MemoryError, "forbidden": PermissionError}


@dataclass(frozen=True, slots=True)
class CodeCall:
    """A call of proposed source."""

    source: str
    function: str
    names: tuple[str, ...] = ()
    """The parameters that arguments without a name go to."""
    args: Sequence[Any] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)


class CodeFailure(Exception):
    """Proposed source did not come to a result, or is not to be run."""

    def __init__(self, kind: str, message: str, line: int | None = None, traceback: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        """`exception`, or what it was stopped for: `timeout`, `memory`, `output`, `forbidden`, `crash`."""
        self.message = message
        """`ZeroDivisionError: division by zero`."""
        self.line = line
        """Of the source, from 1."""
        self.traceback = traceback
        """The calls in the source with their lines, the message last."""


class CodeRunner(Protocol):
    """Runs source that is not trusted, away from this process. Used by many threads and tasks at once."""

    def screen(self, source: str) -> None:
        """Look through source that was proposed.

        Raises:
            CodeFailure: It would not be run; the message says why.
        """
        ...

    def run(self, call: CodeCall) -> Any:
        """Call a function of the source; what an async function gives is awaited.

        Raises:
            CodeFailure: It came to no result.
            CodeNotRunError: It could not be run, which is no fault of the code.
        """
        ...

    async def run_async(self, call: CodeCall) -> Any:
        """`run` without blocking the event loop."""
        ...


_chosen: ContextVar[CodeRunner | None] = ContextVar("steepest_code_runner", default=None)


@contextmanager
def using_runner(runner: CodeRunner) -> Iterator[None]:
    """Run proposed source with this runner, in this thread or task and in what asyncio and `map` start from it.

    `with using_runner(SandboxRunner(Limits(wall_seconds=2)))` gives the sandbox other limits.
    """
    token = _chosen.set(runner)
    try:
        yield
    finally:
        _chosen.reset(token)


def current_runner() -> CodeRunner:
    """What runs proposed source here: the runner that was chosen, else the sandbox that the process shares."""
    chosen = _chosen.get()
    if chosen is not None:
        return chosen
    from steepest.traces.code.sandboxed import shared_runner

    return shared_runner()


def remote_function(source: str, shape: Shape, unread: frozenset[str] = frozenset()) -> Callable[..., Any]:
    """A function whose calls go to the runner that is current when they are made.

    Args:
        source: Proposed for a function.
        shape: Of that function. A generator gives the list of what it yields.
        unread: Parameters that the source does not read: their arguments are not sent, whatever they are.
    """
    plain = _listing(source, shape) if shape.is_generator else CodeCall(f"{source}\n", shape.name, shape.positional)
    unread_by_name = unread - frozenset(shape.positional_only)

    def call_of(args: tuple[Any, ...], kwargs: dict[str, Any]) -> CodeCall:
        sent = [None if name in unread else each for name, each in zip(shape.positional, args, strict=False)]
        named = {name: None if name in unread_by_name else each for name, each in kwargs.items()}
        return replace(plain, args=[*sent, *args[len(sent) :]], kwargs=named)

    def called(*args: Any, **kwargs: Any) -> Any:
        try:
            return current_runner().run(call_of(args, kwargs))
        except CodeFailure as failure:
            raise _error(failure, source) from None

    async def awaited(*args: Any, **kwargs: Any) -> Any:
        try:
            return await current_runner().run_async(call_of(args, kwargs))
        except CodeFailure as failure:
            raise _error(failure, source) from None

    return awaited if shape.is_async else called


def _listing(source: str, shape: Shape) -> CodeCall:
    """A call of a function that comes after the source, whose lines keep their numbers, and gives a list."""
    name = "as_list"
    while name in source:
        name += "_"
    head, loop = ("async def", "async for") if shape.is_async else ("def", "for")
    added = f"{head} {name}(*args, **kwargs):\n    return [each {loop} each in {shape.name}(*args, **kwargs)]"
    return CodeCall(f"{source}\n\n\n{added}\n", name, shape.positional)


def _error(failure: CodeFailure, source: str) -> ExecutionError:
    """The error of a failed call: of the type that the code raised, if Python has it, and with the code marked."""
    lines = source.split("\n")
    is_own = failure.kind == "exception"
    name, _, words = failure.message.partition(": ")
    kind = _builtin(name) if is_own else _TYPES.get(failure.kind, RuntimeError)
    message = failure.message if is_own else f"{failure.kind} in the sandbox: {failure.message}"
    is_placed = failure.line is not None and 0 < failure.line <= len(lines)
    text = marked(lines, failure.line - 1, message) if failure.line and is_placed else source
    error = execution_error(
        _exception(kind, words if is_own else message), leaf(f"{text}\n\n{failure.traceback or message}")
    )
    error.message = message
    return error


def _builtin(name: str) -> type[Exception]:
    found = getattr(builtins, name, None)
    return found if isinstance(found, type) and issubclass(found, Exception) else RuntimeError


def _exception(kind: type[Exception], words: str) -> Exception:
    try:
        return kind(words)
    except TypeError:  # one with arguments of its own, as UnicodeDecodeError
        return RuntimeError(words)
