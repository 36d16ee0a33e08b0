"""Shares with their number and interval."""

import math
from collections.abc import Iterable
from statistics import NormalDist

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["LEVEL", "Proportion", "mean_proportion", "proportion", "wilson_interval"]

LEVEL = 0.95
"""Of every interval that the reports show."""


class Proportion(BaseModel):
    """A share of something, with what it is a share of; all three figures are None where there is nothing to share."""

    model_config = ConfigDict(frozen=True)

    successes: float
    """How many; a fraction where repeated attempts at one problem count as one."""
    n: int = Field(ge=0)
    """Of how many."""
    rate: float | None = None
    low: float | None = None
    """Lower end of the 95 % Wilson interval."""
    high: float | None = None
    """Upper end."""

    def __str__(self) -> str:
        if self.rate is None or self.low is None or self.high is None:
            return "nothing to share (n = 0)"
        return f"{100 * self.rate:.1f} % ({100 * self.low:.1f} to {100 * self.high:.1f} %, n = {self.n:,})"


def wilson_interval(successes: float, n: int, level: float = LEVEL) -> tuple[float, float]:
    """The score interval of a share (Wilson 1927, without continuity correction).

    Args:
        successes: From 0 to `n`; fractions are allowed.
        n: At least 1.
        level: Confidence level between 0 and 1.
    """
    z = NormalDist().inv_cdf((1 + level) / 2)
    rate = successes / n
    centre = rate + z * z / (2 * n)
    spread = z * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, min(rate, (centre - spread) / scale)), min(1.0, max(rate, (centre + spread) / scale))


def proportion(successes: float, n: int) -> Proportion:
    """A share with its Wilson interval."""
    if n == 0:
        return Proportion(successes=0, n=0)
    low, high = wilson_interval(successes, n)
    return Proportion(successes=successes, n=n, rate=successes / n, low=low, high=high)


def mean_proportion(shares: Iterable[float]) -> Proportion:
    """The mean of shares, with the interval of as many single trials.

    A share is that of the repetitions of one problem, or of the problems of one story. Counting each as one trial is
    what the interval may rest on at the least: repetitions of a problem are no new problems.
    """
    listed = list(shares)
    return proportion(math.fsum(listed), len(listed))
