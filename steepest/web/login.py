"""The page on which people log in, before they see anything else."""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Callable
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from steepest.web.accounts import Accounts
from steepest.web.passes import DAYS, Passes

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

__all__ = ["Login"]

_MOST_TRIES = 6
_WITHIN_SECONDS = 60.0
_MOST_BYTES = 10_000


class Login:
    """Asks for name and password, and hands out passes.

    Args:
        accounts: Who may log in.
        passes: Makes the passes.
        cookie: The name of the cookie that holds one.
        clock: Seconds, of any beginning.
    """

    def __init__(
        self, accounts: Accounts, passes: Passes, cookie: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._accounts = accounts
        self._passes = passes
        self._cookie = cookie
        self._clock = clock
        self._failures: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=_MOST_TRIES))
        self._one_at_a_time = asyncio.Lock()  # a check takes memory and a core on purpose

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Show the form, or read it."""
        from starlette.requests import Request

        request = Request(scope, receive)
        if request.method == "POST" and request.url.path == "/login":
            response = await self._read(await _form(request))
        elif request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            response = _page("")
        else:
            response = _page("", 401)
        await response(scope, receive, send)

    async def leave(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Take the pass back."""
        from starlette.responses import RedirectResponse

        response = RedirectResponse("/", 303)
        response.delete_cookie(self._cookie)
        await response(scope, receive, send)

    async def _read(self, form: dict[str, str]) -> "Response":
        from starlette.responses import RedirectResponse

        name, password = form.get("name", ""), form.get("password", "")
        if self._has_tried_too_often(name):
            return _page("Too many tries: wait a minute.", 429)
        async with self._one_at_a_time:
            is_right = await asyncio.to_thread(self._accounts.is_right, name, password)
        stamp = self._accounts.stamp(name)
        if not is_right or stamp is None:
            self._failures[name].append(self._clock())
            return _page("That is not the name and password of anybody here.", 401)
        self._failures.pop(name, None)
        response = RedirectResponse("/", 303)
        issued = self._passes.issue(name, stamp)
        response.set_cookie(self._cookie, issued, max_age=DAYS * 86_400, httponly=True, samesite="lax")
        return response

    def _has_tried_too_often(self, name: str) -> bool:
        late = self._clock() - _WITHIN_SECONDS
        for known in [each for each, times in self._failures.items() if times[-1] < late]:
            del self._failures[known]
        times = self._failures.get(name)
        return times is not None and len(times) == _MOST_TRIES and times[0] > late


async def _form(request: "Request") -> dict[str, str]:
    from urllib.parse import parse_qsl

    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            return {}
    return dict(parse_qsl(body.decode("utf-8", "replace")))


def _page(trouble: str, status: int = 200) -> "Response":
    from starlette.responses import HTMLResponse

    told = f'<p role="alert">{escape(trouble)}</p>' if trouble else ""
    text = files("steepest.web").joinpath("login.html").read_text().replace("<!--trouble-->", told)
    return HTMLResponse(text, status)
