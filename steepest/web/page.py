"""A conversation as a page: what is said on one side, the model and its answer on the other."""

import asyncio
from typing import Any

from nicegui import ui

from steepest.agents.chat.events import Answered, Moved, Recorded, Signal, TurnEnded
from steepest.agents.chat.intents import Intent
from steepest.agents.chat.stores.protocol import SessionSummary
from steepest.errors import InputError, SteepestError
from steepest.web.desk import Desk
from steepest.web.rooms import Room, Rooms
from steepest.web.thread import Thread
from steepest.web.uploads import Uploads

__all__ = ["Page"]

_MOST_LISTED = 200
_SECONDS_BETWEEN = 2.0
"""Between two looks at a turn that goes on in another process."""


class Page:
    """A conversation on a page, for one tab of a browser.

    Args:
        room: The conversation.
        rooms: Where it is open.
        owner: Whose it is.
        can_leave: Whether somebody logged in, who may want to log out.
    """

    def __init__(self, room: Room, rooms: Rooms, owner: str, *, can_leave: bool) -> None:
        self._room = room
        self._rooms = rooms
        self._owner = owner
        self._client = ui.context.client
        self._draw_top(can_leave)
        with ui.element("main").classes("conversation"):
            with ui.element("section").classes("left").props('aria-label="conversation"'):
                self._thread = Thread(room, self.say)
                self._draw_composer()
            with ui.element("section").classes("right").props('aria-label="model and answer"'):
                self._desk = Desk(room, self.say)
        self._show_title()
        self._stop_listening = room.session.listen(self._show)
        self._client.on_delete(self._leave)
        self._elsewhere = ui.timer(_SECONDS_BETWEEN, self._look_elsewhere, active=room.session.elsewhere is not None)
        self._pick_up()

    def say(self, words: str, intent: Intent | None = None) -> bool:
        """Begin a turn; what happens in it is shown as it happens.

        Returns:
            Whether it began; what keeps it from that is told.
        """
        if not words.strip():
            return False
        try:
            turn = self._rooms.go_on(self._room, words, intent)
        except InputError as error:
            ui.notify(str(error), type="warning")
            return False
        turn.add_done_callback(lambda done: self._tell_trouble(done, words))
        return True

    def _tell_trouble(self, turn: "asyncio.Task[None]", words: str) -> None:
        """What a turn could not even tell in the conversation."""
        error = turn.exception() if not turn.cancelled() else None
        if error is None or self._client.is_deleted:
            return
        if isinstance(error, SteepestError):
            with self._client:
                ui.notify(str(error), type="warning")
            self._words.set_value(self._words.value or words)
            if self._room.session.elsewhere is not None:
                self._elsewhere.activate()
        elif isinstance(error, Exception):
            self._client.handle_exception(error)

    def _pick_up(self) -> None:
        """Go on with the turn that a crash ended, unless going on with it crashed, too."""
        session = self._room.session
        if session.cut_short is not None and not self._room.is_busy and session.crashes == 1:
            self.say(*session.cut_short)

    def _look_elsewhere(self) -> None:
        """Show what a turn in another process keeps, until it has ended; one that was cut short goes on here."""
        session = self._room.session
        goes_on = session.elsewhere is not None
        if not goes_on:
            self._elsewhere.deactivate()
        if self._room.is_busy:
            return
        session.catch_up()
        self._thread.show_standing()
        if not goes_on:
            self._pick_up()

    def _leave(self) -> None:
        self._stop_listening()
        self._rooms.leave(self._room)

    def _show(self, happened: Recorded | Signal) -> None:
        """Listens to the session; what can't be shown is logged, and the turn goes on."""
        if self._client.is_deleted:
            return
        try:
            self._draw(happened)
        except Exception as error:
            self._client.handle_exception(error)

    def _draw(self, happened: Recorded | Signal) -> None:
        with self._client:
            self._thread.show(happened)
            if not isinstance(happened, Recorded):
                return
            if isinstance(happened.event, Answered | Moved):
                self._desk.show()
            if isinstance(happened.event, TurnEnded):
                self._show_title()

    def _show_title(self) -> None:
        title = self._room.session.conversation.title or "New conversation"
        self._title.set_text(title)
        ui.page_title(f"{title} · steepest")

    def _draw_top(self, can_leave: bool) -> None:
        with ui.element("header").classes("top"):
            button = ui.button(icon="menu").props('flat dense round aria-label="conversations"')
            with button, ui.menu() as self._menu:
                self._menu.on("before-show", self._list_conversations)
            self._title = ui.label().classes("title").props("role=heading aria-level=1")
            ui.element("span").classes("gap-filler")
            turn = ui.button(icon="swap_horiz", on_click=lambda: ui.run_javascript("steepest.turnOver()"))
            turn.props('flat dense round aria-label="conversation or answer"').classes("only-narrow")
            dark = ui.dark_mode(_look(self._client))
            look = ui.button(icon="contrast").props('flat dense round aria-label="dark or light"')
            look.on("click", lambda event: dark.set_value(event.args), js_handler="() => emit(steepest.changeLook())")
            if can_leave:
                ui.link("Log out", "/logout").classes("leave")

    def _list_conversations(self) -> None:
        self._menu.clear()
        with self._menu:
            ui.menu_item("New conversation", on_click=self._begin)
            ui.separator()
            for each in self._rooms.store.sessions(self._owner)[:_MOST_LISTED]:
                self._draw_past(each)

    def _draw_past(self, past: SessionSummary) -> None:
        is_here = past.id == self._room.session.id
        with ui.menu_item(on_click=lambda: ui.navigate.to(f"/c/{past.id}")).classes("past" + " here" * is_here):
            ui.label(past.title or past.id).classes("past-title")
            ui.label(f"{past.changed:%Y-%m-%d}").classes("note")
            delete = ui.button(icon="delete").props("flat dense round size=sm")
            delete.props["aria-label"] = f"delete {past.title}"  # a quote in it would end a text of `props`
            delete.on("click.stop", lambda: self._ask_to_delete(past))

    def _begin(self) -> None:
        try:
            ui.navigate.to(f"/c/{self._rooms.begin(self._owner)}")
        except InputError as error:
            ui.notify(str(error), type="warning")

    def _ask_to_delete(self, past: SessionSummary) -> None:
        self._menu.close()
        with self._client, ui.dialog(value=True) as asking, ui.card():
            ui.label(f"Delete “{past.title}” and its files for good?")
            with ui.element("div").classes("editing"):
                ui.button("Delete", on_click=lambda: self._delete(past.id)).props("no-caps unelevated color=negative")
                ui.button("Keep it", on_click=asking.close).props("no-caps flat autofocus")
        asking.on("hide", asking.delete)

    async def _delete(self, id: str) -> None:
        try:
            await self._rooms.delete(id, self._owner)
        except InputError as error:
            ui.notify(str(error), type="warning")
            return
        ui.navigate.to("/" if id == self._room.session.id else f"/c/{self._room.session.id}")

    def _draw_composer(self) -> None:
        with ui.element("div").classes("composer").props('role=form aria-label="say something"'):
            Uploads(self._room, self._rooms)
            self._words = ui.textarea(placeholder="Tell a problem, change it in words, ask why …").props(
                'autogrow outlined dense autofocus aria-label="your words"'
            )
            self._words.on("keydown.enter.exact.prevent", self._send)
            self._words.on("keydown.escape", lambda: self._room.session.cancel())
            ui.button(icon="send", on_click=self._send).props('flat round aria-label="send"').mark("send")

    def _send(self) -> None:
        if self.say(self._words.value or ""):
            self._words.set_value("")


def _look(client: Any) -> bool | None:
    """Dark, light, or as the system has it: what the person chose in this browser."""
    chosen = client.request.cookies.get("steepest-look")
    return {"dark": True, "light": False}.get(chosen)
