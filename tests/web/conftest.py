"""A browser, and a server that it looks at."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_SECONDS = 60.0


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
