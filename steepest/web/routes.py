"""Which addresses there are."""

from importlib.resources import files

from nicegui import app, ui
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response

from steepest.agents.chat.stores.protocol import SessionError
from steepest.errors import InputError
from steepest.web.page import Page
from steepest.web.rooms import Rooms

__all__ = ["add_pages"]

_SECONDS = 60.0
"""That a long conversation may take to be read; NiceGUI's own bound is 3."""


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

    @ui.page("/c/{id}", response_timeout=_SECONDS)
    async def conversation(id: str, request: Request) -> Response | None:
        owner: str = request.state.owner
        try:
            room = await rooms.enter(id, owner)
        except SessionError as error:
            return PlainTextResponse(str(error), 404)
        ui.add_css(style)
        ui.add_head_html(f"<script>{script}</script>")
        Page(room, rooms, owner, can_leave=can_leave)
        return None

    @app.get("/c/{id}/files/{name}")
    async def download(id: str, name: str, request: Request) -> Response:
        return _file(rooms, id, name, request.state.owner)


def _file(rooms: Rooms, id: str, name: str, owner: str) -> Response:
    try:
        path = rooms.file(id, owner, name)
    except SessionError as error:
        return PlainTextResponse(str(error), 404)
    if path is None:
        return PlainTextResponse("there is no such file", 404)
    return FileResponse(path, filename=path.name, content_disposition_type="attachment")
