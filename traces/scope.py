"""What surrounds an operation in its own thread or task: whether it is recorded, and which call it is part of.

Everything here lives in context variables, so threads and tasks never see each other's. `carried` takes all of it to
another thread, `map` does so for a pool of them. What is started in a thread or handed to a pool inside a bundle's call
belongs to that call even without these, so that nothing that it reads is missed.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token, copy_context
from functools import cache, partial, wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

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
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(carried(function), items))


@cache
def watch_threads() -> None:
    """Let what is started in a thread or handed to a pool of threads inside a call belong to that call, from now on.

    Context variables do not reach other threads (before Python 3.14), and a value that is read there would be missed.
    """
    from concurrent.futures import ThreadPoolExecutor

    threading.Thread.start = _starting(threading.Thread.start)  # type: ignore[method-assign, assignment]
    ThreadPoolExecutor.submit = _submitting(ThreadPoolExecutor.submit)  # type: ignore[method-assign]


def _starting(start: Callable[[threading.Thread], None]) -> Callable[[threading.Thread], None]:
    @wraps(start)
    def started(thread: threading.Thread) -> None:
        call = current_call()
        if call is not None:
            vars(thread)["run"] = partial(_run_within, call, thread, vars(thread).get("run"))
        start(thread)

    return started


def _submitting(submit: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(submit)
    def submitted(pool: "ThreadPoolExecutor", function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        return submit(pool, _within, current_call(), function, *args, **kwargs)

    return submitted


def _run_within(call: Call, thread: threading.Thread, own: Callable[[], None] | None) -> None:
    """Run a thread as part of a call; `own` is what the thread has had in place of its class's `run`."""
    if own is None:
        del vars(thread)["run"]
    else:
        vars(thread)["run"] = own
    _call.set(call)
    thread.run()


def _within(call: Call | None, function: Callable[..., R], /, *args: Any, **kwargs: Any) -> R:
    """Run a function as part of a call, or of none, whatever this thread was started in."""
    token = _call.set(call)
    try:
        return function(*args, **kwargs)
    finally:
        _call.reset(token)
