"""Two methods on the same problems: exact tests, intervals by resampling, and correction for several tests."""

import math
from collections.abc import Hashable, Sequence

import numpy as np

from steepest.evals.statistics.proportions import LEVEL

__all__ = ["bootstrap_difference", "holm", "mcnemar", "mcnemar_mid_p"]

_CHUNK = 2_000_000
"""Numbers that resampling holds at a time."""


def mcnemar(only_first: int, only_second: int) -> float:
    """Two-sided exact p value that both methods are right equally often (McNemar 1947, the exact binomial form).

    Args:
        only_first: Problems that the first method alone solved.
        only_second: Problems that the second alone solved.

    Returns:
        1 where there is no such problem.
    """
    n, fewer = only_first + only_second, min(only_first, only_second)
    return min(1.0, 2 * _tail(n, fewer) / (1 << n))


def mcnemar_mid_p(only_first: int, only_second: int) -> float:
    """The same with half of the observed case's probability, which is less conservative (Fagerland et al. 2013)."""
    n, fewer = only_first + only_second, min(only_first, only_second)
    if only_first == only_second:
        return 1.0
    return (2 * _tail(n, fewer) - math.comb(n, fewer)) / (1 << n)


def _tail(n: int, upto: int) -> int:
    """The sum of binomial coefficients (n over 0) to (n over upto)."""
    total, term = 0, 1
    for count in range(upto + 1):
        total += term
        term = term * (n - count) // (count + 1)
    return total


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p values for several tests (Holm 1979), in the order given: the family's error rate is kept."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = largest
    return adjusted


def bootstrap_difference(
    differences: Sequence[float],
    groups: Sequence[Hashable],
    *,
    draws: int = 10_000,
    seed: int = 0,
    level: float = LEVEL,
) -> tuple[float, float] | None:
    """Percentile interval of a mean difference, resampling whole groups (Efron and Tibshirani 1993, ch. 13).

    Args:
        differences: For each problem, the second method's share of right attempts less the first's.
        groups: For each problem, which story it tells: problems of one story are drawn together.
        draws: Samples drawn.
        seed: Of the draws.
        level: Confidence level.

    Returns:
        None with fewer than two groups, and where all differences are equal: resampling shows no spread then.
    """
    numbers: dict[Hashable, int] = {}
    place = [numbers.setdefault(group, len(numbers)) for group in groups]
    if len(numbers) < 2 or min(differences) == max(differences):
        return None
    sums = np.bincount(place, weights=np.asarray(differences, dtype=float))
    kinds, counts = np.unique(np.column_stack((sums, np.bincount(place))), axis=0, return_counts=True)
    random, means, left = np.random.default_rng(seed), [], draws
    while left:
        now = min(left, max(1, _CHUNK // len(kinds)))
        # Groups of the same sum and size are exchangeable, so that drawing how many of each kind is enough.
        drawn = random.multinomial(len(sums), counts / len(sums), size=now) @ kinds
        means.append(drawn[:, 0] / drawn[:, 1])
        left -= now
    low, high = np.quantile(np.concatenate(means), ((1 - level) / 2, (1 + level) / 2))
    return float(low), float(high)
