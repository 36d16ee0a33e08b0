"""The best that are not all the same: maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998).

A library that grew for long has the same thing told for many trades. Of thirty candidates that say one thing, a model
has nothing to choose from.
"""

import numpy as np
from numpy.typing import NDArray

from steepest.agents.library.stores.protocol import Vectors

__all__ = ["spread_out"]

_SAMENESS = 1.0
"""What it costs to be the same as one that is taken, in parts of the distance from the best score to the worst.

More finds more kinds of insights in a large library, and fewer that apply among the first (docs/library.md)."""


def spread_out(scores: NDArray[np.floating], vectors: Vectors, limit: int) -> list[int]:
    """The places of at most `limit` items, each the best of those left, less what it is like one taken before.

    Args:
        scores: Of the items.
        vectors: Their embeddings, of length 1, a row each; no columns where there are none.
        limit: The most of them.
    """
    if not len(scores):
        return []
    cost = _SAMENESS * float(scores.max() - scores.min())
    left = np.array(scores, np.float64)
    alike = np.zeros(len(scores))
    taken: list[int] = []
    for _ in range(min(limit, len(scores))):
        place = int(np.argmax(left - cost * alike))
        taken.append(place)
        left[place] = -np.inf
        if vectors.size:
            alike = np.maximum(alike, vectors @ vectors[place])
    return taken
