"""The conversation as it goes on, event by event."""

from collections.abc import Callable, Sequence

from nicegui import ui

from steepest.agents.chat.events import Asked, Event, Recorded, Said, Signal, TurnEnded
from steepest.agents.chat.session import Session
from steepest.traces.rendering.markup import Markup, element, joined
from steepest.web.entries import entry
from steepest.web.progress import Progress

__all__ = ["Thread", "crashes"]

_MOST_SHOWN = 200
"""Events, of a conversation that is opened again; the ones before come on demand."""


class Thread:
    """The conversation on the page.

    Args:
        session: The conversation.
        reply: Says something in the person's place, such as an option of a question; tells whether a turn began.
    """

    def __init__(self, session: Session, reply: Callable[[str], bool]) -> None:
        self._session = session
        self._reply = reply
        self._progress: Progress | None = None
        self._unended = ""
        """The words of the turn that has not ended."""
        self._interrupted: ui.element | None = None
        """Says that a crash ended the last turn."""
        self._column = ui.element("div").classes("thread").props('role=log aria-label="conversation"')
        self._replay(session.events[-_MOST_SHOWN:], len(session.events) > _MOST_SHOWN)

    def show(self, happened: Recorded | Signal) -> None:
        """Show what happens now."""
        if not isinstance(happened, Recorded):
            if self._progress is not None:
                self._progress.show(happened)
            return
        if isinstance(happened.event, TurnEnded) and self._progress is not None:
            self._progress.end()
            self._progress = None
        if isinstance(happened.event, Said) and self._interrupted is not None:
            self._interrupted.delete()
            self._interrupted = None
        with self._column:
            self._draw([happened])
            if isinstance(happened.event, Said):
                self._progress = Progress(self._session.cancel)

    def _replay(self, events: Sequence[Recorded], is_cut: bool) -> None:
        with self._column:
            if is_cut:
                ui.button("Show what came before", on_click=self._show_all).props("flat dense no-caps")
            self._draw(events)
            if self._session.is_busy:
                self._progress = Progress(self._session.cancel)
            elif self._unended:
                self._draw_interrupted(self._unended)

    def _show_all(self) -> None:
        self._column.clear()
        self._unended, self._interrupted = "", None
        self._replay(self._session.events, is_cut=False)

    def _draw(self, events: Sequence[Recorded]) -> None:
        """Put events at the end; as few elements as possible, since each costs time whenever anything changes."""
        waiting: list[Markup] = []
        for each in events:
            if isinstance(each.event, Asked):
                _settle(waiting)
                self._draw_question(each.event)
            else:
                waiting.append(self._entry(each.event))
        _settle(waiting)

    def _entry(self, event: Event) -> Markup:
        is_again = isinstance(event, Said) and event.text == self._unended
        if isinstance(event, Said):
            self._unended = event.text
        elif isinstance(event, TurnEnded):
            self._unended = ""
        if is_again:
            return element("div", "cut short, and carried out again", class_="note")
        return entry(event, self._session.conversation, self._session.id)

    def _draw_interrupted(self, words: str) -> None:
        with ui.element("div").classes("asked") as self._interrupted:
            ui.label("The server ended in the middle of this turn.")
            again = "Go on with it" if self._session.cut_short is not None else "Say it again"
            ui.button(again, on_click=lambda: self._reply(words)).props("outline dense no-caps")

    def _draw_question(self, asked: Asked) -> None:
        with ui.element("div").classes("asked"):
            ui.label(asked.question)
            for each in asked.options:
                ui.button(each, on_click=lambda each=each: self._reply(each)).props("outline dense no-caps")


def crashes(events: Sequence[Recorded]) -> int:
    """How often the turn that has not ended was begun."""
    count = 0
    for each in reversed(events):
        if isinstance(each.event, TurnEnded):
            break
        count += isinstance(each.event, Said)
    return count


def _settle(entries: list[Markup]) -> None:
    """Put entries on the page as one element."""
    if any(entries):
        ui.html(joined(*entries), sanitize=False).classes("entries")
    entries.clear()
