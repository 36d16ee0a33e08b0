"""Online learning: task after task, what went wrong becomes an insight, and enters only when it is proven.

AlphaOPT's library learning (arXiv 2510.18428, section 3.2 and algorithm 1). What is different: an insight has to leave
the tasks alone that were solved before and would now find it, and whether insights helped or hurt is measured by an
attempt without them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from steepest.agents.library.embeddings.protocol import Embedder
from steepest.agents.library.events import Outcome
from steepest.agents.library.insights import Insight
from steepest.agents.library.labels import Definition
from steepest.agents.library.learning.attempts import Student, TaskAttempt
from steepest.agents.library.learning.exploration import explore
from steepest.agents.library.learning.extraction import extract
from steepest.agents.library.learning.journal import Journal, Refusal, TaskRecord
from steepest.agents.library.learning.verification import prove
from steepest.agents.library.library import Library
from steepest.agents.library.retrieval.recall import Recaller, Recalling
from steepest.agents.library.retrieval.recalled import Recall, token_estimate, told
from steepest.agents.library.retrieval.shelf import Shelf
from steepest.agents.library.tasks import LibraryTask
from steepest.agents.llm.chat import ChatModel
from steepest.solvers.formulation import Formulation

__all__ = ["LearningSettings", "OnlineLearning"]


@dataclass(frozen=True)
class LearningSettings:
    """How much is tried for a task.

    Args:
        attempts: At each task, all of which have to be right for it to count as solved.
        rounds: Of self-exploration, where no right formulation is known.
        proofs: Attempts at the source task with a new insight, all of which have to be right.
        guards: Most tasks that were solved before and are tried again with a new insight.
        compares: Whether a task that used insights is also attempted without, so that it is known what they did.
    """

    attempts: int = 1
    rounds: int = 5
    proofs: int = 2
    guards: int = 3
    compares: bool = True


@dataclass
class OnlineLearning:
    """Learning from one task after another.

    Args:
        library: What learns; its `run` names this run in the events.
        student: Who attempts.
        teacher: The model that says what would have prevented a mistake; best a stronger one.
        embedder: Of the search.
        journal: What was done so far.
        recalling: How insights are chosen.
        settings: How much is tried.
        say: Told what is being done.
    """

    library: Library
    student: Student
    teacher: ChatModel
    embedder: Embedder
    journal: Journal
    recalling: Recalling = field(default_factory=Recalling)
    settings: LearningSettings = field(default_factory=LearningSettings)
    say: Callable[[str], None] = lambda line: None

    def __post_init__(self) -> None:
        self.shelf = Shelf(self.library, self.embedder)

    async def learn(self, tasks: Sequence[LibraryTask], iteration: int = 0) -> list[TaskRecord]:
        """Go through tasks, past those that the journal says are done.

        Raises:
            LLMError: The model can't be asked, for good; what was learned before is in the library.
            LibraryError: The library can't be written.
        """
        by_id = {task.id: task for task in tasks}
        done = self.journal.done(iteration)
        for task in tasks:
            if task.id in done:
                continue
            self.say(f"{task.id}: attempting")
            begin = perf_counter()
            record = await self._task(task, by_id, iteration)
            record = record.model_copy(update={"size": self._size(), "seconds": perf_counter() - begin})
            self.journal.add(record)
            done[task.id] = record
        return [done[task.id] for task in tasks]

    async def _task(self, task: LibraryTask, tasks: Mapping[str, LibraryTask], iteration: int) -> TaskRecord:
        attempts = await self._attempts(task)
        last = attempts[-1]
        solved = all(each.solved for each in attempts)
        without = await self._without(task, last)
        helped = last.used if solved and without is False else ()
        hurt = last.used if not solved and without is True else ()
        self._record(task, last.recall, helped, hurt)
        record = TaskRecord(
            iteration=iteration,
            task=task.id,
            solved=solved,
            outcome=last.answer.outcome,
            value=last.answer.solution.objective if last.answer.solution is not None else None,
            used=last.used,
            helped=helped,
            hurt=hurt,
        )
        if solved or hurt:  # what hurt is refined rather than made up for by another insight
            return record
        failed = [each for each in attempts if not each.solved]
        return await self._learn_from(failed, tasks, record)

    async def _attempts(self, task: LibraryTask) -> list[TaskAttempt]:
        """Attempts with what the library has, all with the same insights; the first failure is enough."""
        recaller = Recaller(self.shelf, self.recalling)
        attempts: list[TaskAttempt] = []
        for sample in range(self.settings.attempts):
            attempts.append(await self.student.attempt(task, recaller, sample=sample))
            if not attempts[-1].solved:
                break
        return attempts

    async def _without(self, task: LibraryTask, attempt: TaskAttempt) -> bool | None:
        """Whether the task is solved without insights; None where none were used, or it is not compared."""
        if not attempt.used or not self.settings.compares:
            return None
        return (await self.student.attempt(task)).solved

    async def _learn_from(
        self, failed: Sequence[TaskAttempt], tasks: Mapping[str, LibraryTask], record: TaskRecord
    ) -> TaskRecord:
        task = failed[-1].task
        right = await self._right(failed)
        if right is None:
            return record.model_copy(update={"note": "no right formulation was found"})
        self.say(f"{task.id}: extracting insights")
        extracted = await extract(failed[-1], right, self.library.taxonomy(), self.teacher)
        if not extracted.insights:
            reasons = "; ".join(extracted.refusals) or "the model found nothing to learn"
            return record.model_copy(update={"note": reasons})
        learned: list[str] = []
        refused: list[Refusal] = []
        for insight in extracted.insights:
            reason = await self._enter(insight, task, tasks, record.iteration)
            if reason is None:
                learned.append(insight.id)
            else:
                refused.append(Refusal(id=insight.id, title=insight.title, reason=reason))
        if learned and extracted.definitions:
            self._define(extracted.definitions, task)
        return record.model_copy(update={"learned": tuple(learned), "refused": tuple(refused)})

    async def _right(self, failed: Sequence[TaskAttempt]) -> Formulation | str | None:
        """A right formulation: given with the task, or found by the student."""
        task = failed[-1].task
        if task.gold is not None:
            return task.gold
        self.say(f"{task.id}: looking for a right formulation")
        found = await explore(task, failed, self.student, self.settings.rounds)
        return found.formulation if found is not None else None

    async def _enter(
        self, insight: Insight, task: LibraryTask, tasks: Mapping[str, LibraryTask], iteration: int
    ) -> str | None:
        """Add an insight if it is proven; why it is not, else."""
        known = self.library.store.entries([insight.id])
        if known:  # learned before, or by this very task before it was stopped
            return None if task.id in known[0].insight.provenance.tasks else "the library has it already"
        self.say(f"{task.id}: proving '{insight.title}'")
        solved = [tasks[name] for name, each in self.journal.done(iteration).items() if each.solved and name in tasks]
        proof = await prove(
            [insight],
            [task],
            solved,
            student=self.student,
            library=self.library,
            embedder=self.embedder,
            recalling=self.recalling,
            times=self.settings.proofs,
            most_guards=self.settings.guards,
        )
        if not proof.holds:
            return proof.reason
        guarded = f"; {len(proof.guarded)} tasks that find it stay solved" if proof.guarded else ""
        active = insight.model_copy(update={"status": "active"})
        self.library.add([active], f"{task.id} is solved with it {self.settings.proofs} times{guarded}")
        return None

    def _define(self, definitions: Sequence[Definition], task: LibraryTask) -> None:
        """Keep what new labels mean; a meaning that is there is never written over."""
        known = self.library.taxonomy()
        new: list[Definition] = []
        for each in definitions:
            there = known.find(each.label)
            if there is not None and not there.definition and not there.is_given:
                new.append(there.model_copy(update={"definition": each.definition}))
        if new:
            self.library.define(new, f"labels of what {task.id} taught")

    def _record(self, task: LibraryTask, recall: Recall, helped: tuple[str, ...], hurt: tuple[str, ...]) -> None:
        """Count what came of the insights; nothing is written where there were none."""
        if not recall.candidates and not recall.insights:
            return
        self.library.record(
            Outcome(
                task=task.id,
                retrieved=tuple(each.entry.insight.id for each in recall.candidates),
                used=tuple(entry.insight.id for entry in recall.insights),
                helped=helped,
                hurt=hurt,
                tokens={each.insight.id: token_estimate(told(each.insight)) for each in recall.insights},
            )
        )

    def _size(self) -> int:
        self.shelf.refresh()
        return len(self.shelf)
