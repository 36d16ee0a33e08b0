"""How far a run of learning is, taken in task by task, and in words."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from steepest.agents.library.learning.journal import TaskRecord
    from steepest.agents.llm.kept_replies import Paid

__all__ = ["Progress", "counts", "left", "line", "place", "spent"]


class Progress:
    """Takes in what happens; another thread reads it.

    Args:
        tasks: In one iteration.
        iterations: In all.
        records: Of earlier starts.
        paid: What the run has spent.
        clock: Seconds.
    """

    def __init__(
        self,
        tasks: int,
        iterations: int,
        records: "list[TaskRecord]",
        paid: "Callable[[], Paid]",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.tasks = tasks
        self.iterations = iterations
        self.iteration = 0
        self.doing = ""
        self.paid = paid
        self.records = list(records)
        self._before = len(self.records)
        self._clock = clock
        self._begin = clock()

    def say(self, line: str) -> None:
        """Take in what is being done."""
        self.doing = line

    def receive(self, record: "TaskRecord") -> None:
        """Take in what came of a task."""
        self.iteration = record.iteration
        self.records.append(record)

    @property
    def done(self) -> int:
        """Tasks that are done in this iteration."""
        return sum(each.iteration == self.iteration for each in self.records)

    @property
    def share(self) -> float:
        """Of all iterations."""
        return min(len(self.records) / max(self.tasks * self.iterations, 1), 1.0)

    @property
    def seconds_left(self) -> float | None:
        """At the pace of this start; None before it has any."""
        made = len(self.records) - self._before
        open_tasks = self.tasks * self.iterations - len(self.records)
        return (self._clock() - self._begin) / made * open_tasks if made and open_tasks > 0 else None


def line(progress: Progress) -> str:
    """All of it in one line."""
    parts = (place(progress), counts(progress), spent(progress), left(progress), progress.doing)
    return ", ".join(filter(None, parts))


def place(progress: Progress) -> str:
    """Which task of which iteration."""
    iteration = f" of iteration {progress.iteration + 1} of {progress.iterations}" if progress.iterations > 1 else ""
    return f"{progress.done:,} of {progress.tasks:,} problems{iteration}"


def counts(progress: Progress) -> str:
    """Solved in this iteration, and what became of insights in all."""
    from steepest.traces.rendering.figures import count_of

    records = progress.records
    solved = sum(each.solved for each in records if each.iteration == progress.iteration)
    learned = sum(len(each.learned) for each in records)
    refused = sum(len(each.refused) for each in records)
    return f"{solved:,} solved, {count_of(learned, 'insight')} learned, {refused:,} refused"


def spent(progress: Progress) -> str:
    """Money and tokens of the whole run."""
    from steepest.traces.rendering.figures import money

    paid = progress.paid()
    return f"{money(paid.money)}, {paid.tokens:,} tokens" if paid.tokens else ""


def left(progress: Progress) -> str:
    """About how long it will take."""
    seconds = progress.seconds_left
    if seconds is None:
        return ""
    if seconds < 100:
        return f"about {seconds:.0f} s left"
    return f"about {seconds / 60:.0f} min left" if seconds < 6000 else f"about {seconds / 3600:.1f} h left"
