"""The sandbox that callers use: a pool of jobs over fork servers that are started, watched and started again."""

import asyncio
import contextlib
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self, overload

from steepest.errors import InputError
from steepest.solvers.sandbox.errors import SandboxError, ServerDiedError
from steepest.solvers.sandbox.execution import Execution, Runner, run_calls, run_script, run_timing
from steepest.solvers.sandbox.flavours import FUNCTIONS, Kind, flavour_of
from steepest.solvers.sandbox.fork_server import ForkServers
from steepest.solvers.sandbox.forked_job import ForkRunner
from steepest.solvers.sandbox.fresh_process import FreshProcesses
from steepest.solvers.sandbox.isolation import Isolation
from steepest.solvers.sandbox.jobs import FunctionCalls, FunctionTiming, Job, PyomoScript
from steepest.solvers.sandbox.limits import Limits
from steepest.solvers.sandbox.outcomes import CallResult, Outcome, ScriptAnswer, TimingReport
from steepest.solvers.sandbox.running_job import Cancellation, JobCancelledError

_WAIT_SECONDS = 0.2
"""Between two looks at whether a waiting job is still wanted."""


class Sandbox:
    """Runs LLM-written code where it can do no harm and forge nothing.

    Safe to use from many threads and tasks at once. Servers start with the first job that needs them, so `with
    Sandbox() as sandbox` costs nothing until then.

    Args:
        limits: What a job may use, unless `run` is given others.
        workers: How many jobs run at once; the processors that this process may use, unless given.
        isolation: What to run jobs under; the strongest that can be had, unless given.
        unsafe: Run the code with nothing but limits, in processes that have all rights of this one.
        screening: Refuse what the code had better not use before it is run, with a message that says what to do
            instead. It makes errors friendlier and is no boundary.
        preload: Modules that jobs import often; they are imported once, before the first job.

    Raises:
        InputError: `workers` is not positive, or `unsafe` and `isolation` contradict each other.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        workers: int | None = None,
        isolation: Isolation | None = None,
        unsafe: bool = False,
        screening: bool = True,
        preload: Sequence[str] = (),
    ) -> None:
        if workers is not None and workers < 1:
            raise InputError(f"a sandbox needs at least one worker, not {workers}")
        if isolation is Isolation.INTERPRETER:
            raise InputError("`prepare_data` runs code in the interpreter of pydantic-monty; a sandbox does not")
        unsafe = unsafe or isolation is Isolation.UNSAFE
        if unsafe and isolation not in (None, Isolation.UNSAFE):
            raise InputError(f"unsafe=True gives no isolation: it can't be {isolation}")
        self.limits = limits or Limits()
        self.workers = workers or _processors()
        self._screening = screening
        self._servers = None if unsafe else ForkServers(isolation, tuple(preload))
        self._slots = threading.BoundedSemaphore(self.workers)
        self._timing = threading.BoundedSemaphore(1)
        self._executor = ThreadPoolExecutor(self.workers, thread_name_prefix="steepest-sandbox")
        self._owner = os.getpid()
        self._is_closed = False

    @property
    def isolation(self) -> Isolation:
        """What is in force; starts a server if none runs.

        Raises:
            SandboxUnavailableError: No isolation can be had here; the message says why and what to do.
        """
        self._require_usable()
        return Isolation.UNSAFE if self._servers is None else self._servers.running(FUNCTIONS).isolation

    @overload
    def run(self, job: PyomoScript, *, limits: Limits | None = None) -> Outcome[ScriptAnswer]: ...
    @overload
    def run(self, job: FunctionCalls, *, limits: Limits | None = None) -> Outcome[tuple[CallResult, ...]]: ...
    @overload
    def run(self, job: FunctionTiming, *, limits: Limits | None = None) -> Outcome[TimingReport]: ...
    def run(self, job: Job, *, limits: Limits | None = None) -> Outcome[Any]:
        """Run a job and wait for its outcome; a failure of the code is an outcome, not an exception.

        Args:
            job: What to run.
            limits: In place of the sandbox's own.

        Raises:
            SandboxUnavailableError: No isolation can be had here.
            SandboxError: The sandbox itself broke down, or is closed.
            InputError: Arguments of a call can't travel as JSON.
        """
        return self._run(job, limits, None)

    @overload
    async def run_async(self, job: PyomoScript, *, limits: Limits | None = None) -> Outcome[ScriptAnswer]: ...
    @overload
    async def run_async(
        self, job: FunctionCalls, *, limits: Limits | None = None
    ) -> Outcome[tuple[CallResult, ...]]: ...
    @overload
    async def run_async(self, job: FunctionTiming, *, limits: Limits | None = None) -> Outcome[TimingReport]: ...
    async def run_async(self, job: Job, *, limits: Limits | None = None) -> Outcome[Any]:
        """`run` without blocking the event loop; cancelling it ends the job.

        Raises:
            SandboxUnavailableError: No isolation can be had here.
            SandboxError: The sandbox itself broke down, or is closed.
            InputError: Arguments of a call can't travel as JSON.
        """
        self._require_usable()
        cancellation = Cancellation()
        running = self._executor.submit(self._run, job, limits, cancellation)
        try:
            return await asyncio.wrap_future(running)
        except asyncio.CancelledError:
            cancellation.cancel()
            raise

    def close(self) -> None:
        """End the servers, and every job that still runs; a closed sandbox stays closed."""
        self._is_closed = True
        if self._servers is not None:
            self._servers.close()
        self._executor.shutdown(wait=False, cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.close)

    def _run(self, job: Job, limits: Limits | None, cancellation: Cancellation | None) -> Outcome[Any]:
        how = Execution(lambda kind: self._runner(kind, cancellation), limits or self.limits, self._screening)
        with contextlib.ExitStack() as turn:
            if isinstance(job, FunctionTiming):  # one at a time: two would disturb each other's caches and clocks
                self._await_turn(self._timing, cancellation, turn)
            self._await_turn(self._slots, cancellation, turn)
            try:
                return _dispatch(job, how)
            except ServerDiedError:
                self._require_usable()
            # On a new server: a job has no effects that could happen twice.
            return _dispatch(job, how)

    def _await_turn(
        self, turns: threading.Semaphore, cancellation: Cancellation | None, turn: contextlib.ExitStack
    ) -> None:
        """Wait until the job may run; a wait, too, ends when it is cancelled or the sandbox closed."""
        self._require_usable()
        while not turns.acquire(timeout=_WAIT_SECONDS):
            self._require_usable()
            if cancellation is not None and cancellation.is_cancelled:
                raise JobCancelledError
        turn.callback(turns.release)
        self._require_usable()

    def _runner(self, kind: Kind, cancellation: Cancellation | None) -> Runner:
        if self._servers is None:
            return FreshProcesses(cancellation)
        return ForkRunner(self._servers.running(flavour_of(kind)), cancellation)

    def _require_usable(self) -> None:
        if self._is_closed:
            raise SandboxError("the sandbox is closed; make a new one, or run the job inside its `with` block")
        if os.getpid() != self._owner:
            raise SandboxError("this sandbox belongs to the process that this one was forked from; make a new one here")


def _dispatch(job: Job, how: Execution) -> Outcome[Any]:
    match job:
        case PyomoScript():
            return run_script(job, how)
        case FunctionCalls():
            return run_calls(job, how)
        case FunctionTiming():
            return run_timing(job, how)
        case _:  # a caller without a type checker, with the source itself for instance
            raise InputError(
                f"a sandbox runs a PyomoScript, FunctionCalls or a FunctionTiming, not a {type(job).__name__}"
            )


def _processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
