"""Workflows of a user's, in files of a folder, and a server that proposes."""

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

FLOW = '''\
"""A plan of sizes."""

from steepest.traces import model, node
from steepest.traces.ranges import Between

print("loaded")


@model
class Plan:
    def __init__(self):
        self.size = node(1.0, trainable=True, constraint=Between(0, 10))  # tons
        self.kind = node("slow", trainable=True, constraint=["slow", "fast"])

    def forward(self, x):
        return self.size * x if self.kind == "fast" else self.size


plan = Plan()
prompt = node("be brief", "prompt", trainable=True)


def answer(x):
    print("thinking")
    return prompt + "!"


def idle(x):
    return x


def score(example, output):
    """Close to four times x."""
    return -abs(output - 4 * example["x"]), "too far"


def length(example, output):
    return float(len(output))


def words_alone(example, output):
    return "good"


def broken(example, output):
    return example["y"]


class Judge:
    def __init__(self, strict):
        self.strict = strict


limit = 3
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with flow.py and data.jsonl, in which commands run."""
    (tmp_path / "flow.py").write_text(FLOW)
    (tmp_path / "data.jsonl").write_text("".join(json.dumps({"x": x}) + "\n" for x in range(1, 6)))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.fixture
def numbers(folder: Path) -> list[str]:
    """A command that optimizes numbers and needs no model."""
    command = ["optimize", "flow.py:plan", "--data", "data.jsonl", "--guide", "flow.py:score"]
    return [*command, "--metric-calls", "120", "--seed", "1", "--out", "run"]


@pytest.fixture
def endpoint() -> Iterator[str]:
    """A model that proposes a longer prompt at every call, as a server on this machine."""
    calls = 0

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            nonlocal calls
            calls += 1
            self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers["Authorization"] == "Bearer wrong":
                self.send_error(401, "Incorrect API key provided")
                return
            text = f"Longer is better.\n<change name=prompt>\nbe {'very ' * calls}kind\n</change>"
            message = {"role": "assistant", "content": text}
            body = json.dumps(
                {
                    "id": "1",
                    "object": "chat.completion",
                    "created": 1,
                    "model": "fake",
                    "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
                    "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
                }
            ).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Whoever has hung up meanwhile is no error of the test."""

    with Server(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1#fake"
        server.shutdown()
        thread.join()
