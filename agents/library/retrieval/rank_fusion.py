"""Rankings whose scores can't be compared, added up by ranks (Cormack, Clarke and Büttcher, SIGIR 2009)."""

from collections.abc import Iterable

__all__ = ["fused"]

_DAMPING = 60
"""The constant of reciprocal rank fusion, as in the paper: how little the first rank is worth above the tenth."""


def fused(ranks: Iterable[int]) -> float:
    """The score of something by its ranks, from 1, in the rankings that hold it."""
    return sum(1 / (_DAMPING + rank) for rank in ranks)
