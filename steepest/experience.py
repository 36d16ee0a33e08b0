"""The experience library beside solves: asked for insights for each problem, and told which of them it was given."""

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from steepest.errors import InputError

if TYPE_CHECKING:
    from steepest.agents.library.events import Outcome
    from steepest.agents.library.library import Library
    from steepest.agents.library.retrieval.queries import Query
    from steepest.agents.library.retrieval.recall import Recaller
    from steepest.agents.library.retrieval.recalled import Recall
    from steepest.agents.library.stores.protocol import LibraryError
    from steepest.agents.llm import ChatModel

__all__ = ["Experience", "consulted"]

AUTHOR = "solve"
MOST_INSIGHTS = 5
_TASK_LETTERS = 12


class Experience:
    """Finds the insights for problems, and counts in the library what each was given (`Task.recaller`).

    It remembers nothing of a problem, so that conversations of several people can share it.

    Args:
        recaller: Finds them.
    """

    def __init__(self, recaller: "Recaller") -> None:
        self.recaller = recaller
        self.untold: LibraryError | None = None
        """Why the library was not told of a problem, the latest of these; the answer is not lost for that."""

    async def recall(self, query: "Query", model: "ChatModel") -> "Recall":
        """The insights for a problem."""
        from steepest.agents.library.stores.protocol import LibraryError

        found = await self.recaller.recall(query, model)
        if found.candidates:
            try:
                await asyncio.to_thread(self.recaller.shelf.library.record, _outcome(query.text, found))
            except LibraryError as error:
                self.untold = error
        return found


def _outcome(problem: str, found: "Recall") -> "Outcome":
    """What was found for a problem, and what of it is in the prompt."""
    from steepest.agents.library.events import Outcome
    from steepest.agents.library.retrieval.recalled import token_estimate, told

    digest = hashlib.sha256(problem.encode("utf-8", "replace")).hexdigest()
    return Outcome(
        task=f"{AUTHOR}-{digest[:_TASK_LETTERS]}",
        retrieved=tuple(each.entry.insight.id for each in found.candidates),
        used=tuple(each.insight.id for each in found.insights),
        tokens={each.insight.id: token_estimate(told(each.insight)) for each in found.insights},
        author=AUTHOR,
    )


@contextmanager
def consulted(
    library: "str | Path | Library | None",
    warn: Callable[[str], None],
    *,
    insights: int | None = None,
) -> Iterator[Experience | None]:
    """A library that is asked inside the block, and told what was used.

    Args:
        library: A file, an address or an open library, which stays open; None is none.
        warn: Told at the end of the block if the library could not be written: the answer is not lost for that.
        insights: The most that go into the prompt; None is 5.

    Raises:
        LibraryError: There is no library, or it can't be read.
        InputError: There is no library for `insights`, or it is below 1.
    """
    if library is None:
        if insights is not None:
            raise InputError("A number of insights needs a library that they come from: give one (--library FILE).")
        yield None
        return
    from steepest.agents.library.embeddings.hashed import HashedNgrams
    from steepest.agents.library.library import Library
    from steepest.agents.library.retrieval.recall import Recaller, Recalling
    from steepest.agents.library.retrieval.shelf import Shelf

    if insights is not None and insights < 1:
        raise InputError(f"insights is {insights}; give 1 or more.")
    opened = library if isinstance(library, Library) else Library.open(library, must_exist=True)
    try:
        recalling = Recalling(most=insights or MOST_INSIGHTS)
        experience = Experience(Recaller(Shelf(opened, HashedNgrams()), recalling))
        yield experience
        if experience.untold is not None:
            warn(f"The library was asked but not told what was used: {experience.untold}")
    finally:
        if opened is not library:
            opened.close()
