"""Who would find an insight with another condition: retrieval is done again, on tasks of which that is known."""

from collections.abc import Mapping
from dataclasses import dataclass

from steepest.agents.library.evolution.evidence import Role
from steepest.agents.library.insights import Insight
from steepest.agents.library.learning.online import OnlineLearning
from steepest.agents.library.retrieval.queries import Query
from steepest.agents.library.retrieval.recall import Recaller
from steepest.agents.library.retrieval.shelf import Shelf
from steepest.agents.library.tasks import LibraryTask

__all__ = ["Replay"]


@dataclass(frozen=True)
class Replay:
    """Retrieval as the student does it.

    Args:
        learning: Whose library, model and ways of choosing are used.
        tasks: By id.
    """

    learning: OnlineLearning
    tasks: Mapping[str, LibraryTask]

    async def rightly(self, insight: Insight, roles: Mapping[str, Role]) -> frozenset[str]:
        """The tasks for which an insight is found as it should be, if it stood so in the library.

        Args:
            insight: With the condition that is tried; it may be quarantined.
            roles: Of the insight, by task: found is right unless it misled.

        Raises:
            LLMError: The model can't be asked, for good.
        """
        learning = self.learning
        shelf = Shelf(learning.library, learning.embedder, trial=[insight])
        recaller = Recaller(shelf, learning.recalling)
        right: set[str] = set()
        for task, role in roles.items():
            recall = await recaller.recall(Query(self.tasks[task].text), learning.student.model)
            is_found = insight.id in {each.insight.id for each in recall.insights}
            if is_found == (role != "negative"):
                right.add(task)
        return frozenset(right)
