"""Which addresses there are."""

from importlib.resources import files
from pathlib import Path

from nicegui import app, ui
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response

from steepest.agents.chat.stores.protocol import SessionError
from steepest.errors import InputError
from steepest.web.page import Page
from steepest.web.rooms import Rooms

__all__ = ["add_pages"]


def add_pages(rooms: Rooms, *, can_leave: bool) -> None:
    """Add the pages to NiceGUI's application.

    Args:
        rooms: Where conversations are open.
        can_leave: Whether people logged in.
    """
    own = files("steepest.web")
    style, script = (own.joinpath(name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))

    @ui.page("/")
    def home(request: Request) -> Response:
        known = rooms.store.sessions(request.state.owner)
        return RedirectResponse(f"/c/{known[0].id}" if known else "/new", 303)

    @ui.page("/new")
    def begin(request: Request) -> Response:
        try:
            return RedirectResponse(f"/c/{rooms.begin(request.state.owner)}", 303)
        except InputError as error:
            return PlainTextResponse(str(error), 403)

    @ui.page("/c/{id}")
    def conversation(id: str, request: Request) -> Response | None:
        owner: str = request.state.owner
        try:
            room = rooms.enter(id, owner)
        except SessionError as error:
            return PlainTextResponse(str(error), 404)
        ui.add_css(style)
        ui.add_head_html(f"<script>{script}</script>")
        Page(room, rooms, owner, can_leave=can_leave)
        return None

    @app.get("/c/{id}/files/{name}")
    def download(id: str, name: str, request: Request) -> Response:
        return _file(rooms, id, name, request.state.owner)


def _file(rooms: Rooms, id: str, name: str, owner: str) -> Response:
    try:
        room = rooms.enter(id, owner)
    except SessionError as error:
        return PlainTextResponse(str(error), 404)
    rooms.leave(room)
    path = room.folder / Path(name).name
    if not path.is_file():
        return PlainTextResponse("there is no such file", 404)
    return FileResponse(path, filename=path.name, content_disposition_type="attachment")
