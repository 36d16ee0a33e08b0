"""The conversation as it goes on, event by event."""

import asyncio
from collections.abc import Callable, Sequence

from nicegui import background_tasks, ui

from steepest.agents.chat.events import Asked, Compared, Event, Recorded, Said, Signal, TurnEnded
from steepest.traces.rendering.markup import Markup, element, joined
from steepest.web.comparisons import still
from steepest.web.entries import entry
from steepest.web.progress import Progress
from steepest.web.rooms import MOST_SHOWN, Room

__all__ = ["Thread"]


class Thread:
    """The conversation on the page.

    Args:
        room: The conversation.
        reply: Says something in the person's place, such as an option of a question; tells whether a turn began.
    """

    def __init__(self, room: Room, reply: Callable[[str], bool]) -> None:
        self._room = room
        self._session = room.session
        self._reply = reply
        self._progress: Progress | None = None
        self._unended = ""
        """The words of the turn that has not ended."""
        self._interrupted: ui.element | None = None
        """Says why the last turn has not ended, where that is not because it goes on here."""
        self._column = ui.element("div").classes("thread").props('role=log aria-label="conversation"')
        self._replay(self._session.events[-MOST_SHOWN:], len(self._session.events) > MOST_SHOWN)

    def show(self, happened: Recorded | Signal) -> None:
        """Show what happens now."""
        if not isinstance(happened, Recorded):
            if self._progress is not None:
                self._progress.show(happened)
            return
        if isinstance(happened.event, Said | TurnEnded):
            self._settle_turn()
        with self._column:
            self._draw([happened])
            if isinstance(happened.event, Said) and self._session.is_busy:
                self._progress = Progress(self._session.cancel)

    def show_standing(self) -> None:
        """Show why the last turn has not ended: it goes on, here or elsewhere, or it was cut short."""
        self._settle_turn()
        with self._column:
            self._draw_standing()

    def _settle_turn(self) -> None:
        """What stood there for the turn before is gone."""
        if self._progress is not None:
            self._progress.end()
        if self._interrupted is not None:
            self._interrupted.delete()
        self._progress = self._interrupted = None

    def _replay(self, events: Sequence[Recorded], is_cut: bool) -> None:
        with self._column:
            if is_cut:
                ui.button("Show what came before", on_click=self._show_all).props("flat dense no-caps")
            self._draw(events)
            self._draw_standing()

    def _draw_standing(self) -> None:
        if self._session.is_busy:
            self._progress = Progress(self._session.cancel)
        elif self._session.elsewhere is not None:
            self._draw_interrupted("This turn goes on in another window or in the terminal.")
        elif self._session.cut_short is not None:
            self._draw_interrupted("The server ended in the middle of this turn.", self._session.cut_short[0])
        elif self._session.is_unended:
            self._draw_interrupted("The server ended in the middle of this turn; what came of it is kept.")

    def _draw_interrupted(self, told: str, words: str = "") -> None:
        """Say why a turn has not ended, with a button where its words may be carried out again."""
        with ui.element("div").classes("asked") as self._interrupted:
            ui.label(told)
            if words:
                ui.button("Go on with it", on_click=lambda: self._reply(words)).props("outline dense no-caps")

    async def _show_all(self) -> None:
        session = self._session
        await asyncio.to_thread(self._room.comparisons.draw, list(session.events), still(session.conversation))
        if self._column.is_deleted:
            return
        self._column.clear()
        self._unended, self._progress, self._interrupted = "", None, None
        self._replay(session.events, is_cut=False)

    def _draw(self, events: Sequence[Recorded]) -> None:
        """Put events at the end; as few elements as possible, since each costs time whenever anything changes."""
        waiting: list[Markup] = []
        for each in events:
            match each.event:
                case Asked():
                    _settle(waiting)
                    self._draw_question(each.event)
                case Compared() if not self._room.comparisons.knows(each.event, self._session.conversation):
                    _settle(waiting)
                    self._draw_later(each.event)
                case _:
                    waiting.append(self._entry(each.event))
        _settle(waiting)

    def _draw_later(self, compared: Compared) -> None:
        """Put a comparison at the end, which is worked out in another thread."""
        place = ui.html("", sanitize=False).classes("entries")
        now = still(self._session.conversation)

        async def fill() -> None:
            drawn = await asyncio.to_thread(self._room.comparisons.entry, compared, now)
            if not place.is_deleted:
                place.set_content(drawn)

        background_tasks.create(fill(), name="a comparison")

    def _entry(self, event: Event) -> Markup:
        is_again = isinstance(event, Said) and event.text == self._unended
        if isinstance(event, Said):
            self._unended = event.text
        elif isinstance(event, TurnEnded):
            self._unended = ""
        if is_again:
            return element("div", "cut short, and carried out again", class_="note")
        if isinstance(event, Compared):
            return self._room.comparisons.entry(event, self._session.conversation)
        return entry(event, self._session.conversation, self._session.id)

    def _draw_question(self, asked: Asked) -> None:
        with ui.element("div").classes("asked"):
            ui.label(asked.question)
            for each in asked.options:
                ui.button(each, on_click=lambda each=each: self._reply(each)).props("outline dense no-caps")


def _settle(entries: list[Markup]) -> None:
    """Put entries on the page as one element."""
    if any(entries):
        ui.html(joined(*entries), sanitize=False).classes("entries")
    entries.clear()
