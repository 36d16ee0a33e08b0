"""The cues of insights, compared with a query's all at once."""

import numpy as np
from numpy.typing import NDArray

from steepest.agents.library.stores.protocol import Vectors

__all__ = ["CueIndex"]

_LEAST = 0.05
"""Weight of a cue that nearly all insights have."""
_BY_LENGTH = 0.6
"""How much an insight with many cues is held back: 0 is not at all, 1 is the cosine."""


class CueIndex:
    """Cues weighted by how few insights have them (`CueReader.embed`).

    Args:
        rows: A row for each insight, with a 1 for each cue.
    """

    def __init__(self, rows: Vectors) -> None:
        holders = rows.sum(axis=0)
        self._weights = np.maximum(np.log((len(rows) + 1) / (holders + 0.5)), _LEAST).astype(np.float32)
        weighted = rows * self._weights
        lengths = np.linalg.norm(weighted, axis=1, keepdims=True)
        self._rows = weighted / np.where(lengths > 0, lengths, 1) ** np.float32(_BY_LENGTH)

    def scores(self, asked: Vectors) -> NDArray[np.float32]:
        """How much each insight has of the cues asked for; 0 where it has none of them."""
        return np.asarray(self._rows @ (asked * self._weights), np.float32)
