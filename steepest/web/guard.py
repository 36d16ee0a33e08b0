"""Who is let in: every request and every websocket passes here before the page sees it."""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from steepest.web.accounts import Accounts
from steepest.web.login import Login
from steepest.web.passes import DAYS, Passes

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["ALONE", "Door", "Guard"]

ALONE = "me"
"""The owner where there is only one person: whose conversations are those of the terminal too."""
_CONTENT = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
"""The page's own code needs inline scripts; what matters is that nothing can be sent or fetched elsewhere."""
_HEADERS = (
    (b"content-security-policy", _CONTENT.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
)


@dataclass(frozen=True)
class Door:
    """How people are let in.

    Args:
        passes: What they show once they are in.
        cookie: Its name; servers on one machine need names of their own, since cookies know no ports.
        token: What the URL holds, where only one person is let in.
        accounts: Who may log in, where there are several.
        hosts: The names by which the server may be called; empty is any, for servers behind a name of their own.
        most_bytes: Of a request.
    """

    passes: Passes
    cookie: str
    token: str = ""
    accounts: Accounts | None = None
    hosts: frozenset[str] = frozenset()
    most_bytes: int = 64 * 2**20

    def owner(self, cookies: Mapping[str, str]) -> str | None:
        """Whose request it is; None where nobody was let in."""
        shown = cookies.get(self.cookie, "")
        if self.accounts is None:
            return ALONE if shown and self.passes.owner_of(shown) == ALONE else None
        name = self.passes.owner_of(shown, self.accounts.stamp) if shown else None
        return f"user:{name}" if name is not None else None  # nobody can log in as the one who is alone


class Guard:
    """Lets nobody through who was not let in, comes from another site, or sends too much.

    Args:
        app: What it guards; it finds the owner in `request.state.owner`.
        door: How people are let in.
    """

    def __init__(self, app: "ASGIApp", door: Door) -> None:
        self.app = app
        self._door = door
        self._login = Login(door.accounts, door.passes, door.cookie) if door.accounts is not None else None

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Refuse, log in, or pass on."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        trouble = self._from_elsewhere(scope, headers)
        if trouble:
            await _refuse(scope, receive, send, 403, trouble)
            return
        owner = self._door.owner(_cookies(headers.get("cookie", "")))
        if owner is None:
            await self._outside(scope, receive, send)
            return
        if scope["type"] == "http" and _length(headers) > self._door.most_bytes:
            await _refuse(scope, receive, send, 413, "this is too large to be uploaded")
            return
        scope.setdefault("state", {})["owner"] = owner
        bounded = _bounded(receive, self._door.most_bytes) if scope["type"] == "http" else receive
        if scope["type"] == "http" and self._login is not None and scope["path"] == "/logout":
            await self._login.leave(scope, receive, _guarded(send))
            return
        await self.app(scope, bounded, _guarded(send))

    def _from_elsewhere(self, scope: "Scope", headers: Mapping[str, str]) -> str:
        """Why a request is not one of this page's own; nothing where it is."""
        host = headers.get("host", "")
        name = _name(host)
        if not name or (self._door.hosts and name not in self._door.hosts):
            return "this server does not go by that name"
        origin = headers.get("origin")
        if origin is None:
            # Browsers always say where a websocket comes from, and so do forms and scripts.
            return "a websocket has to say where it comes from" if scope["type"] == "websocket" else ""
        return "" if _netloc(origin) == host else "this comes from another site"

    async def _outside(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] == "http":
            if self._login is not None:
                await self._login(scope, receive, _guarded(send))
                return
            given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
            is_right = bool(self._door.token) and hmac.compare_digest(given.encode(), self._door.token.encode())
            if scope["path"] == "/" and is_right:
                shown = f"{self._door.cookie}={self._door.passes.issue(ALONE)}"
                cookie = f"{shown}; Path=/; HttpOnly; SameSite=Lax; Max-Age={DAYS * 86_400}".encode()
                await _answer(send, 303, b"", [(b"location", b"/"), (b"set-cookie", cookie)])
                return
        await _refuse(scope, receive, send, 401, "open the address that `steepest serve` has printed, with its token")


def _name(host: str) -> str:
    """The name in a Host header, without the port; nothing where it is no host."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:  # such as `[`
        return ""


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}


def _length(headers: Mapping[str, str]) -> int:
    text = headers.get("content-length", "0")
    return int(text) if text.isdecimal() else 0


def _bounded(receive: "Receive", most: int) -> "Receive":
    """A body that says no length breaks off where it becomes too long."""
    got = 0

    async def bounded() -> "Message":
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        return message if got <= most else {"type": "http.disconnect"}

    return bounded


def _guarded(send: "Send") -> "Send":
    async def guarded(message: "Message") -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *_HEADERS]}
        await send(message)

    return guarded


async def _refuse(scope: "Scope", receive: "Receive", send: "Send", status: int, why: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": why})
        return
    await _answer(send, status, f"{why}\n".encode(), [(b"content-type", b"text/plain; charset=utf-8")])


async def _answer(send: "Send", status: int, body: bytes, headers: Iterable[tuple[bytes, bytes]]) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length, *_HEADERS]})
    await send({"type": "http.response.body", "body": body})
