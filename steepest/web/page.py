"""A conversation as a page: what is said on one side, the model and its answer on the other."""

from collections.abc import Coroutine
from typing import Any

from nicegui import ui

from steepest.agents.chat.events import Answered, Moved, Recorded, Signal, TurnEnded
from steepest.errors import SteepestError
from steepest.web.desk import Desk
from steepest.web.rooms import Room, Rooms
from steepest.web.thread import Thread
from steepest.web.uploads import Uploads

__all__ = ["Page"]


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
                self._thread = Thread(room.session, self.say)
                self._draw_composer()
            with ui.element("section").classes("right").props('aria-label="model and answer"'):
                self._desk = Desk(room, self.say, self.carry_out)
        self._show_title()
        self._stop_listening = room.session.listen(self._show)
        self._client.on_delete(self._leave)
        ui.run_javascript("steepest.atEnd()")

    def say(self, words: str) -> None:
        """Begin a turn with these words."""
        if words.strip():
            self.carry_out(self._room.session.turn(words))

    def carry_out(self, turn: Coroutine[Any, Any, None]) -> None:
        """Begin a turn; what keeps it from beginning is told, and what happens in it is shown as it happens."""
        self._rooms.go_on(self._room, self._told(turn))

    async def _told(self, turn: Coroutine[Any, Any, None]) -> None:
        try:
            await turn
        except SteepestError as error:
            if not self._client.is_deleted:
                with self._client:
                    ui.notify(str(error), type="warning")

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
            ui.run_javascript("steepest.atEnd()")

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
            ui.menu_item("New conversation", on_click=lambda: ui.navigate.to("/new"))
            ui.separator()
            for each in self._rooms.store.sessions(self._owner)[:50]:
                ui.menu_item(each.title or each.id, on_click=lambda id=each.id: ui.navigate.to(f"/c/{id}"))

    def _draw_composer(self) -> None:
        with ui.element("div").classes("composer").props('role=form aria-label="say something"'):
            Uploads(self._room, self._rooms.most_upload)
            self._words = ui.textarea(placeholder="Tell a problem, change it in words, ask why …").props(
                'autogrow outlined dense autofocus aria-label="your words"'
            )
            self._words.on("keydown.enter.exact.prevent", self._send)
            self._words.on("keydown.escape", lambda: self._room.session.cancel())
            ui.button(icon="send", on_click=self._send).props('flat round aria-label="send"').mark("send")

    def _send(self) -> None:
        words = self._words.value or ""
        self._words.set_value("")
        self.say(words)


def _look(client: Any) -> bool | None:
    """Dark, light, or as the system has it: what the person chose in this browser."""
    chosen = client.request.cookies.get("steepest-look")
    return {"dark": True, "light": False}.get(chosen)
