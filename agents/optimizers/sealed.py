"""The figure at the end, on examples that no choice has seen: the best candidate beside the seed, pair by pair."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from steepest.agents.optimizers.examples import digest_of_examples
from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.evaluations import Evaluations
from steepest.agents.optimizers.search.rollouts import Example, mean_score
from steepest.agents.optimizers.search.search import Search
from steepest.agents.optimizers.search.values import Values, digest_of
from steepest.errors import InputError

__all__ = ["SealedTest", "sealed_test"]

RESAMPLES = 10_000
LEAST = 8
"""Pairs from which on there is an interval: that of fewer is far too narrow, as they seldom show how gains differ. Of
gains of 0 or 1, three in ten being 1, it holds the truth in 62 % of the cases with 3 pairs, and in 80 % with 5."""
BLOCK = 1_000_000
"""Numbers that are drawn at once."""


@dataclass(frozen=True, slots=True)
class SealedTest:
    """Scores on the sealed split."""

    seed: float
    """The mean score of the values that the search began with."""
    best: float
    """That of the best candidate's."""
    low: float | None
    high: float | None
    """A 95 % interval of the gain: bootstrap over the pairs, percentiles (Efron and Tibshirani 1993, ch. 13). None of
    fewer than 8 pairs, and where all gains are equal: those don't show how gains differ."""
    n: int
    recurring: int = 0
    """Examples of the test whose data are among those to learn from or to rank by, too: choices have seen them."""

    @property
    def gain(self) -> float:
        """How much better the best candidate is."""
        return self.best - self.seed

    def __str__(self) -> str:
        scores = f"{self.seed:.4g} to {self.best:.4g}, gain {self.gain:+.4g}"
        has_interval = self.low is not None and self.high is not None
        interval = f"[{self.low:+.4g}, {self.high:+.4g}]" if has_interval else f"({self.why_no_interval})"
        return "; ".join(filter(None, (f"{scores} {interval}, n = {self.n}", self.warning)))

    @property
    def why_no_interval(self) -> str:
        """Why there is no interval, in words; empty where there is one."""
        if self.low is not None:
            return ""
        return f"no interval of fewer than {LEAST} pairs" if self.n < LEAST else "no interval, all gains are equal"

    @property
    def warning(self) -> str:
        """What is wrong with the figure, in words; empty where nothing is."""
        if not self.recurring:
            return ""
        verb = "recurs" if self.recurring == 1 else "recur"
        return f"too high: {self.recurring:,} of the {self.n:,} test examples {verb} in the data or the validation"


def calls_for_the_test(evaluations: Evaluations, seed: Values, test: Sequence[Example]) -> int:
    """The metric calls that a test at the end may take: for the best candidate, and for the seed where a test that an
    earlier budget has allowed for has not run it yet.
    """
    digest = digest_of(seed)
    return len(test) + sum(evaluations.find(digest, "test", each.key) is None for each in test)


async def sealed_test(search: Search, best: Candidate) -> SealedTest | None:
    """Open the sealed split; None if there is none. It is paid for with what was set aside for it."""
    keys = search.keys("test")
    if not keys:
        return None
    search.begin(search.TEST_STEP)
    search.spending.set_aside = 0
    seed, chosen = await search.evaluate([search.pool[0], best], keys, "test")
    low, high = interval([b.score - a.score for a, b in zip(seed, chosen, strict=True)], search.seed)
    seen = [*search.examples("train"), *search.examples("validation")]
    recurring = count_recurring(search.examples("test"), seen)
    return SealedTest(mean_score(seed), mean_score(chosen), low, high, len(keys), recurring)


def interval(gains: Sequence[float], seed: int) -> tuple[float, float] | tuple[None, None]:
    """A 95 % interval of the mean gain, the same for the same seed; None where the gains are too few or all equal."""
    values = np.asarray(gains)
    if len(values) < LEAST or np.ptp(values) == 0:
        return None, None
    source = np.random.default_rng(seed)
    rows = max(1, BLOCK // len(values))
    blocks = (min(rows, RESAMPLES - done) for done in range(0, RESAMPLES, rows))
    means = [values[source.integers(0, len(values), (count, len(values)))].mean(axis=1) for count in blocks]
    low, high = np.percentile(np.concatenate(means), (2.5, 97.5))
    return float(low), float(high)


def count_recurring(test: Iterable[Example], seen: Iterable[Example]) -> int:
    """How many examples of a test have the data of others, whatever their keys and ids."""
    known = {_content(each) for each in seen}
    return sum(_content(each) in known for each in test)


def _content(example: Example) -> str:
    data = example.data
    if isinstance(data, Mapping):
        data = {name: value for name, value in data.items() if name != "id"} or data
    try:
        return digest_of_examples([Example("", data)])
    except InputError:  # of an object that can't be written, only the same one is known again
        return f"object {id(example.data)}"
