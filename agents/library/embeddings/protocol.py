"""What turns texts into vectors."""

from collections.abc import Sequence
from typing import Protocol

from steepest.agents.library.stores.protocol import Vectors

__all__ = ["Embedder"]


class Embedder(Protocol):
    """Texts into vectors of length 1, so that a product of two is their cosine."""

    @property
    def space(self) -> str:
        """Model and version: vectors of different spaces can't be compared, and are kept apart."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row per text, of the same number of columns; a row of zeros for a text with nothing in it."""
