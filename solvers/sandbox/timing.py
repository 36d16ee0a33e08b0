"""Timing a function from outside of its process: the protocol of `inside/timing.py`, and what its clocks amount to.

The kernel keeps the processor time of every process and its parent may read it, so nothing that the timed code does to
its own clocks changes a figure. A function that remembers its results is timed remembering them: that is its own merit.
"""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple, Protocol

from steepest.errors import InputError
from steepest.solvers.sandbox.decoding import UnreadableError, decoded_call, decoded_failure, decoded_line
from steepest.solvers.sandbox.errors import SandboxUnavailableError
from steepest.solvers.sandbox.inside.timing import READY
from steepest.solvers.sandbox.instructions import read_count
from steepest.solvers.sandbox.outcomes import Failure, Raised, Returned, TimingReport
from steepest.solvers.sandbox.statistics import MOST_SAMPLES, hodges_lehmann, wilcoxon_interval

_EMPTY_CALLS = 9


class CallFailedError(Exception):
    """The source gives no such function, or a call of it raised."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class TimedJob(Protocol):
    """What of a running job the timing needs."""

    pid: int
    """Of the process that runs the code, as this process sees it."""
    counter: int | None
    """Descriptor of its counter of instructions."""

    def send(self, data: bytes) -> None:
        """Hand data to the job."""
        ...

    def read_line(self) -> bytes:
        """The next line of its result, without the newline."""
        ...

    def is_ahead(self) -> bool:
        """Whether it has sent more than was read."""
        ...


class Reading(NamedTuple):
    """What was used up to a moment, or between two."""

    wall_seconds: float
    cpu_seconds: float
    instructions: int | None


Clocks = Callable[[], Reading]


@dataclass(frozen=True, slots=True)
class Measurements:
    """What was read while a job answered."""

    empty: tuple[Reading, ...]
    """Of calls that do nothing."""
    first: Reading
    calls: tuple[Reading, ...]
    value: object
    cpu_loaded: float
    """Processor time that the process had used when the source was loaded."""


def time_calls(job: TimedJob, call: bytes, repeats: int, clocks: Clocks | None = None) -> Measurements:
    """Time a job that has been sent its request.

    Args:
        job: The job.
        call: The arguments as JSON; the job learns them only when its source is loaded, so that nothing can be
            computed from them before the first call.
        repeats: How often the function is called after its first call, 1 to 2000 times.
        clocks: What is read before and after each call; those of the job's process if None.

    Raises:
        InputError: `repeats` is not between 1 and 2000.
        CallFailedError: There is no such function, or a call raised.
        UnreadableError: An answer is none of the protocol's, or came before its question.
        JobEndedError: The job ended before its last answer (from `job.read_line`).
    """
    require_repeats(repeats)
    _await_ready(job)
    bench = _Bench(job, clocks or clocks_of(job))
    cpu_loaded = bench.clocks().cpu_seconds
    bench.ask(b"a" + call + b"\n")
    empty = tuple(bench.measured(b"e") for _ in range(_EMPTY_CALLS))
    first = bench.measured(b"c")
    calls = tuple(bench.measured(b"c") for _ in range(repeats))
    return Measurements(empty, first, calls, bench.value(), cpu_loaded)


def timing_report(measured: Measurements, cpu_at_end: float) -> TimingReport:
    """What the measurements come to.

    Args:
        measured: Of a job that has ended since.
        cpu_at_end: Processor time that its process used in all, in seconds.
    """
    overhead = median(each.cpu_seconds for each in measured.empty)
    wall_overhead = median(each.wall_seconds for each in measured.empty)
    cpu = _beyond(overhead, [each.cpu_seconds for each in measured.calls])
    inside = measured.first.cpu_seconds + sum(each.cpu_seconds for each in measured.calls)
    return TimingReport(
        value=measured.value,
        first_seconds=max(measured.first.cpu_seconds - overhead, 0.0),
        cpu_seconds=cpu,
        wall_seconds=_beyond(wall_overhead, [each.wall_seconds for each in measured.calls]),
        instructions=_instructions(measured.empty, measured.calls),
        overhead_seconds=overhead,
        load_seconds=measured.cpu_loaded,
        unmeasured_seconds=max(cpu_at_end - measured.cpu_loaded - inside, 0.0),
        estimate=hodges_lehmann(cpu),
        interval=wilcoxon_interval(cpu),
    )


def require_repeats(repeats: int) -> None:
    """Before a job is started for them.

    Raises:
        InputError: There are none or too many.
    """
    if not 1 <= repeats <= MOST_SAMPLES:
        raise InputError(f"a function is timed 1 to {MOST_SAMPLES} times, not {repeats}")


def clocks_of(job: TimedJob) -> Clocks:
    """The clocks of a job's process, as the kernel keeps them.

    Raises:
        SandboxUnavailableError: This system does not tell the processor time of another process.
    """
    if sys.platform != "linux":
        raise SandboxUnavailableError(f"timing reads a clock that Linux keeps of every process, and {sys.platform} not")
    processor = cpu_clock(job.pid)

    def read() -> Reading:
        count = None if job.counter is None else read_count(job.counter)
        return Reading(time.perf_counter(), time.clock_gettime(processor), count)

    return read


def cpu_clock(pid: int) -> int:
    """The id of another process's clock of processor time (Linux, `clock_getcpuclockid(3)`)."""
    scheduler_time = 2
    return (~pid << 3) | scheduler_time


def _await_ready(job: TimedJob) -> None:
    line = job.read_line()
    if line == READY:
        return
    match decoded_line(line):
        case {"failure": failure, **rest} if not rest:
            raise CallFailedError(decoded_failure(failure))
        case _:
            raise UnreadableError


@dataclass(frozen=True, slots=True)
class _Bench:
    """A job that is ready, and what it is measured with."""

    job: TimedJob
    clocks: Clocks

    def measured(self, request: bytes) -> Reading:
        """What one call used; its preparation is not counted."""
        self.ask(b"p")
        before = self.clocks()
        self.ask(request)
        return _difference(self.clocks(), before)

    def value(self) -> object:
        """What the last call returned."""
        self.job.send(b"v")
        match decoded_call(self.job.read_line()):
            case Returned(value):
                return value
            case Raised(failure):
                raise CallFailedError(failure)

    def ask(self, request: bytes) -> None:
        """Send a request and wait for its answer."""
        if self.job.is_ahead():  # an answer before its question is forged
            raise UnreadableError
        self.job.send(request)
        if line := self.job.read_line():
            match decoded_call(line):
                case Raised(failure):
                    raise CallFailedError(failure)
                case _:
                    raise UnreadableError


def _difference(later: Reading, earlier: Reading) -> Reading:
    counted = later.instructions is not None and earlier.instructions is not None
    return Reading(
        later.wall_seconds - earlier.wall_seconds,
        later.cpu_seconds - earlier.cpu_seconds,
        (later.instructions or 0) - (earlier.instructions or 0) if counted else None,
    )


def _beyond(overhead: float, samples: Sequence[float]) -> tuple[float, ...]:
    return tuple(max(each - overhead, 0.0) for each in samples)


def _instructions(empty: Sequence[Reading], calls: Sequence[Reading]) -> tuple[int, ...] | None:
    """Of each call; None if the counter was missing for any of them."""
    of_empty = [each.instructions for each in empty if each.instructions is not None]
    of_calls = [each.instructions for each in calls if each.instructions is not None]
    if len(of_empty) < len(empty) or len(of_calls) < len(calls):
        return None
    overhead = int(median(of_empty))
    return tuple(max(each - overhead, 0) for each in of_calls)
