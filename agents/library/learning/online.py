"""Online learning: task after task, what went wrong becomes an insight, and enters only when it is proven.

AlphaOPT's library learning (arXiv 2510.18428, section 3.2 and algorithm 1). What is different: an insight has to leave
the tasks alone that were solved before and would now find it, and whether insights helped or hurt is measured by an
attempt without them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter

from steepest.agents.library.embeddings.protocol import Embedder
from steepest.agents.library.events import Outcome
from steepest.agents.library.insights import Insight
from steepest.agents.library.learning.attempts import Student, TaskAttempt
from steepest.agents.library.learning.effects import Accepted, Effects, are_written, write
from steepest.agents.library.learning.exploration import explore
from steepest.agents.library.learning.extraction import Extracted, extract
from steepest.agents.library.learning.journal import Journal, Refusal, TaskRecord
from steepest.agents.library.learning.verification import Proof, prove
from steepest.agents.library.library import Library
from steepest.agents.library.retrieval.recall import Recaller, Recalling
from steepest.agents.library.retrieval.recalled import token_estimate, told
from steepest.agents.library.retrieval.shelf import Shelf
from steepest.agents.library.tasks import LibraryTask
from steepest.agents.llm.chat import ChatModel
from steepest.errors import InputError
from steepest.solvers.diagnostics import FormulationError
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
        on_record: Told what came of each task.

    Raises:
        InputError: The journal is a file and the library's run has no name: who goes on could not tell what is written.
    """

    library: Library
    student: Student
    teacher: ChatModel
    embedder: Embedder
    journal: Journal
    recalling: Recalling = field(default_factory=Recalling)
    settings: LearningSettings = field(default_factory=LearningSettings)
    say: Callable[[str], None] = lambda line: None
    on_record: Callable[[TaskRecord], None] = lambda record: None

    def __post_init__(self) -> None:
        if self.journal.path is not None and not self.library.run:
            raise InputError("learning with a journal needs a name for its run: Library.open(place, run=...)")
        self.shelf = Shelf(self.library, self.embedder)

    async def learn(self, tasks: Sequence[LibraryTask], iteration: int = 0) -> list[TaskRecord]:
        """Go through tasks, past those that the journal says are done.

        Raises:
            LLMError: The model can't be asked, for good; what was learned before is in the library.
            LibraryError: The library can't be written.
        """
        by_id = {task.id: task for task in tasks}
        self._settle()
        done = self.journal.done(iteration)
        for task in tasks:
            if task.id in done:
                continue
            self.say(f"{task.id}: attempting")
            begin = perf_counter()
            record = await self._task(task, by_id, iteration)
            size = self._size() + len(record.learned)
            record = record.model_copy(update={"size": size, "seconds": perf_counter() - begin})
            self.journal.add(record)
            write(record.effects, self.library)
            done[task.id] = record
            self.on_record(record)
        return [done[task.id] for task in tasks]

    def _settle(self) -> None:
        """Write what a kill left between the journal and the library; it can only be of the last task."""
        if self.journal.records and not are_written(self.journal.records[-1].effects, self.library):
            write(self.journal.records[-1].effects, self.library)

    async def _task(self, task: LibraryTask, tasks: Mapping[str, LibraryTask], iteration: int) -> TaskRecord:
        attempts = await self._attempts(task, Recaller(self.shelf, self.recalling))
        last = attempts[-1]
        solved = last.solved
        without = await self._without(task, last)
        helped = last.used if solved and without is False else ()
        hurt = last.used if not solved and without is True else ()
        record = TaskRecord(
            iteration=iteration,
            task=task.id,
            solved=solved,
            outcome=last.answer.outcome,
            value=last.answer.solution.objective if last.answer.solution is not None else None,
            used=last.used,
            helped=helped,
            hurt=hurt,
            effects=Effects(outcome=_outcome(last, iteration, helped, hurt)),
        )
        if solved or hurt:  # what hurt is refined rather than made up for by another insight
            return record
        return await self._learn_from([each for each in attempts if not each.solved], tasks, record)

    async def _attempts(self, task: LibraryTask, recaller: Recaller | None = None) -> list[TaskAttempt]:
        """Attempts with the same insights, all of which have to be right: the first failure is enough."""
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
        return (await self._attempts(task))[-1].solved

    async def _learn_from(
        self, failed: Sequence[TaskAttempt], tasks: Mapping[str, LibraryTask], record: TaskRecord
    ) -> TaskRecord:
        task = failed[-1].task
        right = await self._right(failed, record.iteration)
        if right is None:
            return record.model_copy(update={"note": "no right formulation was found"})
        self.say(f"{task.id}: extracting insights")
        taxonomy = self.library.taxonomy()
        extracted = await extract(failed[-1], right, taxonomy, self.teacher, sample=record.iteration)
        if not extracted.insights:
            reasons = "; ".join(extracted.refusals) or "the model found nothing to learn"
            return record.model_copy(update={"note": reasons})
        return await self._proven(extracted, task, tasks, record)

    async def _right(self, failed: Sequence[TaskAttempt], iteration: int) -> Formulation | str | None:
        """A right formulation: given with the task, or found by the teacher, who may do what the student can't."""
        task, rounds = failed[-1].task, self.settings.rounds
        if task.gold is not None:
            return readable(task.gold)
        self.say(f"{task.id}: looking for a right formulation")
        explorer = replace(self.student, model=self.teacher)
        found = await explore(task, failed, explorer, rounds, first=iteration * rounds + 1)
        return found.formulation if found is not None else None

    async def _proven(
        self, extracted: Extracted, task: LibraryTask, tasks: Mapping[str, LibraryTask], record: TaskRecord
    ) -> TaskRecord:
        """The record with the insights that are proven, one after another, and why the others are not."""
        accepted: list[Accepted] = []
        refused: list[Refusal] = []
        for insight in extracted.insights:
            proof = await self._proof(insight, task, tasks, [each.insight for each in accepted])
            if proof.holds:
                active = insight.model_copy(update={"status": "active"})
                accepted.append(Accepted(insight=active, reason=proof.reason))
            else:
                refused.append(Refusal(id=insight.id, title=insight.title, reason=proof.reason))
        brought = {label.key for each in accepted for label in each.insight.labels}
        definitions = tuple(each for each in extracted.definitions if each.label.key in brought)
        effects = record.effects.model_copy(update={"accepted": tuple(accepted), "definitions": definitions})
        return record.model_copy(update={"effects": effects, "refused": tuple(refused)})

    async def _proof(
        self,
        insight: Insight,
        task: LibraryTask,
        tasks: Mapping[str, LibraryTask],
        accepted: Sequence[Insight],
    ) -> Proof:
        if self.library.store.entries([insight.id]) or insight.id in {each.id for each in accepted}:
            return Proof(False, "the library has it already")
        self.say(f"{task.id}: proving '{insight.title}'")
        solved = [name for name, each in self.journal.latest().items() if each.solved and name != task.id]
        return await prove(
            [insight],
            [task],
            [tasks[name] for name in solved if name in tasks],
            student=self.student,
            library=self.library,
            embedder=self.embedder,
            recalling=self.recalling,
            times=self.settings.proofs,
            most_guards=self.settings.guards,
            beside=accepted,
        )

    def _size(self) -> int:
        self.shelf.refresh()
        return len(self.shelf)


def readable(gold: str) -> Formulation | str:
    """A right model as a formulation, whose structure is then known, where it is written as one."""
    try:
        return Formulation.from_text(gold)
    except FormulationError:
        return gold


def _outcome(attempt: TaskAttempt, iteration: int, helped: tuple[str, ...], hurt: tuple[str, ...]) -> Outcome | None:
    """What is counted of an attempt; nothing where the library had nothing for it."""
    recall = attempt.recall
    if not recall.candidates and not recall.insights:
        return None
    return Outcome(
        task=attempt.task.id,
        iteration=iteration,
        retrieved=tuple(each.entry.insight.id for each in recall.candidates),
        used=attempt.used,
        helped=helped,
        hurt=hurt,
        tokens={each.insight.id: token_estimate(told(each.insight)) for each in recall.insights},
    )
