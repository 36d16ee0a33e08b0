"""The progress of a run on standard error: a table that redraws itself on a terminal, a line now and then elsewhere."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from steepest.agents.periodic import every
from steepest.cli.console import Console, visible
from steepest.cli.evals.progress_text import counts, left, line, spent, under_way, verdicts

if TYPE_CHECKING:
    from rich.console import RenderableType

    from steepest.evals.progress import Progress

SECONDS_BETWEEN_LINES = 5.0
SECONDS_BETWEEN_SIGNS = 60.0
"""Of life, where nothing has changed."""
REDRAWN_PER_SECOND = 4
BAR_WIDTH = 40


@contextmanager
def shown(progress: "Progress", console: Console, title: str) -> Iterator[None]:
    """Show the progress while the block runs, and its last state at the end; nothing if the console is quiet."""
    if console.is_quiet:
        yield
    elif console.is_terminal and os.environ.get("TERM") != "dumb":
        with _table(progress, console, title):
            yield
    else:
        with _lines(progress, console, title):
            yield


@contextmanager
def _table(progress: "Progress", console: Console, title: str) -> Iterator[None]:
    from rich.console import Console as Terminal
    from rich.live import Live

    terminal = Terminal(file=console.stderr, highlight=False, markup=False, emoji=False)
    live = Live(
        console=terminal,
        get_renderable=lambda: drawn(progress, title),
        refresh_per_second=REDRAWN_PER_SECOND,
    )
    with live:
        yield


def drawn(progress: "Progress", title: str) -> "RenderableType":
    """The table as it stands."""
    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    bar = Table.grid(padding=(0, 2))
    fraction = f"{progress.done:,} of {progress.total:,}"
    bar.add_row(ProgressBar(progress.total or 1, progress.done, width=BAR_WIDTH), fraction, left(progress))
    figures = Table.grid(padding=(0, 2))
    for name, words in (
        ("", counts(progress)),
        ("verdicts", verdicts(progress)),
        ("spent", spent(progress)),
        ("under way", under_way(progress)),
    ):
        if words:
            figures.add_row(Text(name, style="dim"), Text(visible(words)))
    parts: list[RenderableType] = [Text(visible(title), style="bold", no_wrap=True, overflow="ellipsis"), bar, figures]
    if progress.stopping is not None:
        parts.append(Text(visible(f"stopping: {progress.stopping.message} What is under way may end."), style="yellow"))
    return Group(*parts)


@contextmanager
def _lines(progress: "Progress", console: Console, title: str) -> Iterator[None]:
    console.step(title)
    with every(SECONDS_BETWEEN_LINES, Reporter(progress, console).tell):
        yield
    console.step(line(progress))


class Reporter:
    """Tells the progress where something has changed, and that it is still going on where nothing does."""

    def __init__(self, progress: "Progress", console: Console) -> None:
        self._progress = progress
        self._console = console
        self._told = -1
        self._seconds = console.seconds

    def tell(self) -> None:
        """Write a line if there is reason to."""
        if not self._progress.total:
            return
        if self._progress.done != self._told:
            self._write(line(self._progress))
        elif self._console.seconds - self._seconds >= SECONDS_BETWEEN_SIGNS:
            self._write(f"{self._progress.done:,} of {self._progress.total:,}, under way: {under_way(self._progress)}")

    def _write(self, text: str) -> None:
        self._console.step(text)
        self._told, self._seconds = self._progress.done, self._console.seconds
