"""The batch runner: what is still to be done, in what order, and what becomes of each attempt.

The runner knows neither where a run is kept nor who makes the attempts. It hands jobs to an engine, grades what comes
back, appends it to the store, and tells a listener. A run that was interrupted, or killed, goes on with the attempts
that the store does not have.
"""

import asyncio
import signal
import threading
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import FrameType
from typing import Literal, TypeAlias

from steepest.errors import SteepestError
from steepest.evals.attempts import Attempt
from steepest.evals.engines.protocol import Engine, Finished, Job
from steepest.evals.problems import Problem
from steepest.evals.progress import AttemptStarted, Listener, RunStarted, SampleFinished, Stopping
from steepest.evals.samples import Grade, Sample, SampleKey, Verdict
from steepest.evals.stores.protocol import RunWriter

__all__ = ["GRACE_SECONDS", "MAX_ERRORS", "Grader", "RunEnd", "StopReason", "run_batch"]

Grader: TypeAlias = Callable[[Problem, Attempt], tuple[Verdict, tuple[Grade, ...]]]
StopReason: TypeAlias = Literal["interrupted", "budget", "errors"]

MAX_ERRORS = 20
GRACE_SECONDS = 10.0

_GRADED_AT_ONCE = 8
"""A grade takes a fraction of a millisecond, unless another optimum has to be looked for."""


@dataclass(frozen=True)
class RunEnd:
    """How far a start of a run came."""

    reason: StopReason | Literal["done"]
    """`done`: every attempt has a verdict. `errors`: failures of the infrastructure stopped it, or are left to do."""
    message: str
    """What happened and what to do, in a sentence or two."""
    total: int
    """Attempts that the selection asks for, in this shard."""
    done: int
    """Of these, how many the run has now; failures of the infrastructure do not count."""
    made: int
    """Samples that this start recorded."""
    failed: int
    """Of these, failures of the infrastructure; the next start tries them again."""


async def run_batch(
    problems: Iterable[Problem],
    store: RunWriter,
    engine: Engine,
    *,
    grade: Grader,
    epochs: int = 1,
    max_errors: int | None = MAX_ERRORS,
    on_event: Listener = lambda event: None,
    grace: float = GRACE_SECONDS,
) -> RunEnd:
    """Make and record the attempts that a run lacks.

    The first SIGINT or SIGTERM stops new attempts and gives those under way `grace` seconds; the second gives them up.

    Args:
        problems: What is asked in this start: the selected problems of this shard.
        store: Where the run is kept.
        engine: Who makes the attempts.
        grade: Compares an attempt with the label; called in other threads.
        epochs: How often each problem is asked.
        max_errors: Stop after so many failures of the infrastructure in a row; None for no limit.
        on_event: Told what goes on, in the event loop.
        grace: Seconds for attempts under way after an interruption, or after too many failures.

    Raises:
        InputError: Samples or replies can't be kept (a full disk). What was kept before is whole.
    """
    rules = _Rules(grade, epochs, max_errors, on_event, grace)
    course = _Course({problem.id: problem for problem in problems}, store, rules)
    with _on_signals(course.interrupt):
        await course.run(engine)
    return course.end()


@dataclass(frozen=True)
class _Rules:
    """How a start of a run goes on; see `run_batch`."""

    grade: Grader
    epochs: int
    max_errors: int | None
    on_event: Listener
    grace: float


