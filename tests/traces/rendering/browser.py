"""A browser that tests drive, over the pipe of Chromium's debugging protocol; nothing goes over a network."""

import json
import os
import select
import subprocess
import time
from pathlib import Path
from typing import Any

PATIENCE = 60.0
"""Seconds that an answer may take on a busy machine."""


class Browser:
    """One Chromium with one page."""

    def __init__(self, command: str, profile: Path) -> None:
        self._arguments = [
            *(command, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe"),
            *("--no-first-run", "--disable-background-networking", f"--user-data-dir={profile}", "about:blank"),
        ]
        self._count = 0
        self._rest = b""
        self._session: str | None = None
        self.complaints: list[str] = []
        """What the page has put on the console, and its errors."""

    def __enter__(self) -> "Browser":
        to_read, self._write = os.pipe()
        self._read, to_write = os.pipe()

        def as_three_and_four() -> None:
            os.dup2(to_read, 13)
            os.dup2(to_write, 14)
            os.dup2(13, 3)
            os.dup2(14, 4)

        self._process = subprocess.Popen(
            self._arguments, preexec_fn=as_three_and_four, close_fds=False, stderr=subprocess.DEVNULL
        )
        os.close(to_read)
        os.close(to_write)
        target = self._send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._send(f"{domain}.enable")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._write)
        os.close(self._read)

    def open(self, page: Path, fragment: str = "") -> float:
        """Open a page and wait for its script; gives the seconds until it was ready."""
        self.complaints.clear()
        self._send("Page.navigate", url="about:blank")
        begin = time.monotonic()
        self._send("Page.navigate", url=f"{page.as_uri()}{fragment}")
        while self.evaluate("document.documentElement?.dataset.ready ?? ''") != "yes":
            assert time.monotonic() - begin < PATIENCE, f"the page's script did not finish: {self.complaints}"
            time.sleep(0.02)
        return time.monotonic() - begin

    def evaluate(self, expression: str) -> Any:
        """The value of an expression on the page."""
        answer = self._send("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer.get("result", {}).get("value")

    def press(self, key: str) -> None:
        """Press a key."""
        text = {"text": key} if len(key) == 1 else {}
        self._send("Input.dispatchKeyEvent", type="keyDown", key=key, **text)
        self._send("Input.dispatchKeyEvent", type="keyUp", key=key)

    def write(self, text: str) -> None:
        """Type a text where the focus is."""
        self._send("Input.insertText", text=text)

    def _send(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._count += 1
        message = {"id": self._count, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            received = self._message()
            if received.get("id") == self._count:
                result: dict[str, Any] = received.get("result", {})
                return result
            if received.get("method") in {"Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled"}:
                self.complaints.append(json.dumps(received["params"]))

    def _message(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._read], [], [], PATIENCE)
            assert ready, "the browser does not answer"
            self._rest += os.read(self._read, 1 << 20)
        text, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        return message
