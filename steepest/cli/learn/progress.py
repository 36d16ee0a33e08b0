"""How far a run of learning is, as its journal says, and in words."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from steepest.agents.library.learning.journal import Journal, TaskRecord
    from steepest.agents.llm.kept_replies import Paid

__all__ = ["Progress", "counts", "left", "line", "place", "spent"]


class Progress:
    """Takes in what happens; another thread reads it.

    The journal grows while the run goes on.

    Args:
        tasks: In one iteration.
        iterations: In all.
        journal: Of the run, with what earlier starts did.
        paid: What the run has spent.
        clock: Seconds.
    """

    def __init__(
        self,
        tasks: int,
        iterations: int,
        journal: "Journal",
        paid: "Callable[[], Paid]",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.tasks = tasks
        self.iterations = iterations
        self.iteration = 0
        self.doing = ""
        self.paid = paid
        self.journal = journal
        self._before = len(journal.tasks)
        self._clock = clock
        self._begin = clock()

    def say(self, line: str) -> None:
        """Take in what is being done."""
        self.doing = line

    @property
    def records(self) -> "list[TaskRecord]":
        """What came of tasks."""
        return self.journal.tasks

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
    from steepest.agents.library.learning.figures import figures_of
    from steepest.traces.rendering.figures import count_of

    figures = figures_of(list(progress.journal.records))
    solved = sum(each.solved for each in figures if each.iteration == progress.iteration)
    learned = count_of(sum(each.learned for each in figures), "insight")
    words = [f"{solved:,} solved", f"{learned} learned", f"{sum(each.refused for each in figures):,} refused"]
    changed = {
        "merged": sum(each.merged for each in figures),
        "refined": sum(each.refined for each in figures),
        "set aside": sum(each.quarantined for each in figures),
        "retired": sum(each.retired for each in figures),
    }
    return ", ".join([*words, *(f"{count:,} {word}" for word, count in changed.items() if count)])


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
