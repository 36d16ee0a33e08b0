"""Who may reach the server over HTTP: this machine, or whoever knows the token."""

import hmac
from typing import TYPE_CHECKING

from steepest.errors import InputError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["BearerOnly", "read_address"]

_SHORTEST_TOKEN = 16


def read_address(text: str) -> tuple[str, int]:
    """Host and port of `8080`, `127.0.0.1:8080` or `[::1]:8080`.

    Raises:
        InputError: It is no such address.
    """
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]") if colon else "127.0.0.1"
    if not host or not port.isdecimal() or not 0 <= int(port) <= 65535:
        raise InputError(f"{text!r} is no address: write HOST:PORT, such as 127.0.0.1:8000.")
    return host, int(port)


class BearerOnly:
    """Lets nobody through who does not send the token.

    Args:
        app: What it guards.
        token: At least 16 characters.

    Raises:
        InputError: The token is too short to be one.
    """

    def __init__(self, app: "ASGIApp", token: str) -> None:
        if len(token) < _SHORTEST_TOKEN:
            raise InputError(f"the token has {len(token)} characters; use at least {_SHORTEST_TOKEN}.")
        self._app = app
        self._wanted = f"Bearer {token}".encode()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer 401, or pass on."""
        if scope["type"] == "http":
            given = dict(scope["headers"]).get(b"authorization", b"")
            if not hmac.compare_digest(given, self._wanted):
                headers = [(b"www-authenticate", b"Bearer"), (b"content-length", b"0")]
                await send({"type": "http.response.start", "status": 401, "headers": headers})
                await send({"type": "http.response.body", "body": b""})
                return
        await self._app(scope, receive, send)
