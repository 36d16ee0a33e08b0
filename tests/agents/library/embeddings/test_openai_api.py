"""OpenAI's embeddings, against a server that speaks their wire format."""

import json
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

from steepest.agents.library.embeddings.choice import open_embedder
from steepest.agents.llm.budget import Budget
from steepest.agents.llm.errors import BudgetExceeded, PriceUnknown, ProviderError

KEY = "sk-secret-1234567890abcdef"


def reply_to(body: dict[str, Any]) -> dict[str, Any]:
    """A vector of the length of each text, in any order."""
    data = [
        {"object": "embedding", "index": place, "embedding": [float(len(text)), 1.0, 0.0]}
        for place, text in enumerate(body["input"])
    ]
    return {"object": "list", "data": data[::-1], "model": body["model"], "usage": {"prompt_tokens": 7}}


class Server:
    """Answers with what a test puts into `answer`: a status and a body of a request."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, dict[str, Any]]] = []
        self.answer: Callable[[dict[str, Any]], tuple[int, Any]] = lambda body: (200, reply_to(body))
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.requests.append((self.path, self.headers["Authorization"], body))
                status, said = server.answer(body)
                text = (said if isinstance(said, str) else json.dumps(said)).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.send_header("retry-after-ms", "1")
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/v1"

    def inputs(self) -> list[list[str]]:
        return [body["input"] for _, _, body in self.requests]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    running = Server()
    thread = threading.Thread(target=running.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    monkeypatch.setenv("OPENAI_BASE_URL", running.url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    yield running
    running.http.shutdown()
    running.http.server_close()
    thread.join()


def opened(**options: Any) -> Any:
    return open_embedder("openai:text-embedding-3-small", **options)


def test_rows_come_in_the_order_of_the_texts_with_length_one(server: Server) -> None:
    rows = opened().embed(["a", "abc"])

    assert rows.dtype == np.float32
    assert np.allclose(rows, [[2**-0.5, 2**-0.5, 0], [3 / 10**0.5, 1 / 10**0.5, 0]])
    path, key, body = server.requests[0]
    assert (path, key) == ("/v1/embeddings", f"Bearer {KEY}")
    assert (body["model"], body["encoding_format"]) == ("text-embedding-3-small", "float")


def test_an_empty_text_is_not_sent_and_has_zeros(server: Server) -> None:
    rows = opened().embed(["a", " \n", "b"])

    assert server.inputs() == [["a", "b"]]
    assert not rows[1].any()
    assert len(opened().embed(["", " "])) == 2


def test_many_texts_go_in_several_calls_and_a_long_one_is_cut(server: Server) -> None:
    rows = opened().embed([f"text {number}" for number in range(300)] + ["x" * 50_000])

    assert [len(each) for each in server.inputs()] == [128, 128, 45]
    assert max(map(len, server.inputs()[-1])) == 16_000
    assert len(rows) == 301


def test_a_problem_asked_again_is_not_sent_again(server: Server) -> None:
    embedder = opened()

    assert np.array_equal(embedder.embed(["a"]), embedder.embed(["a"]))
    assert len(server.requests) == 1


def test_the_model_and_the_server_are_the_space(server: Server) -> None:
    assert opened().space == f"{server.url}/text-embedding-3-small"


def test_a_passing_failure_is_tried_again(server: Server) -> None:
    failures = iter([(503, {"error": {"message": "busy"}}), (429, {"error": {"message": "slow down"}})])
    server.answer = lambda body: next(failures, (200, reply_to(body)))

    assert len(opened().embed(["a"])) == 1
    assert len(server.requests) == 3


def test_a_refused_key_is_told_and_not_shown(server: Server) -> None:
    server.answer = lambda body: (401, {"error": {"message": f"Incorrect API key provided: {KEY}"}})

    with pytest.raises(ProviderError, match="set OPENAI_API_KEY") as caught:
        opened().embed(["a"])
    assert KEY not in str(caught.value)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "said",
    [
        "<html>gateway</html>",
        {"data": []},
        {"data": [{"index": 0, "embedding": []}]},
        {"data": [{"index": 1, "embedding": [1.0]}]},
        {"data": [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0, 2.0]}]},
        '{"data": [{"index": 0, "embedding": [1e999]}]}',
        {"error": None},
    ],
)
def test_an_answer_that_does_not_fit_is_a_failure(server: Server, said: Any) -> None:
    server.answer = lambda body: (200, said)

    with pytest.raises(ProviderError) as caught:
        opened().embed(["a"])
    assert caught.value.kind == "malformed"


def test_calls_are_charged(server: Server) -> None:
    budget = Budget(tokens=1000)
    opened(budget=budget).embed(["some words"])

    assert budget.spent_tokens == 7


def test_a_call_that_could_pass_the_limit_is_not_made(server: Server) -> None:
    with pytest.raises(BudgetExceeded):
        opened(budget=Budget(tokens=10)).embed(["word " * 100])
    with pytest.raises(PriceUnknown):
        opened(budget=Budget(money=Decimal(1))).embed(["a server of our own has no price"])
    assert server.requests == []


def test_a_failed_call_costs_nothing(server: Server) -> None:
    server.answer = lambda body: (400, {"error": {"message": "no"}})
    budget = Budget(tokens=1000)

    with pytest.raises(ProviderError):
        opened(budget=budget).embed(["a"])
    assert budget.spent_tokens == 0
    budget.reserve(None, 1000, "nothing is set aside")
