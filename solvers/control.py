"""What stands between a running solve and whoever waits for it: progress one way, a wish to stop the other way."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, RLock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from steepest.solvers.vectorized.scatter import Numbers


@dataclass(frozen=True, slots=True)
class SolveProgress:
    """How far a solve has come; what is not known (yet) is None."""

    seconds: float
    """Since the solver began."""
    objective: float | None
    """Of the best answer so far, the incumbent."""
    bound: float | None
    """What no answer can be better than, as far as is proven."""
    gap: float | None
    """Relative distance between the two."""
    nodes: int | None
    """Of the search tree."""
    solver: str
    """Back end with its version."""
    iterations: int | None = None
    """Of the method that solves an LP or QP."""
    current: float | None = None
    """The objective where that method stands; no answer has it yet while anything is missed there."""
    infeasibility: float | None = None
    """By how much, in all, limits are missed there, as the solver measures it."""


class SolveControl:
    """Tells whoever waits how far a solve is, and lets any thread end it.

    One may serve several solves, one after another; once cancelled it ends all that come.

    Args:
        on_progress: Told how far the solve is, at most about five times a second, in the thread that solves. What it
            raises ends the solve and is raised there.
        on_incumbent: Given each better answer as the back end has it, a value a column, before anybody has checked it.
    """

    def __init__(
        self,
        on_progress: Callable[[SolveProgress], None] | None = None,
        on_incumbent: "Callable[[Numbers], None] | None" = None,
    ) -> None:
        self._on_progress = on_progress
        self._on_incumbent = on_incumbent
        self._stop = _Stop()

    def cancel(self) -> None:
        """End the solve with the status `interrupted` and the incumbent kept; may be called from any thread."""
        self._stop.pull()

    @property
    def cancelled(self) -> bool:
        """Whether the solve is to end."""
        return self._stop.pulled.is_set()

    def report(self, progress: SolveProgress) -> None:
        """Tell how far the solve is; for back ends."""
        if self._on_progress is not None:
            self._on_progress(progress)

    @property
    def wants_incumbents(self) -> bool:
        """Whether better answers are to be handed over while the solve goes on."""
        return self._on_incumbent is not None

    def keep(self, values: "Numbers") -> None:
        """Hand over a better answer; for back ends."""
        if self._on_incumbent is not None:
            self._on_incumbent(values)

    @contextmanager
    def stopping(self, stop: Callable[[], None]) -> Iterator[None]:
        """While the block runs, a cancel calls `stop`, in whatever thread it comes from; at once if it came before."""
        self._stop.attach(stop)
        try:
            yield
        finally:
            self._stop.detach(stop)

    def through(self, change: Callable[[SolveProgress], SolveProgress]) -> "SolveControl":
        """A control of a part of the solve, whose progress is changed before it is told; a cancel ends both."""
        part = SolveControl(lambda progress: self.report(change(progress)), self._on_incumbent)
        part._stop = self._stop
        return part


class _Stop:
    """A wish to stop, and what it sets in motion."""

    def __init__(self) -> None:
        self.pulled = Event()
        self._calls: list[Callable[[], None]] = []
        self._lock = RLock()  # a handler of signals may pull in the thread that is just attaching

    def pull(self) -> None:
        with self._lock:
            self.pulled.set()
            for call in self._calls:
                call()

    def attach(self, call: Callable[[], None]) -> None:
        with self._lock:
            self._calls.append(call)
            if self.pulled.is_set():
                call()

    def detach(self, call: Callable[[], None]) -> None:
        with self._lock:
            self._calls.remove(call)
