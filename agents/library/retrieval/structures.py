"""The structures of insights as bits, compared with a query's all at once."""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["Structures"]

_BITS = 64


class Structures:
    """A bit for each feature that any insight has.

    Args:
        fingerprints: The features of each insight.
    """

    def __init__(self, fingerprints: Sequence[Collection[str]]) -> None:
        features = sorted({feature for each in fingerprints for feature in each})
        self._places = {feature: place for place, feature in enumerate(features)}
        rows = [self._row(each) for each in fingerprints]
        self._bits = np.array(rows, np.uint64).reshape(len(rows), len(features) // _BITS + 1)
        self._sizes = np.bitwise_count(self._bits).sum(axis=1, dtype=np.int64)

    def scores(self, fingerprint: Collection[str]) -> NDArray[np.float32]:
        """The Jaccard index of each insight's features and these; 0 where there are none to compare."""
        known = self._row([feature for feature in fingerprint if feature in self._places])
        both = np.bitwise_count(self._bits & known).sum(axis=1, dtype=np.int64)
        either = self._sizes + len(set(fingerprint)) - both
        return np.asarray(both / np.maximum(either, 1), np.float32)

    def _row(self, features: Collection[str]) -> NDArray[np.uint64]:
        row = np.zeros(len(self._places) // _BITS + 1, np.uint64)
        for feature in features:
            place = self._places[feature]
            row[place // _BITS] |= np.uint64(1 << place % _BITS)
        return row
