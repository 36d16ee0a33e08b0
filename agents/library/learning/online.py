"""Online learning: task after task, what went wrong becomes an insight, and enters only when it is proven.

AlphaOPT's library learning (arXiv 2510.18428, section 3.2 and algorithm 1). What is different: an insight has to leave
the tasks alone that were solved before and would now find it, and whether insights helped or hurt is measured by an
attempt without them.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TypeAlias

from steepest.agents.library.embeddings.protocol import Embedder
from steepest.agents.library.events import Change, Outcome
from steepest.agents.library.insights import Insight
from steepest.agents.library.learning.attempts import Student, TaskAttempt
from steepest.agents.library.learning.effects import Accepted, Effects, active_after
from steepest.agents.library.learning.exploration import explore
from steepest.agents.library.learning.extraction import Extracted, extract
from steepest.agents.library.learning.journal import Journal, Refusal, StepRecord, TaskRecord
from steepest.agents.library.learning.verification import Proof, prove
from steepest.agents.library.library import Library
from steepest.agents.library.merging.aliases import settle_labels
from steepest.agents.library.merging.batch import Merging, merge_batch, merge_new
from steepest.agents.library.merging.verification import Verification
from steepest.agents.library.retrieval.recall import Recaller, Recalling
from steepest.agents.library.retrieval.recalled import token_estimate, told
from steepest.agents.library.retrieval.shelf import Shelf
from steepest.agents.library.tasks import LibraryTask
from steepest.agents.llm.chat import ChatModel
from steepest.agents.modeling.task import Recalls
from steepest.errors import InputError
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation

__all__ = ["Diagnose", "Failure", "LearningSettings", "OnlineLearning"]


@dataclass(frozen=True)
class LearningSettings:
    """How much is tried for a task.

    Args:
        attempts: At each task, all of which have to be right for it to count as solved.
        rounds: Of self-exploration, where no right formulation is known.
        proofs: Attempts at the source task with a new insight, all of which have to be right.
        guards: Most tasks that were solved before and are tried again with a new insight.
        compares: Whether a task that used insights is also attempted without, so that it is known what they did.
        batch: Tasks after which what they taught is merged, where it says the same; 0 merges nothing at all.
    """

    attempts: int = 1
    rounds: int = 5
    proofs: int = 2
    guards: int = 3
    compares: bool = True
    batch: int = 12


@dataclass(frozen=True)
class Failure:
    """A task that was not solved."""

    attempts: tuple[TaskAttempt, ...]
    """That failed, the last one last."""
    without: TaskAttempt | None
    """The last attempt without insights; None where none were used, or it is not compared."""
    tasks: Mapping[str, LibraryTask]
    """All tasks of the run by id."""
    record: TaskRecord
    """What is known of it so far."""

    @property
    def last(self) -> TaskAttempt:
        """The attempt that is learned from."""
        return self.attempts[-1]

    @property
    def task(self) -> LibraryTask:
        """What was attempted."""
        return self.last.task


Diagnose: TypeAlias = Callable[[Failure], Awaitable[TaskRecord]]
"""Finds out what went wrong, in the place of learning from it at once."""


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

    async def learn(
        self, tasks: Sequence[LibraryTask], iteration: int = 0, *, diagnose: Diagnose | None = None
    ) -> list[TaskRecord]:
        """Go through tasks, past those that the journal says are done.

        Args:
            tasks: In their order.
            iteration: From 0.
            diagnose: What is done with a failure; without it, it is learned from, unless insights brought it about.

        Raises:
            LLMError: The model can't be asked, for good; what was learned before is in the library.
            LibraryError: The library can't be written.
        """
        by_id = {task.id: task for task in tasks}
        self.journal.settle(self.library)
        done = self.journal.done(iteration)
        for place, task in enumerate(tasks, start=1):
            if task.id not in done:
                self.say(f"{task.id}: attempting")
                begin = perf_counter()
                record = await self._task(task, by_id, iteration, diagnose)
                size = self._size_after(record.effects)
                record = record.model_copy(update={"size": size, "seconds": perf_counter() - begin})
                self.journal.keep(record, self.library)
                done[task.id] = record
                self.on_record(record)
            if self.settings.batch and (place % self.settings.batch == 0 or place == len(tasks)):
                first = (place - 1) // self.settings.batch * self.settings.batch
                await self._merge([done[each.id] for each in tasks[first:place]], place, by_id, iteration)
        return [done[task.id] for task in tasks]

    async def _merge(
        self, records: Sequence[TaskRecord], place: int, tasks: Mapping[str, LibraryTask], iteration: int
    ) -> None:
        """Merge what a batch of tasks taught, with each other and with the library, once."""
        name = f"merge after {place} tasks"
        taught = [insight for each in records for insight in sorted(active_after(each.effects, ()))]
        if not taught or name in self.journal.steps_done(iteration):
            return
        begin = perf_counter()
        merges = await merge_batch(taught, self._merging(tasks), sample=iteration)
        effects = Effects(changes=merges.changes, expected=merges.expected)
        record = StepRecord(
            iteration=iteration,
            name=name,
            effects=effects,
            note=merges.note,
            size=self._size_after(effects),
            seconds=perf_counter() - begin,
        )
        self.journal.keep(record, self.library)

    async def _task(
        self, task: LibraryTask, tasks: Mapping[str, LibraryTask], iteration: int, diagnose: Diagnose | None
    ) -> TaskRecord:
        attempts = await self.attempts(task, Recaller(self.shelf, self.recalling))
        last = attempts[-1]
        without = await self._without(task, last)
        helped = last.used if last.solved and without is not None and not without.solved else ()
        hurt = last.used if not last.solved and without is not None and without.solved else ()
        record = TaskRecord(
            iteration=iteration,
            task=task.id,
            solved=last.solved,
            outcome=last.answer.outcome,
            value=last.answer.solution.objective if last.answer.solution is not None else None,
            used=last.used,
            helped=helped,
            hurt=hurt,
            effects=Effects(outcome=_outcome(last, iteration, helped, hurt)),
        )
        if last.solved:
            return record
        failure = Failure(tuple(each for each in attempts if not each.solved), without, tasks, record)
        if diagnose is not None:
            return await diagnose(failure)
        # what hurt is refined rather than made up for by another insight
        return record if hurt else await self.learn_from(failure)

    async def attempts(self, task: LibraryTask, recaller: Recalls | None = None) -> list[TaskAttempt]:
        """Attempts with the same insights, all of which have to be right: the first failure is enough."""
        attempts: list[TaskAttempt] = []
        for sample in range(self.settings.attempts):
            attempts.append(await self.student.attempt(task, recaller, sample=sample))
            if not attempts[-1].solved:
                break
        return attempts

    async def _without(self, task: LibraryTask, attempt: TaskAttempt) -> TaskAttempt | None:
        """The last attempt without insights; None where none were used, or it is not compared."""
        if not attempt.used or not self.settings.compares:
            return None
        return (await self.attempts(task))[-1]

    async def learn_from(self, failure: Failure) -> TaskRecord:
        """Extract insights from a failure, and prove them: its record with what enters and what is refused.

        Raises:
            LLMError: The model can't be asked, for good.
        """
        record = failure.record
        right = await self.right(failure)
        if right is None:
            return record.model_copy(update={"note": "no right formulation was found"})
        if failure.task.gold is None and isinstance(right, Formulation):
            record = record.model_copy(update={"right": right.to_text()})
        self.say(f"{failure.task.id}: extracting insights")
        taxonomy = self.library.taxonomy()
        extracted = await extract(failure.last, right, taxonomy, self.teacher, sample=record.iteration)
        if not extracted.insights:
            reasons = "; ".join(extracted.refusals) or "the model found nothing to learn"
            return record.model_copy(update={"note": reasons})
        settled = await settle_labels(extracted, taxonomy, self.teacher, self.embedder, sample=record.iteration)
        record = await self._proven(settled.extracted, failure.task, failure.tasks, record)
        record = _with(record, settled.changes)
        return await self._merged(record, failure.tasks) if self.settings.batch else record

    async def right(self, failure: Failure) -> Formulation | str | None:
        """A right formulation: given with the task, known since it was found, or found now by the teacher.

        The teacher may be able to do what the student is not.

        Raises:
            LLMError: The model can't be asked, for good.
        """
        task, rounds = failure.task, self.settings.rounds
        known = task.gold or failure.record.right or self.journal.right_of(task.id)
        if known is not None:
            return readable(known)
        self.say(f"{task.id}: looking for a right formulation")
        explorer = replace(self.student, model=self.teacher)
        first = failure.record.iteration * rounds + 1
        found = await explore(task, failure.attempts, explorer, rounds, first=first)
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

    async def _merged(self, record: TaskRecord, tasks: Mapping[str, LibraryTask]) -> TaskRecord:
        """The record with what comes in the place of its insights and of others that say the same."""
        new = [each.insight for each in record.effects.accepted]
        if not new:
            return record
        merges = await merge_new(new, self._merging(tasks), sample=record.iteration)
        note = "; ".join(filter(None, [record.note, *merges.unanswered]))
        record = record.model_copy(update={"refused": (*record.refused, *merges.refused), "note": note})
        return _with(record, merges.changes, merges.expected)

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
        return await prove(
            [insight],
            [task],
            [tasks[name] for name in self._solved() if name in tasks and name != task.id],
            student=self.student,
            library=self.library,
            embedder=self.embedder,
            recalling=self.recalling,
            times=self.settings.proofs,
            most_guards=self.settings.guards,
            beside=accepted,
        )

    def _merging(self, tasks: Mapping[str, LibraryTask]) -> Merging:
        verify = Verification(
            self.student,
            self.library,
            self.embedder,
            tasks,
            self._solved(),
            self.recalling,
            self.settings.proofs,
            self.settings.guards,
        )
        return Merging(self.library, self.teacher, self.embedder, verify, self.say)

    def _solved(self) -> list[str]:
        """Ids of the tasks that were solved the last time."""
        return [name for name, each in self.journal.latest().items() if each.solved]

    def _size_after(self, effects: Effects) -> int:
        """Active insights once it is all carried out."""
        self.shelf.refresh()
        return len(active_after(effects, self.shelf.entries))


def readable(gold: str) -> Formulation | str:
    """A right model as a formulation, whose structure is then known, where it is written as one."""
    try:
        return Formulation.from_text(gold)
    except FormulationError:
        return gold


def _with(record: TaskRecord, changes: Sequence[Change], expected: Mapping[str, int] | None = None) -> TaskRecord:
    """A record with further changes of what is there."""
    effects = record.effects
    known = {"changes": (*effects.changes, *changes), "expected": {**effects.expected, **(expected or {})}}
    return record.model_copy(update={"effects": effects.model_copy(update=known)})


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
