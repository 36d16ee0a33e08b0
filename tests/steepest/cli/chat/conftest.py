"""A server that answers as a model does, and a terminal in which the chat runs."""

import json
import os
import pty
import re
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.agents.chat.talks import BAKERY

MARKS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
WISHES = {
    "what if there are 50 kg of flour?": "wish: change\nchanges: flour = 50",
    "why?": "wish: why",
    "hello\nthere": "wish: discuss\ntext: You said two lines.",
}


class _Answers(BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.calls += 1
        said = json.loads(self.rfile.read(int(self.headers["content-length"])))["messages"][-1]["content"]
        words = said.rpartition("<words>")[2].rpartition("</words>")[0].strip() if "<words>" in said else None
        if words == "wait":
            self.server.asked.set()
            self.server.released.wait(30)
        text = BAKERY if words is None else WISHES.get(words, "wish: discuss\ntext: I don't know.")
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        body = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
        data = json.dumps(body).encode()
        try:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except ConnectionError:  # the turn was cancelled
            return

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def model() -> Iterator[ThreadingHTTPServer]:
    """A server; `calls` counts its answers; it is `asked` when it is to wait, and waits until `released`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    server.calls = 0
    server.asked, server.released = threading.Event(), threading.Event()
    server.spec = f"http://127.0.0.1:{server.server_port}/v1#m"
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    yield server
    server.released.set()
    server.shutdown()
    server.server_close()
    serving.join()


@pytest.fixture
def command(model, tmp_path, monkeypatch) -> list[str]:
    """The chat with that model, in a folder of its own."""
    monkeypatch.setenv("STEEPEST_API_KEY", "unused")
    monkeypatch.setenv("STEEPEST_SESSIONS", str(tmp_path / "talks.db"))
    monkeypatch.setenv("TERM", "dumb")
    return [sys.executable, "-m", "steepest", "chat", "--model", model.spec]


class Terminal:
    """A program with a terminal of its own, and what it has written there."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self._mine, theirs = pty.openpty()
        self.process = subprocess.Popen(
            command, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, preexec_fn=_own
        )
        os.close(theirs)
        self.shown = ""
        self._read = 0

    def type(self, text: str) -> None:
        """Type, as a person does: Enter is part of the text, Ctrl-C is `\\x03`."""
        os.write(self._mine, text.encode())

    def wait_for(self, text: str, seconds: float = 60) -> str:
        """Wait until a text is shown that has not been waited for; gives all up to it."""
        if not self._comes(text, seconds):
            raise AssertionError(f"{text!r} was not shown: {self.shown[self._read :]!r}")
        at = self.shown.find(text, self._read)
        before, self._read = self.shown[self._read : at], at + len(text)
        return before

    def press_ctrl_c_at_the_prompt(self) -> None:
        """Press it until it is heard.

        CPython's readline looks whether a signal came and then waits for keys: one that comes in between, some
        microseconds after the prompt, waits for the next. No person is as fast; these tests are.
        """
        for _ in range(60):
            self.type("\x03")
            if self._comes("(Ctrl-D or /quit leaves)", 1):
                break
        self.wait_for("(Ctrl-D or /quit leaves)", 0)

    def _comes(self, text: str, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while self.shown.find(text, self._read) < 0:
            if time.monotonic() > end or not self._more(end - time.monotonic()):
                return False
        return True

    def ended(self, seconds: float = 60) -> int:
        """Wait for the end; gives the exit code."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._more(0.2):
            pass
        return self.process.wait(max(0.1, end - time.monotonic()))

    def close(self) -> None:
        """End the program, if it has not ended."""
        self.process.kill()
        self.process.wait()
        os.close(self._mine)

    def _more(self, seconds: float) -> bool:
        """Read what comes; False at the end."""
        ready, _, _ = select.select([self._mine], [], [], max(0, seconds))
        if not ready:
            return self.process.poll() is None
        try:
            data = os.read(self._mine, 65_536)
        except OSError:  # Linux says so at the end
            return False
        self.shown += MARKS.sub("", data.decode(errors="replace")).replace("\r", "")
        return bool(data)


def _own() -> None:
    """Make the terminal that of the program, so that Ctrl-C reaches it."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@pytest.fixture
def terminal(command, tmp_path) -> Iterator[Callable[..., Terminal]]:
    """Opens a chat in a terminal, with further arguments."""
    opened: list[Terminal] = []

    def open_one(*arguments: str) -> Terminal:
        opened.append(Terminal([*command, *arguments], tmp_path))
        return opened[-1]

    yield open_one
    for each in opened:
        each.close()
