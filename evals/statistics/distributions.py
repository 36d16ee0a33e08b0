"""What is measured on a scale (tokens, money, seconds, rounds), in five figures."""

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict

__all__ = ["Distribution", "distribution"]


class Distribution(BaseModel):
    """Measurements in short; None where there is none."""

    model_config = ConfigDict(frozen=True)

    n: int
    """How many were measured."""
    unknown: int = 0
    """How many more there are of which nothing was measured, such as calls without a known price."""
    total: float | None = None
    """Of those measured."""
    mean: float | None = None
    median: float | None = None
    p90: float | None = None
    p99: float | None = None
    maximum: float | None = None


def distribution(values: Sequence[float], unknown: int = 0) -> Distribution:
    """Sum, mean and quantiles, the latter by linear interpolation (type 7 of Hyndman and Fan 1996)."""
    if not len(values):
        return Distribution(n=0, unknown=unknown)
    measured = np.asarray(values, dtype=float)
    median, p90, p99 = np.quantile(measured, (0.5, 0.9, 0.99))
    return Distribution(
        n=len(measured),
        unknown=unknown,
        total=float(measured.sum()),
        mean=float(measured.mean()),
        median=float(median),
        p90=float(p90),
        p99=float(p99),
        maximum=float(measured.max()),
    )
