"""What surrounds an operation in its own thread or task: whether it is recorded, and which call it is part of.

Everything here lives in context variables, so threads and tasks never see each other's. A thread that is started inside
a bundle's call belongs to that call: `carried` takes the surroundings along, `map` does so for a pool of threads, and a
thread that is started without either is found through the interpreter's own audit event. Work that is handed to a pool
of threads from before the call needs `carried`.
"""

import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, Token, copy_context
from functools import cache, partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from steepest.traces.graph import Node

A = TypeVar("A")
R = TypeVar("R")
P = ParamSpec("P")


class Call:
    """A call that is going on: the nodes it reads and tests, and what it spends; shared by its threads and tasks."""

    __slots__ = ("charges", "is_opaque", "is_over", "reads", "tests")

    def __init__(self, *, is_opaque: bool) -> None:
        self.is_opaque = is_opaque
        """Whether nothing inside is recorded: the body of a bundle."""
        self.is_over = False
        """Threads and tasks may outlive the call that started them; from then on they are part of none."""
        self.reads: dict[int, Node[Any]] = {}
        """Nodes whose values an opaque call has read, each once, by `id`."""
        self.tests: list[Node[Any]] = []
        """Nodes that decided which way a transparent call went."""
        self.charges: list[tuple[int, float]] = []
        """Tokens and money of each model call inside."""


_recording: ContextVar[bool] = ContextVar("steepest_recording", default=True)
_call: ContextVar[Call | None] = ContextVar("steepest_call", default=None)


def is_tracing() -> bool:
    """Whether an operation of this thread or task leaves a trace."""
    call = _call.get()
    return _recording.get() and (call is None or call.is_over or not call.is_opaque)


def is_inside() -> bool:
    """Whether this is the body of a bundle."""
    call = _call.get()
    return call is not None and call.is_opaque and not call.is_over


@contextmanager
def no_trace() -> Iterator[None]:
    """Record nothing in this thread or task; may be nested. Operations still give nodes, which come from nothing."""
    token = _recording.set(False)
    try:
        yield
    finally:
        _recording.reset(token)


def current_call() -> Call | None:
    """The innermost call that this thread or task is part of."""
    call = _call.get()
    return None if call is None or call.is_over else call


def enter(call: Call) -> Token[Call | None]:
    """Be part of a call, until `leave`."""
    return _call.set(call)


def leave(token: Token[Call | None]) -> None:
    """Be part of what `enter` has left."""
    try:
        _call.reset(token)
    except ValueError:  # a coroutine is closed in another context than it ran in, where nothing was set
        return


def note_read(node: "Node[Any]") -> None:
    """A node's value is read: inside a bundle's call that makes it an input, unless it was made there."""
    call = _call.get()
    if call is not None and call.is_opaque and not call.is_over and node.order:
        call.reads.setdefault(id(node), node)


def note_test(node: "Node[Any]") -> None:
    """A node decides which way a program goes: inside a transparent call its result depends on the node."""
    call = _call.get()
    if call is not None and not call.is_opaque and _recording.get():
        call.tests.append(node)


def charge(tokens: int, money: float = 0.0) -> None:
    """Put a model call's tokens and money on the bundle's call that it was made in, if any.

    Args:
        tokens: Read and written.
        money: US dollars.
    """
    call = current_call()
    if call is not None:
        call.charges.append((tokens, money))


def carried(function: Callable[P, R]) -> Callable[P, R]:
    """The function, to be run elsewhere with the surroundings that it has here; each call has a copy of its own."""
    context = copy_context()

    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        return context.copy().run(function, *args, **kwargs)

    return run


def map(function: Callable[[A], R], items: Iterable[A], *, workers: int = 8) -> list[R]:
    """Apply a function to each item in threads that are part of the same trace.

    Args:
        function: What to apply.
        items: One argument each.
        workers: Threads at most.

    Returns:
        The results in the order of the items.

    Raises:
        Exception: What the function raises; the first in the order of the items.
    """
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(carried(function), items))


_STARTS = frozenset({"_thread.start_new_thread", "_thread.start_joinable_thread"})
"""Audit events of a thread that is about to start; the second one from Python 3.13 on."""


@cache
def watch_threads() -> None:
    """Let threads that are started inside a call belong to it, from now on.

    Context variables do not reach a new thread, and a value that it reads would be missed. The event is raised in the
    thread that starts it.
    """
    sys.addaudithook(_note_thread)


def _note_thread(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _STARTS:
        return
    call = current_call()
    thread = getattr(arguments[0], "__self__", None)
    if call is not None and isinstance(thread, threading.Thread):
        vars(thread)["run"] = partial(_run_within, call, thread, vars(thread).get("run"))


def _run_within(call: Call, thread: threading.Thread, own: Callable[[], None] | None) -> None:
    """Run a thread as part of a call; `own` is what the thread has had in place of its class's `run`."""
    del vars(thread)["run"]
    _call.set(call)
    (own or thread.run)()
