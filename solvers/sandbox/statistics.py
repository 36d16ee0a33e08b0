"""Location of few, skewed samples such as running times: the Hodges-Lehmann estimate and its confidence interval.

Hollander, Wolfe, Chicken: Nonparametric Statistical Methods, 3rd ed. 2014, sections 3.2 (estimate) and 3.3 (interval).
Unlike the mean it is not moved by one slow run, and it uses the samples better than the median does.
"""

from collections.abc import Sequence
from math import floor, isfinite, sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from steepest.errors import InputError

MOST_SAMPLES = 2000
"""Of them there are two million Walsh averages, 16 MB."""
_MOST_EXACT = 50
"""Up to so many samples the quantiles of the signed-rank statistic are exact."""

Floats = npt.NDArray[np.float64]


def hodges_lehmann(samples: Sequence[float]) -> float:
    """The median of all n(n+1)/2 averages of two samples, each with itself too.

    Args:
        samples: 1 to 2000 finite numbers.

    Raises:
        InputError: There are none or too many, or one is not finite.
    """
    averages = _walsh_averages(samples)
    middle = len(averages) // 2
    if len(averages) % 2:
        return float(averages[middle])
    return float(_midpoint(averages[middle - 1], averages[middle]))


def wilcoxon_interval(samples: Sequence[float], confidence: float = 0.95) -> tuple[float, float]:
    """The distribution-free confidence interval of the Hodges-Lehmann estimate, by inverting the signed-rank test.

    Its coverage is at least the confidence where the samples are symmetric about their centre. Below 6 samples 95 %
    can't be had (n samples give at most 1 - 2 ** (1 - n)); then it is the full range, smallest to largest sample.

    Args:
        samples: 1 to 2000 finite numbers.
        confidence: Between 0 and 1.

    Raises:
        InputError: There are no samples or too many, one is not finite, or the confidence is not between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise InputError(f"a confidence lies between 0 and 1, not at {confidence!r}")
    averages = _walsh_averages(samples)
    left_out = max(_lower_quantile(len(samples), (1 - confidence) / 2), 0)  # on either side
    return float(averages[left_out]), float(averages[-1 - left_out])


def _walsh_averages(samples: Sequence[float]) -> Floats:
    """Ascending."""
    if not 1 <= len(samples) <= MOST_SAMPLES:
        raise InputError(f"an estimate needs 1 to {MOST_SAMPLES} samples, not {len(samples)}")
    if not all(map(isfinite, samples)):
        raise InputError("an estimate needs finite samples")
    values = np.asarray(samples, dtype=np.float64)
    first, second = np.triu_indices(len(values))
    return np.sort(_midpoint(values[first], values[second]))


def _midpoint(first: Floats, second: Floats) -> Floats:
    """Between the two, the largest numbers included, and exact where they are equal."""
    low, high = np.minimum(first, second), np.maximum(first, second)
    return np.clip(low / 2 + high / 2, low, high)


def _lower_quantile(count: int, tail: float) -> int:
    """The largest q with P(T <= q) <= tail, T the signed-rank statistic of `count` samples; -1 if there is none."""
    if count <= _MOST_EXACT:
        return int(np.searchsorted(np.cumsum(_signed_rank_probabilities(count)), tail, side="right")) - 1
    mean = count * (count + 1) / 4
    deviation = sqrt(count * (count + 1) * (2 * count + 1) / 24)
    return max(floor(mean - 0.5 + NormalDist().inv_cdf(tail) * deviation), -1)


def _signed_rank_probabilities(count: int) -> Floats:
    """P(T = 0), P(T = 1), ...: T adds up those of the ranks 1 to n whose coin shows heads."""
    probabilities = np.ones(1)
    for rank in range(1, count + 1):
        with_rank = np.concatenate([np.zeros(rank), probabilities])
        without = np.concatenate([probabilities, np.zeros(rank)])
        probabilities = (with_rank + without) / 2
    return probabilities
