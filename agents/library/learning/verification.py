"""The proof of an insight: its own task is solved with it, and no other task that finds it gets worse."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from steepest.agents.library.embeddings.protocol import Embedder
from steepest.agents.library.insights import Insight
from steepest.agents.library.learning.attempts import Student
from steepest.agents.library.library import Library
from steepest.agents.library.retrieval.candidates import candidates
from steepest.agents.library.retrieval.queries import Query
from steepest.agents.library.retrieval.recall import Recaller, Recalling
from steepest.agents.library.retrieval.recalled import Recall
from steepest.agents.library.retrieval.shelf import Shelf
from steepest.agents.library.tasks import LibraryTask
from steepest.agents.llm.chat import ChatModel

__all__ = ["Proof", "prove"]


@dataclass(frozen=True)
class Proof:
    """Whether an insight may enter, and why not."""

    holds: bool
    reason: str
    """How it was proven, or what went wrong."""
    guarded: tuple[str, ...] = ()
    """Tasks that find it and are solved with it."""


async def prove(
    insights: Sequence[Insight],
    tasks: Sequence[LibraryTask],
    guards: Sequence[LibraryTask],
    *,
    student: Student,
    library: Library,
    embedder: Embedder,
    recalling: Recalling,
    times: int,
    most_guards: int,
    beside: Sequence[Insight] = (),
    replaced: Collection[str] = (),
    losing: Sequence[LibraryTask] = (),
) -> Proof:
    """Try insights out before they enter.

    Args:
        insights: What is to enter, together.
        tasks: The tasks that it was learned from: each has to be solved `times` of `times`.
        guards: Tasks that were solved: none that finds one of the insights may fail.
        student: Who attempts.
        library: What guards find the insights among.
        embedder: Of the search.
        recalling: How insights are chosen.
        times: Attempts at each source task.
        most_guards: The most guards that are attempted, those nearest to the insights.
        beside: Insights that are to enter too and are not in the library yet; guards may find them.
        replaced: Ids of insights in whose place they come: guards do not find these any more, and those that would
            have may not fail either.
        losing: Guards that were solved with an earlier form of the insights and find it no more: all are attempted,
            and none may fail.

    Raises:
        LLMError: The model can't be asked, for good.
    """
    for task in tasks:
        solved = await student.streak(task, insights, times)
        if solved < times:
            return Proof(False, f"with it {task.id} was solved {solved} times of {solved + 1}")
    shelf = Shelf(library, embedder, trial=[*beside, *insights])
    shelf.refresh()
    names = {each.id for each in insights}
    gone = frozenset(replaced) - names
    recaller = _Without(Recaller(shelf, recalling), gone)
    guarded: list[str] = []
    lost = {guard.id for guard in losing}
    others = [guard for guard in guards if guard.id not in lost]
    for guard in (*losing, *_nearest(shelf, others, names | gone, recalling, most_guards)):
        attempt = await student.attempt(guard, recaller)
        finds_it = not names.isdisjoint(attempt.used)
        if not attempt.solved and (finds_it or gone or guard.id in lost):
            found = "finds it, and is not solved with it" if finds_it else "and is not solved without what it replaces"
            return Proof(False, f"{guard.id} was solved before, {found}", tuple(guarded))
        if finds_it:
            guarded.append(guard.id)
    told = ", ".join(task.id for task in tasks)
    kept = f"; {len(guarded)} solved before that find it stay solved" if guarded else ""
    return Proof(True, f"{told} is solved with it {times} of {times} times{kept}", tuple(guarded))


@dataclass(frozen=True)
class _Without:
    """Finds what a recaller finds, some insights aside."""

    recaller: Recaller
    names: frozenset[str]

    async def recall(self, query: Query, model: ChatModel) -> Recall:
        """The insights for a problem."""
        return await self.recaller.recall(query, model, without=self.names)


def _nearest(
    shelf: Shelf, guards: Sequence[LibraryTask], names: set[str], recalling: Recalling, most: int
) -> list[LibraryTask]:
    """The guards among whose candidates the insights stand highest."""
    ranked: list[tuple[int, LibraryTask]] = []
    for guard in guards:
        found = candidates(shelf, Query(guard.text), recalling.candidates)
        ranks = [rank for rank, each in enumerate(found) if each.entry.insight.id in names]
        if ranks:
            ranked.append((ranks[0], guard))
    return [guard for _, guard in sorted(ranked, key=lambda each: each[0])[:most]]
