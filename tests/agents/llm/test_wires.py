"""Both OpenAI formats and Anthropic's, against servers that behave and servers that do not."""

import asyncio
import json

import pytest
from pydantic import BaseModel

from steepest.agents.llm import (
    ContextOverflow,
    InvalidReply,
    ProviderError,
    complete_sync,
    parse_reply,
)
from steepest.agents.llm.endpoints import openai_endpoint
from steepest.agents.llm.openai_api import OpenAIChat, OpenAIResponses


class Recipe(BaseModel):
    name: str
    loaves: int


def test_a_reply_comes_back_with_its_usage_and_request_id(wire, server, monkeypatch, ask):
    server.plays(wire.answer("Hello"))
    reply = complete_sync(wire.connect(server.url, monkeypatch), ask())
    assert reply.text == "Hello"
    assert reply.stop == "end"
    assert reply.request_id == "req_7"
    assert server.asked[0].path == wire.path


def test_input_tokens_include_what_the_prompt_cache_served(wire, server, monkeypatch, ask):
    server.plays(wire.answer())
    usage = complete_sync(wire.connect(server.url, monkeypatch), ask()).usage
    assert (usage.input_tokens, usage.output_tokens, usage.cached_tokens) == (100, 20, 40)


def test_the_cost_at_an_unknown_address_is_unknown_and_not_zero(wire, server, monkeypatch, ask):
    server.plays(wire.answer())
    assert complete_sync(wire.connect(server.url, monkeypatch), ask()).cost is None


def test_the_system_prompt_and_the_limit_are_sent(wire, server, monkeypatch, ask):
    server.plays(wire.answer())
    complete_sync(wire.connect(server.url, monkeypatch), ask(system="Be brief.", max_tokens=77))
    sent = json.dumps(server.asked[0].body)
    assert "Be brief." in sent
    assert "77" in sent


def test_the_effort_is_sent_and_the_sample_is_not(wire, server, monkeypatch, ask):
    server.plays(wire.answer())
    complete_sync(wire.connect(server.url, monkeypatch), ask(effort="high", sample=4711))
    sent = json.dumps(server.asked[0].body)
    assert '"high"' in sent
    assert "4711" not in sent


def test_a_schema_is_sent_closed(wire, server, monkeypatch, ask):
    server.plays(wire.answer('{"name": "bread", "loaves": 3}'))
    model = wire.connect(server.url, monkeypatch)
    reply = complete_sync(model, ask(output_schema=Recipe.model_json_schema()))
    sent = json.dumps(server.asked[0].body)
    assert '"additionalProperties": false' in sent
    assert '"json_schema"' in sent
    assert parse_reply(reply, Recipe) == Recipe(name="bread", loaves=3)


@pytest.mark.parametrize("stop", ["refusal", "length"])
def test_refusals_and_truncations_are_stop_reasons(wire, server, monkeypatch, ask, stop):
    server.plays(wire.answer("Hel", stop))
    reply = complete_sync(wire.connect(server.url, monkeypatch), ask())
    assert reply.stop == stop
    assert reply.usage.output_tokens == 20
    with pytest.raises(InvalidReply, match=r"refused|cut off"):
        parse_reply(reply, Recipe)


def test_a_reply_of_the_wrong_schema_is_told_with_its_place(wire, server, monkeypatch, ask):
    server.plays(wire.answer('{"name": "bread", "loaves": "many"}'))
    reply = complete_sync(wire.connect(server.url, monkeypatch), ask(output_schema=Recipe.model_json_schema()))
    with pytest.raises(InvalidReply, match="loaves"):
        parse_reply(reply, Recipe)
    assert reply.usage.output_tokens == 20


def test_an_empty_reply_is_told(wire, server, monkeypatch, ask):
    server.plays(wire.answer(""))
    reply = complete_sync(wire.connect(server.url, monkeypatch), ask())
    with pytest.raises(InvalidReply, match="empty"):
        parse_reply(reply, Recipe)


