"""What is told while a run goes on: the runner's events, and what a live table makes of them."""

import math
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, TypeAlias

from steepest.evals.engines.protocol import Job
from steepest.evals.samples import Sample, SampleKey, Verdict

__all__ = [
    "AttemptStarted",
    "Event",
    "Listener",
    "Progress",
    "RunStarted",
    "SampleFinished",
    "Stopping",
    "Tally",
    "TimeLeft",
]


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The runner knows what is to be done."""

    total: int
    """Samples that the run has when it is complete."""
    recorded: Mapping[Verdict, int] = field(default_factory=dict)
    """Of an earlier start of the same run, by verdict: what is kept and not done again."""


@dataclass(frozen=True, slots=True)
class AttemptStarted:
    """A worker took a problem."""

    job: Job


@dataclass(frozen=True, slots=True)
class SampleFinished:
    """A sample was graded and is kept."""

    sample: Sample


@dataclass(frozen=True, slots=True)
class Stopping:
    """No further attempts are begun; those under way may end."""

    reason: Literal["interrupted", "budget", "errors"]
    message: str = ""


Event: TypeAlias = RunStarted | AttemptStarted | SampleFinished | Stopping
Listener: TypeAlias = Callable[[Event], None]
"""Called in the runner's event loop: it must be quick and must not raise."""

_PACE_SECONDS = 300.0
"""Over which tokens a minute are counted: longer than most attempts, whose tokens are known when they end."""
_FEWEST_GAPS = 5
"""Finished samples before the time left is guessed."""
_QUANTILE = 1.645
"""Of the normal distribution, for 90 % of the cases."""


@dataclass(slots=True)
class Tally:
    """Totals over samples; adding one costs the same however many there were."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    measured: int = 0
    """Samples whose tokens and money are in the totals below."""
    tokens: int = 0
    """Read and written, of the attempts whose provider counted them."""
    uncounted: int = 0
    """Attempts whose tokens are not known."""
    cost: Decimal = Decimal(0)
    """US dollars, of the attempts whose price is known."""
    unpriced: int = 0
    """Attempts whose price is not known."""

    def add(self, sample: Sample) -> None:
        """Count a sample in."""
        spent = sample.attempt.spent
        self.verdicts[sample.verdict] += 1
        self.measured += 1
        if spent.input_tokens is None or spent.output_tokens is None:
            self.uncounted += 1
        else:
            self.tokens += spent.input_tokens + spent.output_tokens
        if spent.cost is None:
            self.unpriced += 1
        else:
            self.cost += spent.cost

    @property
    def samples(self) -> int:
        """How many were counted."""
        return self.verdicts.total()

    @property
    def correct(self) -> int:
        """Right by the strict profile."""
        return self.verdicts["correct"]

    @property
    def infrastructure_errors(self) -> int:
        """Those that say nothing about the method."""
        return self.verdicts["infrastructure_error"]

    @property
    def wrong(self) -> int:
        """Graded and not right."""
        return self.samples - self.correct - self.infrastructure_errors


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """Seconds until the run is complete, with the range that should hold in nine of ten cases."""

    expected: float
    low: float
    high: float


class Progress:
    """The state of a run as its events tell it; nothing here is asked of the run itself.

    Args:
        clock: Seconds, from anywhere.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._last = self._began
        self._gaps = _Spread()
        self._recent: deque[tuple[float, int]] = deque()
        self.total = 0
        self.tally = Tally()
        """Verdicts of all that the run has; tokens and money since this start."""
        self.current: dict[SampleKey, float] = {}
        """Attempts under way, with the time at which each began."""
        self.stopping: Stopping | None = None

    def receive(self, event: Event) -> None:
        """Take an event in."""
        match event:
            case RunStarted():
                self.total = event.total
                self.tally.verdicts.update(event.recorded)
                self._began = self._last = self._clock()
            case AttemptStarted():
                self.current[SampleKey(event.job.question.id, event.job.epoch)] = self._clock()
            case SampleFinished():
                self._finish(event.sample)
            case Stopping():
                self.stopping = event

    @property
    def done(self) -> int:
        """Samples that the run has."""
        return self.tally.samples

    @property
    def seconds(self) -> float:
        """Since this start."""
        return self._clock() - self._began

    @property
    def longest_under_way(self) -> list[tuple[SampleKey, float]]:
        """Attempts under way with their seconds, the longest first."""
        now = self._clock()
        return [(key, now - began) for key, began in sorted(list(self.current.items()), key=lambda item: item[1])]

    @property
    def tokens_per_minute(self) -> float | None:
        """Of the attempts that ended within the last five minutes; None before the first."""
        now = self._clock()
        window = min(_PACE_SECONDS, now - self._began)
        recent = [tokens for at, tokens in list(self._recent) if at >= now - _PACE_SECONDS]
        return 60 * sum(recent) / window if recent and window > 0 else None

    def time_left(self) -> TimeLeft | None:
        """When the rest will be done; None while too few have ended to say.

        The rest takes as many gaps between two ends as there are samples left. Their sum has the variance of the rest's
        own gaps and of the mean that is estimated from those seen.
        """
        remaining = self.total - self.done
        if self._gaps.n < _FEWEST_GAPS or remaining <= 0:
            return None
        waited = self._clock() - self._last
        expected = max(remaining * self._gaps.mean - waited, 0.0)
        spread = _QUANTILE * self._gaps.deviation * math.sqrt(remaining + remaining**2 / self._gaps.n)
        return TimeLeft(expected, max(expected - spread, 0.0), expected + spread)

    def _finish(self, sample: Sample) -> None:
        now, spent = self._clock(), sample.attempt.spent
        self.current.pop(sample.key, None)
        self.tally.add(sample)
        self._gaps.add(now - self._last)
        self._last = now
        self._recent.append((now, (spent.input_tokens or 0) + (spent.output_tokens or 0)))
        while self._recent[0][0] < now - _PACE_SECONDS:
            self._recent.popleft()


@dataclass(slots=True)
class _Spread:
    """Mean and deviation of numbers as they come (Welford 1962)."""

    n: int = 0
    mean: float = 0.0
    _squares: float = 0.0

    def add(self, value: float) -> None:
        self.n += 1
        before = value - self.mean
        self.mean += before / self.n
        self._squares += before * (value - self.mean)

    @property
    def deviation(self) -> float:
        return math.sqrt(self._squares / (self.n - 1)) if self.n > 1 else 0.0
