"""Who runs source that an optimizer proposed and nobody has vouched for: the sandbox, or another runner in its place.

`using_runner` chooses one for a thread or task, as `no_trace` does for tracing. What is not reached by the choice runs
in the sandbox: forgetting to choose is never unsafe.
"""

import builtins
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Protocol

from steepest.traces.code.proposals import Shape
from steepest.traces.failures import ExecutionError, execution_error, marked
from steepest.traces.graph import leaf
from steepest.traces.holders import unwrapped
from steepest.traces.scope import note_read

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

    def admit(self, call: CodeCall) -> None:
        """Look through the arguments of a call, without running it.

        Raises:
            CodeNotRunError: They can't be taken to where the source runs; the message says which, and what to do.
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


@dataclass(frozen=True, slots=True)
class RemoteCode:
    """Proposed source for a function, to be called elsewhere."""

    source: str
    shape: Shape
    """Of the function. A generator gives the list of what it yields."""
    unread: frozenset[str] = frozenset()
    """Parameters that the source does not read: their arguments are not sent, whatever they are."""
    attributes: Mapping[str, int] = field(default_factory=dict)
    """Of the object that is the first argument, with the lines where the source reads them: they are sent in the
    object's place."""

    def call(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> CodeCall:
        """A call of the function.

        Raises:
            CodeFailure: The object has no such attribute.
        """
        names, given = self.shape.positional, list(args)
        sent: list[Any] = []
        if self.attributes:
            rest = dict(kwargs)
            instance = given.pop(0) if given else rest.pop(names[0], None)
            sent = [_attribute(instance, name, line) for name, line in self.attributes.items()]
            names, kwargs = names[1:], rest
        unread_by_name = self.unread - frozenset(self.shape.positional_only)
        known = [None if name in self.unread else each for name, each in zip(names, given, strict=False)]
        named = {name: None if name in unread_by_name else each for name, each in kwargs.items()}
        return replace(_entry(self), args=[*sent, *known, *given[len(known) :]], kwargs=named)


def remote_function(code: RemoteCode) -> Callable[..., Any]:
    """A function whose calls go to the runner that is current when they are made."""

    def called(*args: Any, **kwargs: Any) -> Any:
        try:
            return current_runner().run(code.call(args, kwargs))
        except CodeFailure as failure:
            raise _error(failure, code.source) from None

    async def awaited(*args: Any, **kwargs: Any) -> Any:
        try:
            return await current_runner().run_async(code.call(args, kwargs))
        except CodeFailure as failure:
            raise _error(failure, code.source) from None

    return awaited if code.shape.is_async else called


def _attribute(instance: object, name: str, line: int) -> Any:
    """The value of an object's attribute; a node that it is, or holds, is read."""
    try:
        found = getattr(instance, name)
    except AttributeError as error:
        raise CodeFailure("exception", f"AttributeError: {error}", line) from error
    read: list[Any] = []
    value = unwrapped(found, read)
    for each in read:
        note_read(each)
    return value


@lru_cache(maxsize=256)
def _entry_of(source: str, shape: Shape, attributes: tuple[str, ...]) -> CodeCall:
    """A call of the function, or of one that comes after the source, whose lines keep their numbers.

    The latter puts the attributes into an object, and the steps of a generator into a list.
    """
    if not shape.is_generator and not attributes:
        return CodeCall(f"{source}\n", shape.name, shape.positional)
    entry, instance = _unused("entry", source), _unused("instance", source)
    given = [f"a{place}" for place in range(len(attributes))]
    made = f"{instance}({', '.join(given)}), " if given else ""
    result = f"{shape.name}({made}*args, **kwargs)"
    if shape.is_generator:
        result = f"[each {'async for' if shape.is_async else 'for'} each in {result}]"
    elif shape.is_async:
        result = f"await {result}"
    lines = ["", ""]
    if given:
        lines += [f"class {instance}:", f"    def __init__(it, {', '.join(given)}):"]
        lines += [f"        it.{name} = {place}" for name, place in zip(attributes, given, strict=True)]
    head = "async def" if shape.is_async else "def"
    parameters = [*given, "/", "*args", "**kwargs"] if given else ["*args", "**kwargs"]
    lines += [f"{head} {entry}({', '.join(parameters)}):", f"    return {result}"]
    names = (*(f"{shape.positional[0]}.{name}" for name in attributes), *shape.positional[bool(attributes) :])
    return CodeCall("\n".join([source, *lines, ""]), entry, names)


def _entry(code: RemoteCode) -> CodeCall:
    return _entry_of(code.source, code.shape, tuple(code.attributes))


def _unused(name: str, source: str) -> str:
    while name in source:
        name += "_"
    return name


def _error(failure: CodeFailure, source: str) -> ExecutionError:
    """The error of a failed call: of the type that the code raised, if Python has it, and with the code marked."""
    lines = source.split("\n")
    is_own = failure.kind == "exception"
    name, _, words = failure.message.partition(": ")
    kind = _builtin(name) if is_own else _TYPES.get(failure.kind, RuntimeError)
    message = failure.message if is_own else f"{failure.kind} in the sandbox: {failure.message}"
    is_placed = failure.line is not None and 0 < failure.line <= len(lines)
    text = marked(lines, failure.line - 1, message) if failure.line and is_placed else source
    node = leaf(f"{text}\n\n{failure.traceback or message}")
    return execution_error(_exception(kind, words if is_own else message), node, message)


def _builtin(name: str) -> type[Exception]:
    found = getattr(builtins, name, None)
    return found if isinstance(found, type) and issubclass(found, Exception) else RuntimeError


def _exception(kind: type[Exception], words: str) -> Exception:
    try:
        return kind(words)
    except TypeError:  # one with arguments of its own, as UnicodeDecodeError
        return RuntimeError(words)