@pytest.fixture
def failure(wire, server, monkeypatch, ask):
    """The error that one answer of the server leads to."""

    def fail(answer, **options):
        server.plays(answer)
        with pytest.raises(ProviderError) as caught:
            complete_sync(wire.connect(server.url, monkeypatch, **options), ask())
        return caught.value

    return fail


@pytest.mark.parametrize(
    ("status", "kind", "transient"),
    [
        (400, "request", False),
        (401, "key", False),
        (403, "key", False),
        (404, "not found", False),
        (429, "rate limit", True),
        (500, "server", True),
        (503, "overloaded", True),
        (529, "overloaded", True),
    ],
)
def test_each_status_has_its_kind(failure, answer, status, kind, transient):
    error = failure(answer(status))
    assert (error.kind, error.transient, error.status) == (kind, transient, status)


def test_a_wait_that_the_server_asks_for_is_kept(failure, answer):
    assert failure(answer(429, headers={"retry-after": "7"})).retry_after == 7
    assert failure(answer(429)).retry_after is None


def test_a_wrong_key_names_the_variable_and_not_the_key(wire, failure, answer):
    error = failure(answer(401, "Incorrect API key provided: sk-test-0123456789abcdef"))
    assert wire.key_variable in str(error)
    assert "0123456789abcdef" not in str(error)


def test_an_unknown_model_is_named(wire, failure, answer):
    assert wire.model in str(failure(answer(404)))


def test_an_empty_purse_is_not_tried_again(failure, answer):
    error = failure(answer(429, "You exceeded your quota: insufficient_quota"))
    assert (error.kind, error.transient) == ("quota", False)


def test_a_prompt_too_long_is_told_apart(wire, server, monkeypatch, ask, answer):
    server.plays(answer(400, "context_length_exceeded: prompt is too long: 300000 tokens"))
    with pytest.raises(ContextOverflow, match="300000"):
        complete_sync(wire.connect(server.url, monkeypatch), ask())


def test_a_slow_server_times_out(failure, answer):
    assert failure(answer(silent=True), timeout=0.1).kind == "timeout"


def test_a_cut_connection_is_a_network_failure(wire, failure):
    torn = wire.answer()
    torn.cut = True
    assert failure(torn).kind == "network"


BODIES = {
    "truncated": b'{"id": "x", "choices": [{"mess',
    "page": b"<html>Bad gateway</html>",
    "empty": b"",
    "other": b'{"unexpected": true}',
}


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_cannot_be_read_is_malformed(failure, answer, body):
    error = failure(answer(body=BODIES[body]))
    assert (error.kind, error.transient) == ("malformed", True)
    assert "1 defects" not in str(error)


def test_one_defect_of_a_body_is_one(failure, answer):
    assert "(1 defect, first: " in str(failure(answer(body=b"<html>Bad gateway</html>")))


def test_a_dead_endpoint_names_the_variable(wire, dead_url, monkeypatch, ask):
    with pytest.raises(ProviderError, match=wire.url_variable) as caught:
        complete_sync(wire.connect(dead_url, monkeypatch), ask())
    assert caught.value.kind == "network"


def test_a_completion_without_a_choice_is_malformed(server, monkeypatch, ask, answer):
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    server.plays(answer(body={"choices": []}))
    model = OpenAIChat(openai_endpoint("m"), name="openai-chat:m", timeout=10)
    with pytest.raises(ProviderError, match="without a choice"):
        complete_sync(model, ask())


def test_a_response_that_failed_is_told(server, monkeypatch, ask, answer):
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    server.plays(answer(body={"status": "failed", "output": [], "error": {"message": "the GPU burned"}}))
    model = OpenAIResponses(openai_endpoint("m"), name="openai:m", timeout=10)
    with pytest.raises(ProviderError, match="the GPU burned"):
        complete_sync(model, ask())


def test_a_model_is_asked_from_several_loops_and_from_inside_one(wire, server, monkeypatch, ask):
    server.plays(wire.answer("Hello"))
    model = wire.connect(server.url, monkeypatch)

    async def notebook():
        return complete_sync(model, ask())

    assert complete_sync(model, ask()).text == asyncio.run(notebook()).text == "Hello"
