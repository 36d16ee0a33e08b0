"""Embeddings without a model: words and the letters within them, hashed into a fixed number of columns.

Feature hashing (Weinberger et al., "Feature hashing for large scale multitask learning", ICML 2009) with signs, so that
collisions cancel on average; letter n-grams find `scheduling` by `schedule`.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from math import log

import numpy as np

from steepest.agents.library.stores.protocol import Vectors
from steepest.agents.library.words import stems

__all__ = ["HashedNgrams"]

_LETTERS = 4
_WEIGHT_OF_LETTERS = 0.3
"""Of an n-gram of letters beside a whole word, of which there are fewer."""


class HashedNgrams:
    """Words, pairs of words and letters within words as columns chosen by a hash.

    Args:
        dimensions: Columns.
        seed: Of the hash.
    """

    def __init__(self, dimensions: int = 256, seed: int = 0) -> None:
        self.dimensions = dimensions
        self.seed = seed

    @property
    def space(self) -> str:
        """What decides the vectors."""
        return f"hashed-ngrams-1/{self.dimensions}/{self.seed}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row per text, of length 1 unless there is no word in it."""
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in zip(rows, texts, strict=True):
            counts = Counter(_features(stems(text)))
            places = [_place(feature, self.dimensions, self.seed) for feature, _ in counts]
            weights = [weight * (1 + log(count)) for (_, weight), count in counts.items()]
            signed = [sign * weight for (_, sign), weight in zip(places, weights, strict=True)]
            row[:] = np.bincount([column for column, _ in places], signed, self.dimensions)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return (rows / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def _features(words: Sequence[str]) -> Iterator[tuple[str, float]]:
    for word in words:
        yield from _features_of_word(word)
    for pair in pairwise(words):
        yield " ".join(pair), 1.0


@lru_cache(1 << 15)
def _features_of_word(word: str) -> list[tuple[str, float]]:
    padded = f"<{word}>"
    starts = range(len(padded) - _LETTERS + 1)
    return [(word, 1.0), *((padded[start : start + _LETTERS], _WEIGHT_OF_LETTERS) for start in starts)]


@lru_cache(1 << 17)
def _place(feature: str, dimensions: int, seed: int) -> tuple[int, int]:
    """A feature's column and sign."""
    digest = hashlib.blake2b(feature.encode(), digest_size=8, salt=seed.to_bytes(8, "little")).digest()
    number = int.from_bytes(digest, "little")
    return (number >> 1) % dimensions, 1 if number & 1 else -1
