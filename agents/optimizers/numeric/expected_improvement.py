"""How much better than the best so far a point can be expected to be (Mockus 1975; Jones, Schonlau and Welch 1998)."""

import math

__all__ = ["expected_improvement"]


def expected_improvement(mean: float, spread: float, best: float) -> float:
    """The mean of max(y - best, 0) for a normal y, larger being better.

    Args:
        mean: Of y.
        spread: Its standard deviation, 0 or more; of 0, y is its mean.
        best: What is to be surpassed.
    """
    gain = mean - best
    if spread <= 0:
        return max(gain, 0.0)
    ratio = gain / spread
    below = math.erfc(-ratio / math.sqrt(2)) / 2
    density = math.exp(-ratio * ratio / 2) / math.sqrt(2 * math.pi)
    return max(gain * below + spread * density, 0.0)  # the two cancel out far below the best, to rounding's last digit
