"""What a run of learning came to, counted by iteration."""

from collections import Counter
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from steepest.agents.library.events import ChangeKind
from steepest.agents.library.evolution.diagnoses import Diagnosis, Verdict
from steepest.agents.library.learning.journal import StepRecord, TaskRecord

__all__ = ["DiagnosisFigures", "IterationFigures", "figures_of"]


class DiagnosisFigures(BaseModel):
    """What failures came from, those that were diagnosed."""

    model_config = ConfigDict(frozen=True)

    failures: int = 0
    issues: int = 0
    """Independent root causes."""
    positive: int = 0
    """Insights that a model judged so, as all four."""
    invalid: int = 0
    negative: int = 0
    irrelevant: int = 0
    borne_out: int = 0
    """Failures that were solved with the positive insights alone."""
    unretrieved: int = 0
    """Failures that were solved with insights that had not been found."""


class IterationFigures(BaseModel):
    """One iteration."""

    model_config = ConfigDict(frozen=True)

    iteration: int
    """From 0."""
    tasks: int
    solved: int
    helped: int
    """Tasks that were solved with insights and not without."""
    hurt: int
    """Tasks that were solved without insights and not with."""
    learned: int
    """Insights that entered."""
    refused: int
    merged: int = 0
    """Insights that took the place of others."""
    refined: int = 0
    quarantined: int = 0
    retired: int = 0
    diagnosis: DiagnosisFigures = DiagnosisFigures()
    size: int
    """Active insights in the library at the end."""
    seconds: float

    @property
    def share(self) -> float | None:
        """Of the tasks that were solved."""
        return self.solved / self.tasks if self.tasks else None


def figures_of(records: Sequence[TaskRecord | StepRecord]) -> list[IterationFigures]:
    """The figures of each iteration that has begun, in order."""
    return [
        _of(number, [each for each in records if each.iteration == number])
        for number in sorted({each.iteration for each in records})
    ]


def _of(number: int, records: Sequence[TaskRecord | StepRecord]) -> IterationFigures:
    tasks = [each for each in records if isinstance(each, TaskRecord)]
    changed = _changed(records)
    return IterationFigures(
        iteration=number,
        tasks=len(tasks),
        solved=sum(each.solved for each in tasks),
        helped=sum(bool(each.helped) for each in tasks),
        hurt=sum(bool(each.hurt) for each in tasks),
        learned=sum(len(each.learned) for each in tasks),
        refused=sum(len(each.refused) for each in tasks),
        merged=changed["merge"],
        refined=changed["refine"],
        quarantined=changed["quarantine"],
        retired=changed["retire"],
        diagnosis=_diagnosed([each.diagnosis for each in tasks if each.diagnosis is not None]),
        size=records[-1].size,
        seconds=sum(each.seconds for each in records),
    )


def _changed(records: Sequence[TaskRecord | StepRecord]) -> Counter[ChangeKind]:
    """Insights that changes of each kind left behind."""
    changes = [change for each in records for change in each.effects.changes]
    kinds: Counter[ChangeKind] = Counter()
    for change in changes:
        kinds[change.kind] += sum(insight is not None for insight in change.insights.values())
    return kinds


def _diagnosed(diagnoses: Sequence[Diagnosis]) -> DiagnosisFigures:
    verdicts: Counter[Verdict] = Counter(one.verdict for each in diagnoses for one in each.judged.values())
    return DiagnosisFigures(
        failures=len(diagnoses),
        issues=sum(len(each.issues) for each in diagnoses),
        borne_out=sum(each.is_borne_out for each in diagnoses),
        unretrieved=sum(bool(each.unretrieved) for each in diagnoses),
        positive=verdicts["positive"],
        invalid=verdicts["invalid"],
        negative=verdicts["negative"],
        irrelevant=verdicts["irrelevant"],
    )
