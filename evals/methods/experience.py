"""The part `+library`: the insights of an experience library, as it was when the run began."""

from dataclasses import dataclass
from functools import cached_property

from steepest.agents.library.library import Library
from steepest.agents.library.retrieval.queries import Query
from steepest.agents.library.retrieval.recall import Recaller, Recalling
from steepest.agents.library.retrieval.recalled import Recall
from steepest.agents.llm.chat import ChatModel
from steepest.evals.methods.settings import Recollection

__all__ = ["RecordedExperience"]


@dataclass(frozen=True)
class RecordedExperience:
    """Finds insights in a library that nobody changes, and counts nothing in it (`Task.recaller`).

    It is opened when it is first asked.
    """

    place: str
    """The run's own copy."""
    settings: Recollection

    async def recall(self, query: Query, model: ChatModel) -> Recall:
        """The insights for a problem.

        Raises:
            LibraryError: The library is not there or can't be read.
            InputError: The embeddings can't be had.
        """
        return await self._recaller.recall(query, model)

    def close(self) -> None:
        """Let go of the file, if it was opened."""
        if "_recaller" in self.__dict__:
            self._recaller.shelf.library.close()

    @cached_property
    def _recaller(self) -> Recaller:
        from steepest.agents.library.embeddings.choice import open_embedder
        from steepest.agents.library.retrieval.shelf import Shelf

        embedder = open_embedder(self.settings.embeddings)
        library = Library.open(self.place, must_exist=True)
        return Recaller(
            Shelf(library, embedder), Recalling(most=self.settings.insights, tokens=self.settings.insight_tokens)
        )
