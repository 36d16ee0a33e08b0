"""Who is let in, request by request."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from steepest.web.accounts import Accounts, add_account
from steepest.web.guard import Door, Guard
from steepest.web.passes import Passes

pytest.importorskip("starlette", reason="the page needs steepest[web]")

TOKEN = "a-token-for-tests-only"
HOST = "127.0.0.1:8390"
PASSES = Passes(b"k" * 32)
COOKIE = f"steepest={PASSES.issue('me')}"
PASSWORD = "correct horse"


def door(**given: Any) -> Door:
    return Door(PASSES, "steepest", **{"token": TOKEN, "hosts": frozenset({"127.0.0.1"}), "most_bytes": 100, **given})


class Asked:
    """What came of a request, and of what the page saw."""

    def __init__(
        self,
        at: Door,
        path: str = "/",
        *,
        type: str = "http",
        method: str = "GET",
        body: bytes = b"",
        **headers: str,
    ) -> None:
        self.owner: str | None = None
        self.read: bytes | None = None
        self.sent: list[dict[str, Any]] = []
        named = {"host": HOST, **{name.replace("_", "-"): value for name, value in headers.items()}}
        path, _, query = path.partition("?")
        scope = {
            "type": type,
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in named.items()],
        }
        self._left: list[dict[str, Any]] = [
            {"type": "http.request", "body": body[:60], "more_body": True},
            {"type": "http.request", "body": body[60:]},
        ]
        if type == "websocket":
            self._left = [{"type": "websocket.connect"}]
        asyncio.run(Guard(self._page, at)(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        return self._left.pop(0)

    async def _send(self, message: Any) -> None:
        self.sent.append(message)

    async def _page(self, scope: Any, receive: Any, send: Any) -> None:
        self.owner = scope["state"]["owner"]
        self.read = b""
        if scope["method"] == "POST":
            while (message := await receive())["type"] == "http.request":
                self.read += message["body"]
                if not message.get("more_body"):
                    break
            else:
                self.read = None
        await send({"type": "http.response.start", "status": 200, "headers": []})

    @property
    def status(self) -> int:
        return int(self.sent[0].get("status", self.sent[0].get("code", 0)))

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.sent[0]["headers"]}


def test_without_a_pass_nothing_is_seen() -> None:
    asked = Asked(door())
    assert (asked.status, asked.owner) == (401, None)
    assert Asked(door(), "/_nicegui/whatever").status == 401


def test_the_token_in_the_address_is_exchanged_for_a_pass() -> None:
    asked = Asked(door(), f"/?token={TOKEN}")
    assert (asked.status, asked.headers["location"]) == (303, "/")
    cookie = asked.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert Asked(door(), cookie=cookie.partition(";")[0]).owner == "me"


@pytest.mark.parametrize("given", ["wrong", "", TOKEN[:-1]])
def test_a_wrong_token_opens_nothing(given: str) -> None:
    assert Asked(door(), f"/?token={given}").status == 401


def test_a_door_without_a_token_is_not_opened_by_none() -> None:
    assert Asked(door(token=""), "/?token=").status == 401


def test_whoever_has_a_pass_is_let_in() -> None:
    asked = Asked(door(), cookie=COOKIE)
    assert (asked.status, asked.owner) == (200, "me")
    assert "default-src 'self'" in asked.headers["content-security-policy"]
    assert asked.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8390", "127.0.0.1.evil.example", "", "[::1]", "["])
def test_another_name_of_the_server_is_refused(host: str) -> None:
    assert Asked(door(), cookie=COOKIE, host=host).status == 403


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:9999", "http://localhost:8390", "http://["]
)
def test_a_request_from_another_site_is_refused(origin: str) -> None:
    assert Asked(door(), method="POST", cookie=COOKIE, origin=origin).status == 403
    assert Asked(door(), type="websocket", cookie=COOKIE, origin=origin).status == 1008


def test_a_websocket_needs_a_pass_and_an_origin() -> None:
    assert Asked(door(), type="websocket", cookie=COOKIE).status == 1008
    assert Asked(door(), type="websocket", origin=f"http://{HOST}").status == 1008


def test_a_request_of_the_page_itself_is_let_in() -> None:
    assert Asked(door(), method="POST", cookie=COOKIE, origin=f"http://{HOST}", body=b"x" * 90).read == b"x" * 90


def test_what_says_that_it_is_too_large_is_refused() -> None:
    assert Asked(door(), method="POST", cookie=COOKIE, content_length="101").status == 413


def test_what_grows_too_large_breaks_off() -> None:
    assert Asked(door(), method="POST", cookie=COOKIE, body=b"x" * 120).read is None


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Accounts:
    path: Path = tmp_path_factory.mktemp("people") / "people"
    add_account(path, "anna", PASSWORD)
    return Accounts(path)


def log_in(people: Accounts, name: str, password: str) -> Asked:
    body = f"name={name}&password={password.replace(' ', '+')}".encode()
    return Asked(door(accounts=people), "/login", method="POST", body=body, origin=f"http://{HOST}")


def test_people_log_in(people: Accounts) -> None:
    asked = log_in(people, "anna", PASSWORD)
    assert asked.status == 303
    cookie = asked.headers["set-cookie"].partition(";")[0]
    assert Asked(door(accounts=people), cookie=cookie).owner == "user:anna"


def test_somebody_called_me_is_not_the_one_who_is_alone(tmp_path: Path) -> None:
    path = tmp_path / "people"
    add_account(path, "me", PASSWORD)
    people = Accounts(path)
    asked = log_in(people, "me", PASSWORD)
    cookie = asked.headers["set-cookie"].partition(";")[0]
    assert Asked(door(accounts=people), cookie=cookie).owner == "user:me"


def test_a_wrong_password_is_told(people: Accounts) -> None:
    asked = log_in(people, "anna", "wrong horse")
    assert asked.status == 401
    assert b"not the name and password" in asked.sent[1]["body"]


def test_a_login_from_another_site_is_refused(people: Accounts) -> None:
    asked = Asked(door(accounts=people), "/login", method="POST", body=b"name=anna", origin="https://evil.example")
    assert asked.status == 403


def test_where_people_log_in_the_pass_of_one_alone_opens_nothing(people: Accounts) -> None:
    assert Asked(door(accounts=people), cookie=COOKIE).owner is None


def test_many_tries_have_to_wait(people: Accounts) -> None:
    from steepest.web.login import Login

    now = [0.0]
    login = Login(people, PASSES, "steepest", lambda: now[0])

    async def tried(password: str) -> int:
        return (await login._read({"name": "anna", "password": password})).status_code

    assert [asyncio.run(tried("wrong horse")) for _ in range(7)] == [401] * 6 + [429]
    assert asyncio.run(tried(PASSWORD)) == 429
    now[0] = 61.0
    assert asyncio.run(tried(PASSWORD)) == 303
