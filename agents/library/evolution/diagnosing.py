"""The diagnosis of a failure: why it came about, which insights did what, and which would have helped.

What a model says is tried out: insights misled if the task is solved without them, and one was missed if the task is
solved with it. What solves the task ends the diagnosis; what nothing solves is learned from, as in online learning.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from steepest.agents.library.evolution.diagnoses import Diagnosis, Issue
from steepest.agents.library.evolution.issues import find_issues
from steepest.agents.library.evolution.judgement import judge_insights
from steepest.agents.library.evolution.unretrieved import sets_to_try
from steepest.agents.library.insights import Insight
from steepest.agents.library.learning.exploration import is_grounded
from steepest.agents.library.learning.journal import TaskRecord
from steepest.agents.library.learning.online import Failure, OnlineLearning
from steepest.solvers.formulation import Formulation

__all__ = ["Diagnostician"]


@dataclass(frozen=True)
class Diagnostician:
    """Diagnoses failures of a run of learning.

    Args:
        learning: Whose student, teacher and library are asked.
        candidates: Insights that are considered for an issue.
        sets: Of insights that were not found, that are tried for a task.
    """

    learning: OnlineLearning
    candidates: int
    sets: int

    async def diagnose(self, failure: Failure) -> TaskRecord:
        """Find out what went wrong, and learn from it where the library has nothing against it.

        Raises:
            LLMError: The model can't be asked, for good.
        """
        record, right = failure.record, await self._right(failure)
        if right is None:
            return record.model_copy(update={"note": "no right formulation was found"})
        if failure.task.gold is None and isinstance(right, Formulation):
            record = record.model_copy(update={"right": right.to_text()})
        self._say(failure, "finding out what went wrong")
        teacher, sample = self.learning.teacher, record.iteration
        issues, refusals = await find_issues(failure.last, right, teacher, sample=sample)
        diagnosis = await self._judged(failure, issues)
        if not diagnosis.is_borne_out and not record.hurt:
            diagnosis = await self._missed(failure, diagnosis, right)
        record = _counted(record.model_copy(update={"diagnosis": diagnosis}))
        if diagnosis.is_borne_out or diagnosis.unretrieved or record.hurt:
            return record
        learned = await self.learning.learn_from(replace(failure, record=record))
        return learned if learned.note or not refusals else learned.model_copy(update={"note": "; ".join(refusals)})

    async def _right(self, failure: Failure) -> Formulation | str | None:
        """The student's own formulation, where it solves the task without insights; else as in online learning."""
        without = failure.without
        if failure.task.gold is None and without is not None and without.solved and is_grounded(without):
            return without.formulation
        return await self.learning.right(failure)

    async def _judged(self, failure: Failure, issues: tuple[Issue, ...]) -> Diagnosis:
        """What the insights in the prompt did, and whether leaving out all but the positive ones bears it out."""
        if not failure.last.used:
            return Diagnosis(issues=issues)
        self._say(failure, "judging the insights that it used")
        iteration = failure.record.iteration
        judged = await judge_insights(failure.last, issues, self.learning.teacher, sample=iteration)
        kept = [each for each in failure.last.entries if each.id in judged and judged[each.id].verdict == "positive"]
        holds = bool(judged) and len(kept) < len(judged) and await self._is_solved(failure, kept)
        return Diagnosis(issues=issues, judged=judged, is_borne_out=holds)

    async def _missed(self, failure: Failure, diagnosis: Diagnosis, right: Formulation | str) -> Diagnosis:
        """Try insights that were not found."""
        shelf, judged = self.learning.shelf, diagnosis.judged
        shelf.refresh()
        used = failure.last.used
        causes = diagnosis.issues or (Issue(issue=failure.task.text),)  # a weak teacher may name none
        sets = sets_to_try(causes, right, shelf, used=used, each=self.candidates, most=self.sets)
        kept = [each for each in failure.last.entries if not judged or judged[each.id].verdict == "positive"]
        for number, some in enumerate(sets, start=1):
            self._say(failure, f"trying insights that were not found, {number} of {len(sets)}")
            if await self._is_solved(failure, (*kept, *some)):
                names = tuple(each.id for each in some)
                return diagnosis.model_copy(update={"unretrieved": names, "tried": number})
        return diagnosis.model_copy(update={"tried": len(sets)})

    async def _is_solved(self, failure: Failure, insights: Sequence[Insight]) -> bool:
        """Whether the task is solved with these alone, each time."""
        if not insights and failure.without is not None:
            return failure.without.solved
        times = self.learning.settings.proofs
        return await self.learning.student.streak(failure.task, insights, times) == times

    def _say(self, failure: Failure, what: str) -> None:
        self.learning.say(f"{failure.task.id}: {what}")


def _counted(record: TaskRecord) -> TaskRecord:
    """The record with what hurt narrowed down, or found out, to what was borne out."""
    diagnosis, outcome = record.diagnosis, record.effects.outcome
    if diagnosis is None or not diagnosis.is_borne_out or outcome is None:
        return record
    counted = outcome.model_copy(update={"hurt": diagnosis.negative})
    effects = record.effects.model_copy(update={"outcome": counted})
    return record.model_copy(update={"hurt": diagnosis.negative, "effects": effects})
