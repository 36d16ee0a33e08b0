"""The conversation as it goes on, event by event."""

from collections.abc import Callable

from nicegui import ui

from steepest.agents.chat.comparing import comparison
from steepest.agents.chat.events import (
    Answered,
    Asked,
    Attached,
    Compared,
    Event,
    Exported,
    Moved,
    Named,
    Recorded,
    Said,
    Signal,
    Told,
    TurnEnded,
)
from steepest.agents.chat.session import Session
from steepest.web.progress import Progress
from steepest.web.tables import compared_table

__all__ = ["Thread"]

_MOST_SHOWN = 200
"""Events, of a conversation that is opened again; the ones before come on demand."""


class Thread:
    """The conversation on the page.

    Args:
        session: The conversation.
        reply: Says something in the person's place, such as an option of a question.
    """

    def __init__(self, session: Session, reply: Callable[[str], None]) -> None:
        self._session = session
        self._reply = reply
        self._progress: Progress | None = None
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
        with self._column:
            self._draw(happened.event)
            if isinstance(happened.event, Said):
                self._progress = Progress(self._session.cancel)

    def _replay(self, events: list[Recorded], is_cut: bool) -> None:
        with self._column:
            if is_cut:
                ui.button("Show what came before", on_click=self._show_all).props("flat dense no-caps")
            for each in events:
                self._draw(each.event)
            if self._session.is_busy:
                self._progress = Progress(self._session.cancel)

    def _show_all(self) -> None:
        self._column.clear()
        self._replay(self._session.events, is_cut=False)

    def _draw(self, event: Event) -> None:
        match event:
            case Said(text=text):
                ui.label(text).classes("said")
            case Answered():
                self._draw_answer(event)
            case Compared(numbers=numbers):
                ui.html(compared_table(comparison(numbers, self._session.conversation)), sanitize=False)
            case Told(text=text, topic=topic):
                ui.label(text).classes(f"told {topic}")
            case Asked(question=question, options=options):
                self._draw_question(question, options)
            case Exported(format=format, path=path):
                _draw_download(self._session.id, format, path)
            case TurnEnded():
                _draw_end(event)
            case _:
                _draw_note(event, self._session)

    def _draw_answer(self, event: Answered) -> None:
        version = event.version
        with ui.element("div").classes(f"answered {version.outcome}"):
            if version.changes:
                ui.label("; ".join(version.changes)).classes("changed")
            ui.label(version.explanation)
            if version.steps:
                with ui.expansion("Steps").classes("steps").props("dense"):
                    ui.label("\n".join(map(str, version.steps))).classes("log")
            if version.insights:
                with ui.expansion(f"Insights used: {len(version.insights)}").classes("steps").props("dense"):
                    for each in version.insights:
                        ui.label(f"{each.title}{' (cited)' if each.cited else ''}: {each.reason}".rstrip(": "))

    def _draw_question(self, question: str, options: tuple[str, ...]) -> None:
        with ui.element("div").classes("asked"):
            ui.label(question)
            for each in options:
                ui.button(each, on_click=lambda each=each: self._reply(each)).props("outline dense no-caps")


def _draw_note(event: Event, session: Session) -> None:
    match event:
        case Attached(name=name, description=description):
            text = f"{name}: {description}"
        case Moved(number=None):
            text = "back at the beginning"
        case Moved(number=int(number)):
            text = f"at version {session.conversation.name_of(number)}"
        case Named(number=number, name=name):
            text = f"version {number} is {name}"
        case _:
            return
    ui.label(text).classes("note")


def _draw_download(session: str, format: str, path: str) -> None:
    name = path.rpartition("/")[2]
    ui.link(f"{name} ({format})", f"/c/{session}/files/{name}").classes("download").props(f'download="{name}"')


def _draw_end(ended: TurnEnded) -> None:
    words = [f"{ended.seconds:.1f} s"]
    if ended.input_tokens and ended.output_tokens:
        words.append(f"{ended.input_tokens:,} + {ended.output_tokens:,} tokens")
    if ended.cost:
        words.append(f"{ended.cost} $")
    ui.label(" · ".join(words)).classes("ended")
