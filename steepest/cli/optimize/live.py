"""The progress of a search on standard error: a table that redraws itself on a terminal, else a line now and then."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from steepest.agents.periodic import every
from steepest.cli.console import Console, visible
from steepest.cli.optimize.progress import Progress, candidates, left, line, scores, spent

if TYPE_CHECKING:
    from rich.console import RenderableType

SECONDS_BETWEEN_LINES = 5.0
SECONDS_BETWEEN_SIGNS = 60.0
"""Of life, where nothing has changed."""
REDRAWN_PER_SECOND = 4
BAR_WIDTH = 40


@contextmanager
def shown(progress: Progress, console: Console, title: str) -> Iterator[None]:
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
def _table(progress: Progress, console: Console, title: str) -> Iterator[None]:
    from rich.console import Console as Terminal
    from rich.live import Live

    terminal = Terminal(file=console.stderr, highlight=False, markup=False, emoji=False)
    live = Live(console=terminal, get_renderable=lambda: drawn(progress, title), refresh_per_second=REDRAWN_PER_SECOND)
    with live:
        yield


def drawn(progress: Progress, title: str) -> "RenderableType":
    """The table as it stands."""
    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    head = Text(visible(title), style="bold", no_wrap=True, overflow="ellipsis")
    standing = progress.standing
    if standing is None:
        return Group(head, Text(line(progress), style="dim"))
    bar = Table.grid(padding=(0, 2))
    if standing.share is not None:
        share = f"{100 * standing.share:.0f} % of the budget"
        bar.add_row(ProgressBar(1.0, standing.share, width=BAR_WIDTH), share, left(progress))
    figures = Table.grid(padding=(0, 2))
    rows = (
        ("score", scores(standing)),
        ("candidates", candidates(standing)),
        ("spent", spent(standing)),
        ("last", standing.decision),
    )
    for name, words in rows:
        if words:
            figures.add_row(Text(name, style="dim"), Text(visible(words), style="bold" if name == "score" else ""))
    return Group(head, bar, figures)


@contextmanager
def _lines(progress: Progress, console: Console, title: str) -> Iterator[None]:
    console.step(title)
    try:
        with every(SECONDS_BETWEEN_LINES, Reporter(progress, console).tell):
            yield
    finally:
        if progress.standing is not None:
            console.step(line(progress))


class Reporter:
    """Tells the progress where something has changed, and that it is still going on where nothing does."""

    def __init__(self, progress: Progress, console: Console) -> None:
        self._progress = progress
        self._console = console
        self._told = -1
        self._seconds = console.seconds

    def tell(self) -> None:
        """Write a line if there is reason to."""
        standing = self._progress.standing
        calls = 0 if standing is None else standing.metric_calls
        if calls != self._told or self._console.seconds - self._seconds >= SECONDS_BETWEEN_SIGNS:
            self._console.step(line(self._progress))
            self._told, self._seconds = calls, self._console.seconds
