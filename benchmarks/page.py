"""How fast the page is, for whoever sits before it: loading it, a what-if turn, the first sign that something is done.

`steepest serve` is started as a person starts it, with a model that answers at once (or after `--pause` seconds) over
HTTP, and Chromium is driven on the same machine. Times are taken inside the browser, from the key to the change of the
page: `said` is the person's own words in the conversation, `step` the first line about what is done, `answer` the new
version, `end` the end of the turn.

Needs `steepest[web]`, playwright and Chromium (Debian: apt-get install chromium).

    python benchmarks/page.py [--turns 15] [--pause 0.5]
"""

import argparse
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

EXAMPLES = Path(__file__).parents[1] / "examples"
PROBLEM = (EXAMPLES / "bakery.txt").read_text()
FORMULATION = (EXAMPLES / "bakery.five").read_text()
MOST_SECONDS = 60
"""That the server may take to begin or to end."""
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
SIGNS = {"said": ".said", "step": ".progress .log", "answer": ".answered", "end": ".ended"}
TURN = """
([words, signs]) => new Promise((done) => {
  const counted = (selector) => [...document.querySelectorAll(selector)].filter((each) => each.textContent).length;
  const before = Object.fromEntries(Object.entries(signs).map(([name, each]) => [name, counted(each)]));
  const at = {};
  const input = document.querySelector("textarea[aria-label='your words']");
  let begin = 0;
  const watcher = new MutationObserver(() => requestAnimationFrame(() => {
    const now = performance.now() - begin;
    for (const [name, each] of Object.entries(signs)) if (!(name in at) && counted(each) > before[name]) at[name] = now;
    if (!("end" in at)) return;
    watcher.disconnect();
    done(at);
  }));
  watcher.observe(document.body, { childList: true, subtree: true, characterData: true });
  input.value = words;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  setTimeout(() => {
    begin = performance.now();
    input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", code: "Enter", keyCode: 13, bubbles: true }));
  }, 300);
})
"""
"""Times from the Enter key to the frame after each sign appears; the words are there a while before, as when typed."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=15, help="of each kind (15)")
    parser.add_argument("--pause", type=float, default=0.5, help="seconds that the slow model takes (0.5)")
    given = parser.parse_args()
    with instant_model() as model, served(model.address) as address, browser() as opened:
        context = opened.new_context(viewport={"width": 1280, "height": 800})
        page = context.new_page()
        show("page, first time in a browser", [loaded(page, address)])
        page.goto(address.partition("?")[0] + "new")
        show_turns("problem in words", [turn(page, PROBLEM)])
        changes = [f"what if there are {each} kg of flour?" for each in range(41, 41 + given.turns)]
        show_turns("what-if in words", [turn(page, each) for each in changes])
        show_turns("what-if as a change", [turn(page, f"flour = {60 + each}") for each in range(given.turns)])
        show("page, loaded again", [loaded(page, page.url) for _ in range(5)])
        model.pause = given.pause
        turns = [turn(page, f"what if there are {each} kg of flour?") for each in range(90, 93)]
        show_turns(f"what-if, model of {given.pause:g} s", turns)
        page.goto(address.partition("?")[0] + "new")
        show_turns(f"problem, model of {given.pause:g} s", [turn(page, PROBLEM)])


def show(what: str, seconds: list[float]) -> None:
    print(f"{what:<30} {'there':<8}{_told([each * 1000 for each in seconds])}", flush=True)


def show_turns(what: str, turns: list[dict[str, float]]) -> None:
    for sign in SIGNS:
        times = [each[sign] for each in turns if sign in each]
        if times:
            print(f"{what:<30} {sign:<8}{_told(times)}", flush=True)
        what = ""


def _told(times: list[float]) -> str:
    return f"median {median(times):7.0f} ms   {min(times):7.0f} to {max(times):.0f} ms of {len(times)}"


def loaded(page: "Page", address: str) -> float:
    """Seconds until one can type."""
    begin = time.perf_counter()
    page.goto(address)
    page.get_by_label("your words").wait_for()
    return time.perf_counter() - begin


def turn(page: "Page", words: str) -> dict[str, float]:
    """Milliseconds until each sign is seen; a sign that came and went between two frames is not in it."""
    page.wait_for_function("window.socket && window.socket.connected")
    times: dict[str, float] = page.evaluate(TURN, [words, SIGNS])
    return times


class Model(ThreadingHTTPServer):
    """Answers like a chat model: with the formulation of the bakery, or with what a what-if changes."""

    pause = 0.0

    @property
    def address(self) -> str:
        """As `--model` takes it."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1#instant"


class Replies(BaseHTTPRequestHandler):
    """What the model says to each request."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answer a request."""
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        time.sleep(self.server.pause if isinstance(self.server, Model) else 0)
        body = json.dumps(_completion(asked["messages"][-1]["content"])).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


def _completion(asked: str) -> dict[str, Any]:
    words = asked.rpartition("<words>")[2].rpartition("</words>")[0] if "<words>" in asked else ""
    amount = next((each for each in words.split() if each.isdecimal()), "")
    text = f"wish: change\nchanges: flour = {amount}" if words else FORMULATION
    message = {"role": "assistant", "content": text}
    choices = [{"index": 0, "finish_reason": "stop", "message": message}]
    usage = {"prompt_tokens": 900, "completion_tokens": 90, "total_tokens": 990}
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 0,
        "model": "instant",
        "choices": choices,
        "usage": usage,
    }


@contextmanager
def instant_model() -> Iterator[Model]:
    with Model(("127.0.0.1", 0), Replies) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


@contextmanager
def served(model: str) -> Iterator[str]:
    """`steepest serve` with this model, and the address that it prints."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        options = ["--sessions", str(folder / "sessions.db"), "--port", port, "--model", model]
        command = [sys.executable, "-m", "steepest", "serve", *options]
        begin = time.perf_counter()
        with (folder / "log").open("w") as log, subprocess.Popen(command, stderr=log) as server:
            try:
                address = _address(server, folder / "log", int(port))
                show("server, started", [time.perf_counter() - begin])
                yield address
            finally:
                _stop(server)


def _address(server: "subprocess.Popen[bytes]", log: Path, port: int) -> str:
    """The address that the server has printed, once it answers there."""
    until = time.monotonic() + MOST_SECONDS
    while time.monotonic() < until and server.poll() is None:
        said, whole, _ = log.read_text().partition("\n")
        with socket.socket() as probe:
            if whole and probe.connect_ex(("127.0.0.1", port)) == 0:
                return said.split()[-1]
        time.sleep(0.05)
    raise SystemExit(f"steepest serve does not answer: {log.read_text()}")


def _stop(server: "subprocess.Popen[bytes]") -> None:
    server.terminate()
    try:
        server.wait(MOST_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()


@contextmanager
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = next((found for each in CHROMIUM if (found := shutil.which(each))), None)
    if path is None:
        raise SystemExit("there is no Chromium (apt-get install chromium)")
    with sync_playwright() as driver, driver.chromium.launch(executable_path=path, args=["--no-sandbox"]) as opened:
        yield opened


if __name__ == "__main__":
    main()