class _Course:
    """The state of one start of a run."""

    def __init__(self, problems: Mapping[str, Problem], store: RunWriter, rules: _Rules) -> None:
        self._problems = problems
        self._store = store
        self._rules = rules
        self._tell = rules.on_event
        self._recorded = self._recorded_before(store.verdicts())
        self._made = self._failed = self._failed_in_a_row = 0
        self._stop: tuple[StopReason, str] | None = None
        self._abandoned = asyncio.Event()

    @property
    def total(self) -> int:
        """Attempts that the selection asks for."""
        return len(self._problems) * self._rules.epochs

    def interrupt(self) -> None:
        """Stop at a person's wish: soon, and at the second time at once."""
        if self._stop is not None and self._stop[0] == "interrupted":
            self._abandoned.set()
        else:
            self._stop_soon("interrupted", "Interrupted.", self._rules.grace)

    async def run(self, engine: Engine) -> None:
        """Make and record the attempts that the run lacks.

        Raises:
            SteepestError: Samples or replies can't be kept.
        """
        self._tell(RunStarted(self.total, Counter(self._recorded.values())))
        try:
            # Threads of our own: a user's agent may hold those of the event loop for minutes.
            with ThreadPoolExecutor(_GRADED_AT_ONCE, thread_name_prefix="steepest-grade") as threads:
                await self._work(engine, threads)
        except ExceptionGroup as several:
            raise _told(several) from several

    def end(self) -> RunEnd:
        """How far it came."""
        done = len(self._recorded) + self._made - self._failed
        reason: StopReason | Literal["done"] = "done"
        message = ""
        if done < self.total:
            reason, message = self._stop or ("errors", "")
            message += f" {done} of {self.total} attempts have a verdict: give the same command again to go on."
        return RunEnd(reason, message.strip(), self.total, done, self._made, self._failed)

    def _recorded_before(self, verdicts: Mapping[SampleKey, Verdict]) -> dict[SampleKey, Verdict]:
        """What an earlier start recorded and this one does not do again."""
        return {
            key: verdict
            for key, verdict in verdicts.items()
            if verdict != "infrastructure_error" and key.id in self._problems and key.epoch <= self._rules.epochs
        }

    def _jobs(self) -> Iterator[Job]:
        """What is to be done, drawn one by one; ends when the run is to stop."""
        for epoch in range(1, self._rules.epochs + 1):
            for problem in self._problems.values():
                if self._stop is not None:
                    return
                if (problem.id, epoch) not in self._recorded:
                    job = Job(problem.as_question, epoch)
                    self._tell(AttemptStarted(job))
                    yield job

    async def _work(self, engine: Engine, threads: Executor) -> None:
        slots = asyncio.Semaphore(_GRADED_AT_ONCE)
        async with asyncio.TaskGroup() as group, aclosing(engine.work(self._jobs())) as results:
            async for finished in _until(self._abandoned, results):
                if finished.out_of_budget:
                    self._stop_soon("budget", finished.attempt.message, None)
                    continue
                if self._is_hopeless(finished):
                    told = f"The model can't be asked as things are: {finished.attempt.message.rstrip('.')}."
                    self._stop_soon("errors", told, self._rules.grace)
                await slots.acquire()
                group.create_task(self._settle(finished, threads, slots))

    async def _settle(self, finished: Finished, threads: Executor, slots: asyncio.Semaphore) -> None:
        """Grade and record an attempt."""
        try:
            sample = await asyncio.get_running_loop().run_in_executor(threads, self._record, finished)
        finally:
            slots.release()
        self._made += 1
        if sample.is_graded:
            self._failed_in_a_row = 0
        else:
            self._failed += 1
            self._failed_in_a_row += 1
        self._tell(SampleFinished(sample))
        if self._rules.max_errors is not None and self._failed_in_a_row >= self._rules.max_errors:
            last = sample.attempt.message.rstrip(".")
            told = f"{self._failed_in_a_row} attempts in a row failed, the last one so: {last}."
            self._stop_soon("errors", told, self._rules.grace)

    def _is_hopeless(self, finished: Finished) -> bool:
        """Whether the other attempts would fail, too. A request is refused for its text where others were answered."""
        answered = bool(self._recorded) or self._made > self._failed
        return finished.refusal == "model" or (finished.refusal == "request" and not answered)

    def _record(self, finished: Finished) -> Sample:
        problem = self._problems[finished.job.question.id]
        verdict, grades = self._rules.grade(problem, finished.attempt)
        sample = Sample(
            id=problem.id,
            epoch=finished.job.epoch,
            dataset=problem.dataset,
            verdict=verdict,
            grades=grades,
            attempt=finished.attempt,
            finished=datetime.now(UTC),
            worker=finished.worker,
        )
        self._store.append(sample)
        return sample

    def _stop_soon(self, reason: StopReason, message: str, grace: float | None) -> None:
        """Begin no further attempts, and give up those under way after `grace` seconds; None waits for their end."""
        if self._stop is not None and reason != "interrupted":
            return
        self._stop = reason, message
        self._tell(Stopping(reason, message))
        if grace is not None:
            asyncio.get_running_loop().call_later(grace, self._abandoned.set)


async def _until(abandoned: asyncio.Event, results: AsyncGenerator[Finished, None]) -> AsyncIterator[Finished]:
    """The results until there are no more, or those under way are given up."""
    over = asyncio.create_task(abandoned.wait())
    try:
        while True:
            following = asyncio.ensure_future(anext(results, None))
            try:
                await asyncio.wait({following, over}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                if not following.done():
                    following.cancel()
                    await asyncio.gather(following, return_exceptions=True)
            if following.cancelled() or (finished := following.result()) is None:
                return
            yield finished
    finally:
        over.cancel()


def _told(several: ExceptionGroup[Exception]) -> Exception:
    """The first of several errors, one that is meant for a person if there is any."""
    found: Exception = several.subgroup(SteepestError) or several
    while isinstance(found, ExceptionGroup):
        found = found.exceptions[0]
    return found


@contextmanager
def _on_signals(interrupt: Callable[[], None]) -> Iterator[None]:
    """Have SIGINT and SIGTERM call `interrupt` in the event loop; outside the main thread nobody gets signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()

    def handle(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(interrupt)

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
