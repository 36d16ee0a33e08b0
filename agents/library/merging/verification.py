"""The proof of a merge: all tasks that its parts were learned from are solved with it, and no guard gets worse."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from steepest.agents.library.embeddings.protocol import Embedder
from steepest.agents.library.insights import Insight
from steepest.agents.library.learning.attempts import Student
from steepest.agents.library.learning.verification import Proof, prove
from steepest.agents.library.library import Library
from steepest.agents.library.retrieval.recall import Recalling
from steepest.agents.library.tasks import LibraryTask

__all__ = ["Unverified", "Verification", "Verify"]


class Verify(Protocol):
    """Says whether a merged insight may come in the place of others."""

    def covers(self, insight: Insight) -> bool:
        """Whether an insight can be proven at all; another one is not worth a question."""

    async def __call__(self, merged: Insight, replaced: Collection[str], beside: Sequence[Insight] = ()) -> Proof:
        """The proof.

        Args:
            merged: With the tasks of all its parts.
            replaced: Ids of its parts, and of what other merges take away that are not carried out yet.
            beside: What those put in their place.
        """


@dataclass(frozen=True)
class Verification:
    """A proof by solving problems again.

    Args:
        student: Who attempts them.
        library: What guards find insights among.
        embedder: Of the search.
        tasks: The problems that are at hand, by id; an insight of others can't be merged.
        solved: Ids of those that are solved, the guards.
        recalling: How insights are chosen.
        times: Attempts at each problem of the parts, all of which have to be right.
        most_guards: Of those that find the merged insight.
    """

    student: Student
    library: Library
    embedder: Embedder
    tasks: Mapping[str, LibraryTask]
    solved: Sequence[str] = ()
    recalling: Recalling = field(default_factory=Recalling)
    times: int = 2
    most_guards: int = 3

    def covers(self, insight: Insight) -> bool:
        """Whether all problems that it was learned from are known and at hand."""
        sources = insight.provenance.tasks
        return bool(sources) and all(name in self.tasks for name in sources)

    async def __call__(self, merged: Insight, replaced: Collection[str], beside: Sequence[Insight] = ()) -> Proof:
        """Solve the parts' problems with the merged insight alone, and guards with the library as it would be.

        Raises:
            LLMError: The model can't be asked, for good.
        """
        if not self.covers(merged):
            return Proof(False, "a problem that it was learned from is not at hand, so it can't be proven")
        sources = merged.provenance.tasks
        return await prove(
            [merged],
            [self.tasks[name] for name in sources],
            [self.tasks[name] for name in self.solved if name in self.tasks and name not in sources],
            student=self.student,
            library=self.library,
            embedder=self.embedder,
            recalling=self.recalling,
            times=self.times,
            most_guards=self.most_guards,
            beside=beside,
            replaced=replaced,
        )


@dataclass(frozen=True)
class Unverified:
    """Takes every merge: a person decides.

    Args:
        reason: What the record says of it.
    """

    reason: str = "taken without solving their problems again"

    def covers(self, insight: Insight) -> bool:
        """Nothing has to be at hand."""
        return True

    async def __call__(self, merged: Insight, replaced: Collection[str], beside: Sequence[Insight] = ()) -> Proof:
        """It holds because the person says so."""
        return Proof(True, self.reason)
