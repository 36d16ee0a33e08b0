"""A turn in progress: what is being done, what was done, how far the solver is, and a button that ends it."""

from collections.abc import Callable
from time import perf_counter

from nicegui import ui

from steepest.agents.chat.events import Signal, Solving, StepTaken, Working
from steepest.solvers.control import SolveProgress
from steepest.solvers.progress import progress_line
from steepest.web.drawing.curves import gap_curve

__all__ = ["Progress"]

_MOST_LINES = 500
_SECONDS_BETWEEN = 0.2
"""Between two drawings of the curve; a solver tells more often than one can look."""


class Progress:
    """A turn in progress.

    Args:
        cancel: Ends the turn.
    """

    def __init__(self, cancel: Callable[[], None]) -> None:
        self._lines: list[str] = []
        self._solves: list[SolveProgress] = []
        self._drawn = 0.0
        self._box = ui.element("div").classes("progress").props("aria-live=polite")
        with self._box:
            with ui.element("div").classes("now"):
                ui.spinner(size="1.1em")
                self._now = ui.label("Thinking").classes("line")
                ui.button("Cancel", on_click=lambda: cancel()).props("outline dense no-caps").mark("cancel")
            self._curve = ui.html("", sanitize=False)
            with ui.expansion("Details").classes("steps").props("dense") as self._details:
                self._log = ui.label("").classes("log")
            self._details.set_visibility(False)

    def show(self, signal: Signal) -> None:
        """Show how far it is."""
        match signal:
            case Working(line=line):
                self._write(line)
            case StepTaken(step=step):
                self._write(str(step))
            case Solving(progress=progress):
                self._solves.append(progress)
                self._draw(progress)

    def end(self) -> None:
        """Take it off the page."""
        self._box.delete()

    def _write(self, line: str) -> None:
        self._lines.append(line)
        del self._lines[:-_MOST_LINES]
        self._now.set_text(line)
        self._log.set_text("\n".join(self._lines))
        self._details.set_visibility(True)

    def _draw(self, progress: SolveProgress) -> None:
        if perf_counter() - self._drawn < _SECONDS_BETWEEN:
            return
        self._drawn = perf_counter()
        self._now.set_text(progress_line(progress))
        self._curve.set_content(gap_curve(self._solves))
