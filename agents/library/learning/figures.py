"""What a run of learning came to, counted by iteration."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from steepest.agents.library.learning.journal import TaskRecord

__all__ = ["IterationFigures", "figures_of"]


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
    size: int
    """Active insights in the library at the end."""
    seconds: float

    @property
    def share(self) -> float | None:
        """Of the tasks that were solved."""
        return self.solved / self.tasks if self.tasks else None


def figures_of(records: Sequence[TaskRecord]) -> list[IterationFigures]:
    """The figures of each iteration that has begun, in order."""
    return [
        _of(number, [each for each in records if each.iteration == number])
        for number in sorted({each.iteration for each in records})
    ]


def _of(number: int, records: Sequence[TaskRecord]) -> IterationFigures:
    return IterationFigures(
        iteration=number,
        tasks=len(records),
        solved=sum(each.solved for each in records),
        helped=sum(bool(each.helped) for each in records),
        hurt=sum(bool(each.hurt) for each in records),
        learned=sum(len(each.learned) for each in records),
        refused=sum(len(each.refused) for each in records),
        size=records[-1].size,
        seconds=sum(each.seconds for each in records),
    )
