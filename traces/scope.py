"""What surrounds an operation in its own thread or task: whether it is recorded, and which call it is part of.

Everything here lives in context variables, so threads and tasks never see each other's. `carried` takes all of it to
another thread, `map` does so for a pool of them. What is started in a thread or handed to a pool of Python's inside a
bundle's call belongs to that call even without these, so that nothing that it reads is missed; other pools, and threads
of `_thread`, need `carried`.
"""

import inspect
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ContextDecorator, contextmanager
from contextvars import ContextVar, Token, copy_context
from functools import cache, partial, wraps
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from steepest.traces.failures import TraceError

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from steepest.traces.graph import Node

A = TypeVar("A")
R = TypeVar("R")
P = ParamSpec("P")


class Call:
    """A call that is going on: the nodes it reads and tests, and what it spends; shared by its threads and tasks."""

    __slots__ = ("charges", "is_opaque", "is_over", "reads", "tests", "updates")

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
        self.updates = _updates
        """How many updates of parameters there were in the process when it began."""

    def taken_reads(self) -> "dict[int, Node[Any]]":
        """What an opaque call has read, given out once: contexts that outlive the call don't keep its nodes."""
        reads = self.reads
        if reads:
            self.reads = {}
        return reads

    def end(self) -> None:
        """Nothing that still runs in its threads and tasks is part of it any more, and it holds on to nothing."""
        self.is_over = True
        self.reads, self.tests, self.charges = {}, [], []


class _Pause:
    """A block under `no_trace`. That of a generator counts while the generator runs, and not for its consumer."""

    __slots__ = ("_frame", "_task", "is_over")

    def __init__(self, frame: FrameType) -> None:
        steps = frame.f_code.co_flags & (inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR)
        driver = frame.f_back.f_globals.get("__name__") if frame.f_back is not None else None
        self._frame = frame if steps and driver not in _MANAGERS else None
        self._task = _current_task() if self._frame is not None else None
        self.is_over = False

    @property
    def is_active(self) -> bool:
        """Whether what runs now is inside."""
        if self._frame is None:
            return not self.is_over
        # A generator that waits for its consumer has no caller; a task that was started inside runs beside it.
        return not self.is_over and (self._frame.f_back is not None or _current_task() is not self._task)

    def end(self) -> None:
        """It is left."""
        self.is_over, self._frame, self._task = True, None, None


_updates = 0
_counting = threading.Lock()


def count_update() -> int:
    """The number of an update of a parameter that happens now: 1 for the first one in the process."""
    global _updates
    with _counting:
        _updates += 1
        return _updates


_MANAGERS = frozenset({"contextlib", "_pytest.fixtures"})
"""Modules that make context managers of generators: what such a one sets is meant for the block around its `yield`."""

_pauses: ContextVar[tuple[_Pause, ...]] = ContextVar("steepest_pauses", default=())
_call: ContextVar[Call | None] = ContextVar("steepest_call", default=None)
_meters: ContextVar[tuple[list[tuple[int, float | None]], ...]] = ContextVar("steepest_meters", default=())


def is_tracing() -> bool:
    """Whether an operation of this thread or task leaves a trace."""
    call = _call.get()
    return (call is None or call.is_over or not call.is_opaque) and not ((pauses := _pauses.get()) and _paused(pauses))


def is_inside() -> bool:
    """Whether this is the body of a bundle."""
    call = _call.get()
    return call is not None and call.is_opaque and not call.is_over


class no_trace(ContextDecorator):
    """Record nothing in this thread or task; may be nested. Operations still give nodes, which come from nothing.

    Inside of a generator it is the generator's own: between two steps, what the consumer does is recorded.

    Raises:
        TraceError: A generator or coroutine has left it in another context (a thread, a task) than it entered it in, so
            that what it did there was recorded.
    """

    def __init__(self) -> None:
        self._entered: list[_Pause] = []

    def __enter__(self) -> None:
        pause = _Pause(sys._getframe(1))
        self._entered.append(pause)
        _pauses.set((*_pauses.get(), pause))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None
    ) -> None:
        present = _pauses.get()
        pause = next((each for each in reversed(self._entered) if each in present), self._entered[-1])
        self._entered.remove(pause)
        pause.end()
        _pauses.set(tuple(each for each in present if each is not pause))
        if kind is None and pause not in present:
            raise TraceError(
                "no_trace() was entered in another thread, task or context than it is left in, and what ran here was "
                "recorded: enter it in each step of the generator, or run all steps in one context"
            )

    def _recreate_cm(self) -> "no_trace":
        return no_trace()  # each call of a decorated function has its own


def _paused(pauses: tuple[_Pause, ...]) -> bool:
    return any(each.is_active for each in pauses)


def _current_task() -> object:
    """The asyncio task that runs here, if one does."""
    asyncio = sys.modules.get("asyncio")
    try:
        return asyncio.current_task() if asyncio is not None else None
    except RuntimeError:  # no event loop in this thread
        return None


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
    if call is not None and not call.is_opaque and not call.is_over and not _paused(_pauses.get()):
        call.tests.append(node)


def charge(tokens: int, money: float | None = 0.0) -> None:
    """Put a model call's tokens and money on the bundle's call that it was made in, if any.

    Args:
        tokens: Read and written.
        money: US dollars; None where nobody knows the price, which the call's own charges have as nothing.
    """
    call = current_call()
    if call is not None:
        call.charges.append((tokens, money or 0.0))
    for charges in _meters.get():
        charges.append((tokens, money))


@contextmanager
def metered() -> Iterator[list[tuple[int, float | None]]]:
    """Note the tokens and the money of every model call until the block is left, in bundles or not.

    Yields:
        A list that grows: tokens and US dollars of each, None where nobody knows the price.
    """
    charges: list[tuple[int, float | None]] = []
    token = _meters.set((*_meters.get(), charges))
    try:
        yield charges
    finally:
        _meters.reset(token)


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
    if _POOLS in sys.modules:
        _watch_pools()


_POOLS = "multiprocessing.pool"


@cache
def _watch_pools() -> None:
    """The same for `multiprocessing.pool.ThreadPool`, once somebody has imported it."""
    from multiprocessing.pool import ThreadPool

    for name in ("apply_async", "_map_async", "imap", "imap_unordered"):
        setattr(ThreadPool, name, _handing(getattr(ThreadPool, name)))


def _starting(start: Callable[[threading.Thread], None]) -> Callable[[threading.Thread], None]:
    @wraps(start)
    def started(thread: threading.Thread) -> None:
        if _POOLS in sys.modules:  # a pool that is made starts threads
            _watch_pools()
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


def _handing(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def handed(pool: Any, func: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return method(pool, partial(_within, current_call(), func), *args, **kwargs)

    return handed


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
