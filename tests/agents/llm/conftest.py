"""Local servers that speak the providers' wire formats, and misbehave on demand."""

import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from steepest.agents.llm import ChatMessage, ChatModel, ChatReply, ChatRequest
from steepest.agents.llm.anthropic_api import AnthropicMessages
from steepest.agents.llm.endpoints import Endpoint, anthropic_endpoint, openai_endpoint
from steepest.agents.llm.openai_api import OpenAIChat, OpenAIResponses

OWN_VARIABLES = ("OPENAI_", "ANTHROPIC_", "STEEPEST_", "AZURE_OPENAI_")
PROXIES = ("http_proxy", "https_proxy", "all_proxy")
KEY = "sk-test-0123456789abcdef"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(OWN_VARIABLES) or name.lower() in PROXIES:
            monkeypatch.delenv(name)
    monkeypatch.setenv("STEEPEST_CACHE", str(tmp_path / "cache"))


@dataclass
class Answer:
    """What the server does with one request."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False  # promise more bytes than come
    silent: bool = False  # accept, and never answer


@dataclass
class Asked:
    """A request that arrived."""

    path: str
    headers: dict[str, str]
    body: Any


class FakeServer:
    """Plays its answers one after another, the last one for ever."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.asked: list[Asked] = []
        self.released = threading.Event()
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def plays(self, *answers: Answer) -> None:
        self.answers = list(answers)

    def take(self, asked: Asked) -> Answer:
        with self._lock:
            self.asked.append(asked)
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def close(self) -> None:
        self.released.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _handler(server) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers.get("content-length", 0))
                body = json.loads(self.rfile.read(size)) if size else None
                headers = {name.lower(): value for name, value in self.headers.items()}
                self._play(server.take(Asked(self.path, headers, body)))

            do_GET = do_POST

            def _play(self, answer: Answer) -> None:
                if answer.silent:
                    server.released.wait(30)
                    return
                body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                self.send_response(answer.status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body) + (1000 if answer.cut else 0)))
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
                self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:
                """Keep quiet."""

        return Handler


@pytest.fixture
def server() -> Iterator[FakeServer]:
    fake = FakeServer()
    yield fake
    fake.close()


@pytest.fixture
def answer() -> Callable[..., Answer]:
    """Make a server's answer: an error's status and words, or a raw body."""

    def make(status: int = 200, message: str = "no", body: Any = None, **fields: Any) -> Answer:
        said = {"type": "error", "error": {"type": "some_error", "message": message}}
        return Answer(said if body is None else body, status, **fields)

    return make


@pytest.fixture
def dead_url() -> str:
    """An address at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def responses_body(text: str = "Hello", stop: str = "end") -> dict[str, Any]:
    part = (
        {"type": "refusal", "refusal": "I will not."}
        if stop == "refusal"
        else {"type": "output_text", "text": text, "annotations": []}
    )
    return {
        "id": "resp_1",
        "object": "response",
        "model": "gpt-5.4-2026-03-05",
        "status": "incomplete" if stop == "length" else "completed",
        "incomplete_details": {"reason": "max_output_tokens"} if stop == "length" else None,
        "output": [
            {"type": "reasoning", "id": "rs_1", "summary": []},
            {"type": "message", "id": "m_1", "role": "assistant", "content": [part]},
        ],
        "usage": {"input_tokens": 100, "output_tokens": 20, "input_tokens_details": {"cached_tokens": 40}},
    }


def chat_body(text: str = "Hello", stop: str = "end") -> dict[str, Any]:
    refusal = "I will not." if stop == "refusal" else None
    return {
        "id": "c_1",
        "object": "chat.completion",
        "model": "gpt-5.4-2026-03-05",
        "choices": [
            {
                "index": 0,
                "finish_reason": "length" if stop == "length" else "stop",
                "message": {
                    "role": "assistant",
                    "content": None if refusal else text,
                    "refusal": refusal,
                },
            }
        ],
        "usage": {
            "prompt_tokens": 100,
            "completion_tokens": 20,
            "prompt_tokens_details": {"cached_tokens": 40},
        },
    }


def messages_body(text: str = "Hello", stop: str = "end") -> dict[str, Any]:
    reasons = {"end": "end_turn", "length": "max_tokens", "refusal": "refusal"}
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-5",
        "content": [] if stop == "refusal" else [{"type": "text", "text": text}],
        "stop_reason": reasons[stop],
        "usage": {
            "input_tokens": 50,
            "output_tokens": 20,
            "cache_read_input_tokens": 40,
            "cache_creation_input_tokens": 10,
        },
    }


@dataclass
class Wire:
    """One of the three wire formats."""

    name: str
    adapter: Callable[..., ChatModel]
    endpoint: Callable[[str], Endpoint]
    model: str
    path: str
    url_variable: str
    url_suffix: str
    key_variable: str
    body: Callable[..., dict[str, Any]]

    def connect(self, url: str, monkeypatch: pytest.MonkeyPatch, timeout: float = 10.0) -> ChatModel:
        monkeypatch.setenv(self.url_variable, url + self.url_suffix)
        monkeypatch.setenv(self.key_variable, KEY)
        return self.adapter(self.endpoint(self.model), name=f"{self.name}:{self.model}", timeout=timeout)

    def answer(self, text: str = "Hello", stop: str = "end") -> Answer:
        return Answer(self.body(text, stop), headers={"x-request-id": "req_7", "request-id": "req_7"})


OPENAI = ("OPENAI_BASE_URL", "/v1", "OPENAI_API_KEY")
ANTHROPIC = ("ANTHROPIC_BASE_URL", "", "ANTHROPIC_API_KEY")
WIRES = [
    Wire("openai", OpenAIResponses, openai_endpoint, "gpt-5.4", "/v1/responses", *OPENAI, responses_body),
    Wire("openai-chat", OpenAIChat, openai_endpoint, "gpt-5.4", "/v1/chat/completions", *OPENAI, chat_body),
    Wire(
        "anthropic", AnthropicMessages, anthropic_endpoint, "claude-sonnet-5", "/v1/messages", *ANTHROPIC, messages_body
    ),
]


@pytest.fixture(params=WIRES, ids=[wire.name for wire in WIRES])
def wire(request: pytest.FixtureRequest) -> Wire:
    chosen: Wire = request.param
    return chosen


@pytest.fixture
def ask() -> Callable[..., ChatRequest]:
    """Make a request from the user's words."""

    def make(content: str = "Say hello.", **fields: Any) -> ChatRequest:
        return ChatRequest(messages=(ChatMessage(role="user", content=content),), **fields)

    return make


@pytest.fixture
def reply_of() -> Callable[..., ChatReply]:
    """Make a reply from its text."""

    def make(text: str = "Hello", **fields: Any) -> ChatReply:
        return ChatReply(**{"text": text, "model": "m", "provider": "test", **fields})

    return make
