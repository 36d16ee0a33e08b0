import json
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.llm import (
    Cassette,
    CassetteMiss,
    ChatMessage,
    ChatReply,
    ChatRequest,
    FunctionModel,
    RecordedModel,
    Recording,
    Usage,
    complete_sync,
    open_model,
)
from steepest.agents.llm.cassettes import Exchange
from steepest.errors import InputError


@pytest.fixture
def path(tmp_path):
    return tmp_path / "tapes" / "bakery.json"


def record(path, requests, fn=lambda request: "Hello", **options):
    model = Recording(FunctionModel(fn, **options), path)
    return [complete_sync(model, request) for request in requests]


def test_what_was_recorded_is_played_back(path, ask):
    record(path, [ask("one"), ask("two")], lambda request: f"reply to {request.messages[0].content}")
    model = open_model(f"recorded:{path}")
    assert complete_sync(model, ask("two")).text == "reply to two"
    assert complete_sync(model, ask("one")).text == "reply to one"


def test_playing_back_costs_nothing_and_keeps_the_usage(path, ask, reply_of):
    usage = Usage(input_tokens=3, output_tokens=4)
    record(path, [ask()], lambda request: reply_of(cost=Decimal("0.2"), usage=usage, seconds=9))
    played = complete_sync(RecordedModel.open(path), ask())
    assert (played.cost, played.usage, played.cached) == (Decimal(0), usage, True)


def test_a_miss_shows_how_the_nearest_request_differs(path, ask):
    record(path, [ask("Bake bread.\nUse flour."), ask("Fly planes.")])
    with pytest.raises(CassetteMiss) as caught:
        complete_sync(RecordedModel.open(path), ask("Bake bread.\nUse butter."))
    message = str(caught.value)
    assert '-    "Use flour."' in message
    assert '+    "Use butter."' in message
    assert "planes" not in message


def test_a_long_difference_is_cut(path, ask):
    record(path, [ask("a")])
    with pytest.raises(CassetteMiss, match="more lines"):
        complete_sync(RecordedModel.open(path), ask("\n".join(map(str, range(99)))))


def test_the_sample_tells_requests_apart(path, ask):
    record(path, [ask(sample=1), ask(sample=2)], lambda request: str(request.sample))
    assert complete_sync(RecordedModel.open(path), ask(sample=2)).text == "2"


def test_recording_again_replaces_the_reply(path, ask):
    record(path, [ask()], lambda request: "old")
    record(path, [ask()], lambda request: "new")
    assert complete_sync(RecordedModel.open(path), ask()).text == "new"
    assert len(json.loads(path.read_text())["exchanges"]) == 1


def test_texts_are_stored_line_by_line_and_come_back_whole(path, ask):
    text = "sets:\n  Product = {bread}\n\nend"
    record(path, [ask("one\ntwo")], lambda request: text)
    assert '"  Product = {bread}"' in path.read_text()
    assert complete_sync(RecordedModel.open(path), ask("one\ntwo")).text == text


def test_keys_never_reach_the_file(path, ask, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "very-private-value")
    secret = ask("My key is very-private-value, or sk-abcdefghijklmnop.")
    record(path, [secret], lambda request: "Bearer abcdefghijklmnop")
    stored = path.read_text()
    assert "very-private-value" not in stored
    assert "abcdefghijklmnop" not in stored
    assert complete_sync(RecordedModel.open(path), secret).text == "Bearer [redacted]"


def test_the_form_of_the_recorded_model_is_kept(path, ask):
    record(path, [ask()], structured=True)
    assert RecordedModel.open(path).structured


def test_a_missing_cassette_is_told(path):
    with pytest.raises(InputError, match=r"bakery\.json: No such file"):
        open_model(f"recorded:{path}")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"model": 3}', "[" * 100_000], ids=range(5))
def test_a_file_that_is_no_cassette_is_told(path, content):
    path.parent.mkdir()
    path.write_text(content)
    with pytest.raises(InputError, match="no cassette"):
        open_model(f"recorded:{path}")


def test_an_empty_cassette_says_so(path, ask):
    path.parent.mkdir()
    path.write_text('{"model": "m"}')
    with pytest.raises(CassetteMiss, match="empty"):
        complete_sync(RecordedModel.open(path), ask())


def test_no_draft_is_left_beside_the_cassette(path, ask):
    record(path, [ask()])
    assert [file.name for file in path.parent.iterdir()] == ["bakery.json"]


@given(st.text(), st.text())
def test_every_text_comes_back_as_it_was_asked_and_answered(question, answer):
    request = ChatRequest(system=question, messages=(ChatMessage(role="user", content=question),))
    exchange = Exchange(key="k", request=request, reply=ChatReply(text=answer, model="m", provider="p"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tape.json"
        Cassette(model="m").with_exchange(exchange).write(path)
        assert Cassette.read(path).exchanges == (exchange,)
