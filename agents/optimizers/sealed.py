"""The figure at the end, on examples that no choice has seen: the best candidate beside the seed, pair by pair."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.rollouts import mean_score
from steepest.agents.optimizers.search.search import Search

__all__ = ["SealedTest", "sealed_test"]

RESAMPLES = 10_000


@dataclass(frozen=True, slots=True)
class SealedTest:
    """Scores on the sealed split."""

    seed: float
    """The mean score of the values that the search began with."""
    best: float
    """That of the best candidate's."""
    low: float
    high: float
    """A 95 % interval of the gain: bootstrap over the pairs, percentiles (Efron and Tibshirani 1993, ch. 13)."""
    n: int

    @property
    def gain(self) -> float:
        """How much better the best candidate is."""
        return self.best - self.seed

    def __str__(self) -> str:
        interval = f"[{self.low:+.4g}, {self.high:+.4g}]"
        return f"{self.seed:.4g} to {self.best:.4g}, gain {self.gain:+.4g} {interval}, n = {self.n}"


async def sealed_test(search: Search, best: Candidate) -> SealedTest | None:
    """Open the sealed split; None if there is none. It is paid for with what was set aside for it."""
    keys = search.keys("test")
    if not keys:
        return None
    search.begin(search.TEST_STEP)
    search.spending.set_aside = 0
    seed, chosen = await search.evaluate([search.pool[0], best], keys, "test")
    low, high = _interval([b.score - a.score for a, b in zip(seed, chosen, strict=True)], search.seed)
    return SealedTest(mean_score(seed), mean_score(chosen), low, high, len(keys))


def _interval(gains: Sequence[float], seed: int) -> tuple[float, float]:
    values = np.asarray(gains)
    drawn = np.random.default_rng(seed).integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.percentile(values[drawn].mean(axis=1), (2.5, 97.5))
    return float(low), float(high)
