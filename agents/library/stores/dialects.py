"""What a database does in its own way, so that all else of a store is written once (`sql_store`)."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from steepest.agents.library.stores.protocol import Vectors

__all__ = ["Dialect"]


class Dialect(Protocol):
    """A database. Statements mark their arguments with `?`; it turns them into its own."""

    @property
    def place(self) -> str:
        """Where it is, as a person may see it."""

    @property
    def tables(self) -> tuple[str, ...]:
        """Its own tables: the index of words, and the embeddings."""

    def connect(self) -> Any:
        """A connection; no transaction is open.

        Raises:
            LibraryError: What is there is no library.
        """

    def has_library(self, database: Any) -> bool:
        """Whether the tables of a library are there.

        Raises:
            LibraryError: Something else is.
        """

    def told(self) -> AbstractContextManager[None]:
        """Turns what the database raises into a `LibraryError`."""

    def writing(self, database: Any) -> AbstractContextManager[None]:
        """A transaction that is the only one that writes; put back where it raises."""

    def run(self, database: Any, statement: str, arguments: Sequence[object]) -> Any:
        """Carry out a statement; a cursor with its rows."""

    def run_many(self, database: Any, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Carry out a statement for each row of arguments."""

    def index(self, database: Any, terms: Mapping[str, Sequence[str]]) -> None:
        """Put the words of insights into the index in place of what is there; no terms take one out."""

    def matching(self, database: Any, terms: Sequence[str], limit: int) -> list[tuple[str, float]]:
        """Ids and scores by BM25 of the insights in which terms are, the best first."""

    def keep_vectors(self, database: Any, rows: Sequence[tuple[str, str, int, Vectors]]) -> None:
        """Put embeddings (insight, space, version, vector) in place of what is there."""

    def vectors(self, database: Any, space: str) -> tuple[list[str], Vectors]:
        """Ids, in their order, and embeddings of a space that belong to the insights as they are."""

    def nearest(self, database: Any, space: str, vector: Vectors, limit: int) -> list[tuple[str, float]] | None:
        """Ids and cosines of the active insights nearest to a vector; None where the database can't compare."""
