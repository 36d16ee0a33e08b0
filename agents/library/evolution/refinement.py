"""Another condition for an insight, accepted only where it finds better on tasks that it was not made from.

AlphaOPT's refinement (arXiv 2510.18428, section 3.3) takes the condition that scores best on the tasks that its clauses
were written from. Here one half of the tasks chooses, the other half checks, and no task solved before may get worse.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from steepest.agents.library.events import Change
from steepest.agents.library.evolution.conditions import find_clause, find_conditions
from steepest.agents.library.evolution.evidence import Evidence, Halves, Role
from steepest.agents.library.evolution.replay import Replay
from steepest.agents.library.insights import Insight
from steepest.agents.library.learning.effects import Effects
from steepest.agents.library.learning.online import OnlineLearning
from steepest.agents.library.learning.verification import prove
from steepest.agents.library.stores.protocol import Entry
from steepest.agents.library.tasks import LibraryTask

__all__ = ["Refinement", "Refiner"]


@dataclass(frozen=True)
class Refinement:
    """What came of an attempt to refine."""

    note: str
    """What was accepted, or why nothing was."""
    effects: Effects = field(default_factory=Effects)

    @property
    def is_accepted(self) -> bool:
        """Whether the insight has another condition now."""
        return bool(self.effects.changes)


@dataclass(frozen=True)
class Refiner:
    """Refines conditions in a run of learning.

    Args:
        learning: Whose library, models and settings are used.
        tasks: Of the run, by id.
        longest: The most characters of a condition.
        replayed: The most tasks of one role that retrieval is done again for.
    """

    learning: OnlineLearning
    tasks: Mapping[str, LibraryTask]
    longest: int
    replayed: int

    async def refine(self, entry: Entry, evidence: Evidence, iteration: int) -> Refinement:
        """Look for a condition that finds the insight where it helps, and nowhere else.

        Args:
            entry: The insight; a quarantined one becomes active by it.
            evidence: What tasks say about it.
            iteration: Tells repeated questions apart.

        Raises:
            LLMError: The model can't be asked, for good.
        """
        halves = evidence.halves(self.replayed)
        if not _wrong(halves.choosing):
            return Refinement("refused: no problem asks for another condition")
        if not _wrong(halves.checking):
            return Refinement("refused: one problem alone asks for another condition, none is left to check it on")
        clauses = await self._clauses(entry.insight, halves, iteration)
        if not clauses:
            return Refinement("refused: the model could not say what the condition lacks")
        teacher = self.learning.teacher
        found, refusals = await find_conditions(entry.insight, clauses, self.longest, teacher, sample=iteration)
        if not found:
            return Refinement(f"refused: no condition could be used: {'; '.join(refusals)}")
        return await self._chosen(entry, found, halves)

    async def _clauses(self, insight: Insight, halves: Halves, iteration: int) -> list[str]:
        """What the tasks say that choose; those that check are not looked at."""
        asked = [
            await find_clause(insight, self.tasks[task], role, self.learning.teacher, sample=iteration)
            for task, role in _wrong(halves.choosing).items()
        ]
        return [each for each in dict.fromkeys(asked) if each]

    async def _chosen(self, entry: Entry, conditions: Sequence[str], halves: Halves) -> Refinement:
        """The best of the conditions by the one half, if the other half bears it out."""
        replay = Replay(self.learning, self.tasks)
        variants = [_with(entry.insight, each) for each in conditions]
        scores = [await replay.rightly(each, halves.choosing) for each in variants]
        before = await replay.rightly(entry.insight, halves.choosing)
        best, score = max(
            zip(variants, scores, strict=True),
            key=lambda pair: (pair[1] >= before, len(pair[1]), -len(pair[0].condition)),
        )
        chosen = f"{_told(score, before, halves.choosing)} of those that chose it"
        if not score > before:  # more tasks, and each that there was: gained ones do not make up for a lost one
            return Refinement(f"refused: no condition of {len(variants)} finds better: {chosen}")
        checked_before = await replay.rightly(entry.insight, halves.checking)
        checked = await replay.rightly(best, halves.checking)
        told = f"found rightly for {_told(checked, checked_before, halves.checking)} held-out problems, {chosen}"
        if not checked > checked_before:
            return Refinement(f"refused: {told}")
        return await self._guarded(entry, best, replay, told)

    async def _guarded(self, entry: Entry, refined: Insight, replay: Replay, told: str) -> Refinement:
        """The refinement, unless a task that was solved gets worse: with the insight now, or without it now."""
        learning = self.learning
        solved = {name: each for name, each in learning.journal.latest().items() if each.solved and name in self.tasks}
        relying = [name for name, each in solved.items() if refined.id in each.used]
        still = await replay.rightly(refined, dict.fromkeys(relying, "positive"))
        proof = await prove(
            [refined],
            (),
            [self.tasks[name] for name in solved],
            student=learning.student,
            library=learning.library,
            embedder=learning.embedder,
            recalling=learning.recalling,
            times=learning.settings.proofs,
            most_guards=learning.settings.guards,
            losing=[self.tasks[name] for name in relying if name not in still],
        )
        if not proof.holds:
            return Refinement(f"refused: {told}; but {proof.reason}")
        change = Change(kind="refine", insights={refined.id: refined}, reason=told)
        return Refinement(told, Effects(changes=(change,), expected={refined.id: entry.version}))


def _wrong(roles: Mapping[str, Role]) -> dict[str, Role]:
    """The tasks for which the present condition is wrong."""
    return {task: role for task, role in roles.items() if role != "positive"}


def _with(insight: Insight, condition: str) -> Insight:
    return insight.model_copy(update={"condition": condition, "status": "active"})


def _told(right: frozenset[str], before: frozenset[str], roles: Mapping[str, Role]) -> str:
    lost = f", {', '.join(sorted(before - right))} no more" if before - right else ""
    return f"{len(right)} of {len(roles)} (before: {len(before)}{lost})"
