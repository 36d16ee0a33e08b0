"""Attempts at tasks, with insights that were found or that are given."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from steepest.agents.library.insights import Insight, Usage
from steepest.agents.library.retrieval.queries import Query
from steepest.agents.library.retrieval.recalled import Recall
from steepest.agents.library.stores.protocol import Entry
from steepest.agents.library.tasks import Grade, LibraryTask
from steepest.agents.llm.chat import ChatModel
from steepest.agents.llm.errors import ContextOverflow, InvalidReply
from steepest.agents.modeling.answer import Answer
from steepest.agents.modeling.conclude import answer_from
from steepest.agents.modeling.graph import run
from steepest.agents.modeling.task import Recalls, Solve, State, Task
from steepest.solvers.formulation import Formulation

__all__ = ["Given", "Student", "TaskAttempt"]


@dataclass(frozen=True)
class TaskAttempt:
    """What came of a task."""

    task: LibraryTask
    answer: Answer
    solved: bool
    recall: Recall = field(default_factory=Recall)

    @property
    def used(self) -> tuple[str, ...]:
        """Ids of the insights that were in the prompt."""
        return tuple(entry.insight.id for entry in self.recall.insights)

    @property
    def entries(self) -> tuple[Insight, ...]:
        """The insights that were in the prompt."""
        return tuple(entry.insight for entry in self.recall.insights)

    @property
    def formulation(self) -> Formulation | None:
        """The last formulation that could be read."""
        return self.answer.formulation


class Given:
    """Insights that are given rather than found.

    Args:
        insights: What every problem gets.
    """

    def __init__(self, insights: Sequence[Insight]) -> None:
        self._recall = Recall(tuple(Entry(each, 0, Usage()) for each in insights))

    async def recall(self, query: Query, model: ChatModel) -> Recall:
        """The insights that were given."""
        return self._recall


@dataclass(frozen=True)
class Student:
    """The modeling agent as learning asks it: the model, the solver, and who says whether an answer is right.

    Args:
        model: Whom to ask.
        solve: Solves a formulation.
        grade: Says whether an answer is right.
        repairs: Most repairs of a formulation.
        temperature: Of answers that are to differ (`sample` above 0); None leaves it to the provider.
    """

    model: ChatModel
    solve: Solve
    grade: Grade
    repairs: int = 3
    temperature: float | None = None

    async def attempt(
        self, task: LibraryTask, recaller: Recalls | None = None, *, sample: int = 0, preface: str = ""
    ) -> TaskAttempt:
        """Answer a task and grade the answer.

        Args:
            task: The task.
            recaller: Where insights come from.
            sample: Tells repeated attempts apart.
            preface: A rendered prompt before the problem.

        Raises:
            LLMError: The model can't be asked, for good.
        """
        modeling = Task(
            problem=task.text,
            model=self.model,
            solve=self.solve,
            max_repairs=self.repairs,
            examines=self.repairs > 0,
            sample=sample,
            temperature=self.temperature if sample else None,
            recaller=recaller,
            preface=preface,
        )
        known = State()
        try:
            await run(modeling, known)
            answer = known["answer"]
        except (ContextOverflow, InvalidReply) as error:
            answer = answer_from(known, modeling, stopped=str(error))
        return TaskAttempt(task, answer, self.grade(task, answer), known.get("recall", Recall()))

    async def streak(self, task: LibraryTask, insights: Sequence[Insight], times: int) -> int:
        """How many attempts in a row are right with these insights and no others, `times` at most.

        Raises:
            LLMError: The model can't be asked, for good.
        """
        given = Given(insights) if insights else None
        for sample in range(times):
            if not (await self.attempt(task, given, sample=sample)).solved:
                return sample
        return times
