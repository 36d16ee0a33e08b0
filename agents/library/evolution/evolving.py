"""Library evolution: iterations after the first, which ask less what is new and more whether what there is is found.

AlphaOPT's library evolution (arXiv 2510.18428, section 3.3): each task is attempted with what the library has, failures
are diagnosed, and after all of them conditions are refined. Then what hurts again and again is set aside.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from steepest.agents.library.evolution.decline import evicted, harmful, quarantining, retiring
from steepest.agents.library.evolution.diagnosing import Diagnostician
from steepest.agents.library.evolution.evidence import Evidence, evidence_of
from steepest.agents.library.evolution.refinement import Refiner
from steepest.agents.library.learning.effects import Effects, active_after
from steepest.agents.library.learning.journal import END_OF_ITERATION, StepRecord, TaskRecord
from steepest.agents.library.learning.online import OnlineLearning
from steepest.agents.library.tasks import LibraryTask
from steepest.traces.rendering.figures import count_of

__all__ = ["Evolution", "EvolutionSettings"]

_MISLED = 2
"""Tasks that an insight misled, before its condition is looked at."""


@dataclass(frozen=True)
class EvolutionSettings:
    """How much is tried for what is there.

    Args:
        candidates: Insights that are considered for an issue of a failed task.
        sets: Of insights that were not found, that are tried for a failed task.
        longest: The most characters of a refined condition.
        replayed: The most tasks of one kind that a refinement is measured on.
        least_hurt: Tasks that an insight has to have hurt before it is set aside.
        threshold: Of the posterior mean of its usefulness, below which it is.
        most: Active insights; those worth least a token go. None is no limit.
    """

    candidates: int = 3
    sets: int = 8
    longest: int = 600
    replayed: int = 4
    least_hurt: int = 2
    threshold: float = 0.35
    most: int | None = None


@dataclass(frozen=True)
class Evolution:
    """Iterations of learning: the first is online learning, the others diagnose and refine.

    Args:
        learning: Whose library, journal, student and teacher these are.
        settings: How much is tried.
    """

    learning: OnlineLearning
    settings: EvolutionSettings = field(default_factory=EvolutionSettings)

    async def learn(self, tasks: Sequence[LibraryTask], iteration: int = 0) -> list[TaskRecord]:
        """Go through tasks, and then through the insights; what the journal says is done is not done again.

        Raises:
            LLMError: The model can't be asked, for good; what was done before is in the library.
            LibraryError: The library can't be written.
        """
        known, has_ended = self.learning.journal.done(iteration), END_OF_ITERATION in self._done(iteration)
        if has_ended and all(task.id in known for task in tasks):
            return [known[task.id] for task in tasks]
        settings = self.settings
        doctor = Diagnostician(self.learning, settings.candidates, settings.sets)
        records = await self.learning.learn(tasks, iteration, diagnose=doctor.diagnose if iteration else None)
        if not has_ended:
            if iteration:
                await self._refine({task.id: task for task in tasks}, iteration)
            self._retire(iteration)
            self._quarantine(iteration)
            self._shrink(iteration)
            self._keep(iteration, END_OF_ITERATION, _counts(self._done(iteration)))
        return records

    async def _refine(self, tasks: Mapping[str, LibraryTask], iteration: int) -> None:
        """Refine what this iteration showed to be wrong, and what is set aside."""
        refiner = Refiner(self.learning, tasks, self.settings.longest, self.settings.replayed)
        entries = self.learning.library.entries()
        known = evidence_of(self.learning.journal.tasks, entries, tasks)
        waiting = self._set_aside(iteration)
        for entry in entries:
            name, evidence = entry.insight.id, known.get(entry.insight.id, Evidence())
            is_wrong = entry.insight.status == "active" and evidence.asks_for_refinement(iteration, _MISLED)
            is_waiting = entry.insight.status == "quarantined" and name in waiting
            if not (is_wrong or is_waiting) or f"refine {name}" in self._done(iteration):
                continue
            self.learning.say(f"refining '{entry.insight.title or name}'")
            begin = perf_counter()
            refinement = await refiner.refine(entry, evidence, iteration)
            self._keep(iteration, f"refine {name}", refinement.note, refinement.effects, perf_counter() - begin)

    def _retire(self, iteration: int) -> None:
        """Retire what an earlier iteration set aside and no refinement brought back."""
        for entry in self.learning.library.store.entries(sorted(self._set_aside(iteration))):
            if entry.insight.status == "quarantined":
                reason = "it hurt, and no other condition was found for it"
                self._keep(iteration, f"retire {entry.insight.id}", reason, retiring([entry], reason))

    def _quarantine(self, iteration: int) -> None:
        """Set aside what hurts again and again."""
        settings = self.settings
        found = harmful(self.learning.library, least_hurt=settings.least_hurt, threshold=settings.threshold)
        for entry, counted in list(found):
            reason = f"it hurt {count_of(counted.hurt, 'problem')} and helped {counted.helped:,}"
            self._keep(iteration, f"quarantine {entry.insight.id}", reason, quarantining(entry, reason))

    def _shrink(self, iteration: int) -> None:
        """Retire what is beyond the size that the library may have."""
        most, active = self.settings.most, self.learning.library.entries("active")
        if most is not None and len(active) > most:
            reason = f"worth least a token, of {count_of(len(active), 'insight')} where {most:,} may be"
            self._keep(iteration, f"shrink to {most}", reason, retiring(evicted(active, most), reason))

    def _keep(self, iteration: int, name: str, note: str, effects: Effects | None = None, seconds: float = 0.0) -> None:
        """Keep what a step came to in the journal, and do it to the library."""
        library, effects = self.learning.library, effects or Effects()
        size = len(active_after(effects, [each.insight.id for each in library.entries("active")]))
        record = StepRecord(iteration=iteration, name=name, effects=effects, note=note, size=size, seconds=seconds)
        self.learning.journal.keep(record, library)

    def _done(self, iteration: int) -> dict[str, StepRecord]:
        return self.learning.journal.steps_done(iteration)

    def _set_aside(self, iteration: int) -> set[str]:
        """Insights that this run quarantined in an earlier iteration, whatever became of them."""
        earlier = [each for each in self.learning.journal.steps if each.iteration < iteration]
        changes = [change for step in earlier for change in step.effects.changes if change.kind == "quarantine"]
        return {name for change in changes for name in change.insights}


def _counts(steps: Mapping[str, StepRecord]) -> str:
    """What happened to insights in an iteration, in a few words."""
    kinds = Counter(change.kind for step in steps.values() for change in step.effects.changes)
    refused = sum(name.startswith("refine ") and not step.effects.changes for name, step in steps.items())
    words = [(kinds["refine"], "refined"), (refused, "refused another condition")]
    words += [(kinds["quarantine"], "quarantined"), (kinds["retire"], "retired")]
    return ", ".join(f"{count:,} {word}" for count, word in words if count) or "no insight was changed"
