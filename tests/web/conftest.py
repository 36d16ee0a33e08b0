"""A browser, and a server that it looks at."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from steepest.agents.chat.stores.sqlite import SqliteSessions
from tests.web.baker_server import TOKEN

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_SECONDS = 60.0
MILLISECONDS = 60_000
"""That a test waits for what comes to a page."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteSessions]:
    """Conversations in a file of their own."""
    with closing(SqliteSessions(tmp_path / "sessions.db")) as opened:
        yield opened


@contextmanager
def served(folder: Path, port: int, people: Path | None = None, *, is_killed: bool = False) -> Iterator[str]:
    """The page of `baker_server`, and its address; at the end it may close what it does, or is killed."""
    given = [str(folder), str(port), *([str(people)] if people is not None else [])]
    server = subprocess.Popen([sys.executable, "-m", "tests.web.baker_server", *given], cwd=ROOT)
    try:
        _wait_for(f"http://127.0.0.1:{port}/", server)
        yield f"http://127.0.0.1:{port}/"
    finally:
        (server.kill if is_killed else server.terminate)()
        server.wait(_SECONDS)


def _wait_for(address: str, server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            urlopen(address).close()  # noqa: S310  # of this machine
            return
        except HTTPError as answered:
            answered.close()
            return
        except URLError:
            time.sleep(0.1)
    raise RuntimeError("the server for the tests does not answer")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")  # while it is there, its event loop runs in this thread and no other can
def browser() -> "Iterator[Browser]":
    """The system's Chromium; without one these tests are skipped."""
    pytest.importorskip("nicegui", reason="the page needs steepest[web]")
    playwright = pytest.importorskip("playwright.sync_api", reason="there is no playwright to drive a browser")
    path = next((found for each in _CHROMIUM if (found := shutil.which(each))), None)
    if path is None:
        pytest.skip("there is no Chromium (apt-get install chromium)")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def address(browser: "Browser", folder: Path) -> Iterator[str]:
    with served(folder, free_port()) as found:
        yield found


@pytest.fixture
def conversations(address: str, folder: Path) -> Iterator[SqliteSessions]:
    """Those of the server, as another process has them."""
    with closing(SqliteSessions(folder / "sessions.db")) as opened:
        yield opened


@pytest.fixture
def page(browser: "Browser", address: str) -> "Iterator[Page]":
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        context.set_default_timeout(MILLISECONDS)
        opened = context.new_page()
        troubles: list[str] = []
        opened.on("pageerror", lambda error: troubles.append(str(error)))
        opened.goto(f"{address}?token={TOKEN}")
        opened.goto(f"{address}new")
        yield opened
        assert not troubles


def say(page: "Page", words: str) -> None:
    """Begin a turn."""
    page.get_by_label("your words").fill(words)
    page.get_by_label("your words").press("Enter")


def finish(page: "Page", words: str) -> None:
    """A turn to its end."""
    turns = page.locator(".ended").count()
    say(page, words)
    page.locator(".ended").nth(turns).wait_for()
