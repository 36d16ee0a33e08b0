"""Puts the page together and serves it."""

import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from socket import socket
from typing import TYPE_CHECKING

from steepest.traces.rendering.characters import visible
from steepest.web.guard import Door, Guard
from steepest.web.rooms import Rooms

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["make_app", "serve"]

_TITLE = "steepest"
_SMALLEST = "variables:\n  x: real >= 0\nmaximize: x\nconstraints:\n  most: x <= 1\n"


def make_app(rooms: Rooms, door: Door) -> "ASGIApp":
    """The whole of it as an ASGI application; one in a process, since the pages of NiceGUI are.

    Args:
        rooms: Where conversations are open.
        door: How people are let in.
    """
    from fastapi import FastAPI
    from nicegui import ui

    from steepest.web.routes import add_pages

    @asynccontextmanager
    async def living(app: FastAPI) -> AsyncIterator[None]:
        threading.Thread(target=_made_ready, name="getting ready", daemon=True).start()
        yield
        await rooms.close()

    app = FastAPI(lifespan=living, docs_url=None, redoc_url=None, openapi_url=None)
    add_pages(rooms, can_leave=door.accounts is not None)
    ui.run_with(app, title=_TITLE, tailwind=False, dark=None, reconnect_timeout=30.0, show_welcome_message=False)
    return Guard(app, door)


def _made_ready() -> None:
    """Import what the first turn needs, by doing it once: it takes seconds for which nobody should have to wait."""
    import langgraph.checkpoint.sqlite.aio  # noqa: F401  # the import is all that is wanted

    from steepest.agents.modeling.graph import modeling_graph
    from steepest.solvers.formulation import Formulation

    modeling_graph(recalls=False)
    Formulation.from_text(_SMALLEST).solve()


def serve(rooms: Rooms, door: Door, at: socket) -> None:
    """Serve at a socket that listens, until somebody ends it."""
    import uvicorn

    logging.getLogger("nicegui").addFilter(_spelled_out)
    config = uvicorn.Config(make_app(rooms, door), log_level="warning", ws="wsproto")
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[at])


def _spelled_out(record: logging.LogRecord) -> bool:
    """NiceGUI logs addresses that it does not know as they came, and the terminal would obey what is in them."""
    record.msg, record.args = visible(record.getMessage()), ()
    return True
