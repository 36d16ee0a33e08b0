"""The words of insights in memory, scored by BM25 (Robertson and Zaragoza, Foundations and Trends 2009).

All words of a problem count. A full-text index takes longer the more insights hold a word, so that it can be asked for
the rarest words only: those of the trade, which say the least about how to model it.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

__all__ = ["Postings"]

_SATURATION = 1.2
_BY_LENGTH = 0.75
"""k1 and b of the paper, with the values that SQLite's and most other indexes have."""
_LEAST = 1e-6
"""Weight of a word that is in more than half of the insights."""
_MOST_TERMS = 64
"""Of a query, the rarest: a bound on what a long text costs."""


class Postings:
    """Which insights hold a word, and how often.

    Args:
        documents: The words of each insight.
    """

    def __init__(self, documents: Iterable[Sequence[str]]) -> None:
        self._held: dict[str, tuple[NDArray[np.int32], NDArray[np.float32]]] = {}
        places: dict[str, array[int]] = defaultdict(lambda: array("i"))
        counts: dict[str, array[int]] = defaultdict(lambda: array("i"))
        lengths = array("i")
        for place, words in enumerate(documents):
            lengths.append(len(words))
            for term, count in Counter(words).items():
                places[term].append(place)
                counts[term].append(count)
        self._size = len(lengths)
        all_lengths = np.array(lengths, np.float32)
        average = float(all_lengths.mean()) if self._size else 0.0
        damping = _SATURATION * (1 - _BY_LENGTH + _BY_LENGTH * all_lengths / max(average, 1.0))
        for term, listed in places.items():
            rows = np.array(listed, np.int32)
            many = np.array(counts[term], np.float32)
            self._held[term] = rows, np.asarray(many * (_SATURATION + 1) / (many + damping[rows]), np.float32)

    def scores(self, terms: Iterable[str]) -> NDArray[np.float32]:
        """The score of each insight, 0 where none of the words is in it."""
        scores = np.zeros(self._size, np.float32)
        known = sorted((len(self._held[term][0]), term) for term in set(terms) if term in self._held)
        for holders, term in known[:_MOST_TERMS]:
            rows, weights = self._held[term]
            scores[rows] += weights * max(log((self._size - holders + 0.5) / (holders + 0.5)), _LEAST)
        return scores
