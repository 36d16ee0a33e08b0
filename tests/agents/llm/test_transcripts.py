import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from steepest.agents.llm import FunctionModel, ProviderError, Record, Transcribed, Transcript, Usage, complete_sync

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def transcript():
    return Transcript(clock=lambda: NOON)


def test_calls_are_recorded_with_their_step(transcript, ask):
    complete_sync(Transcribed(FunctionModel(lambda request: "Hello"), transcript, "formulate"), ask())
    (record,) = transcript.records
    assert (record.step, record.model, record.reply.text, record.time) == ("formulate", "function", "Hello", NOON)


def test_failures_are_recorded_and_raised(transcript, ask):
    def fail(request):
        raise ProviderError("Key sk-abcdefghijklmnop refused.", kind="key")

    with pytest.raises(ProviderError):
        complete_sync(Transcribed(FunctionModel(fail), transcript, "repair"), ask())
    (record,) = transcript.records
    assert (record.reply, record.error) == (None, "Key [redacted] refused.")
    assert transcript.totals().failed == 1


def test_totals_add_up(transcript, ask, reply_of):
    for cost in ("0.10", "0.20"):
        usage = Usage(input_tokens=10, output_tokens=2)
        transcript.add("s", "m", ask(), reply_of(cost=Decimal(cost), usage=usage, seconds=1.5))
    totals = transcript.totals()
    assert (totals.calls, totals.input_tokens, totals.output_tokens) == (2, 20, 4)
    assert (totals.cost, totals.seconds) == (Decimal("0.30"), 3.0)


def test_one_unknown_cost_makes_the_total_unknown(transcript, ask, reply_of):
    transcript.add("s", "m", ask(), reply_of(cost=Decimal(1)))
    transcript.add("s", "m", ask(), reply_of(cost=None))
    assert transcript.totals().cost is None
    assert transcript.totals().input_tokens is None


def test_an_empty_transcript_cost_nothing(transcript):
    assert transcript.totals().cost == 0
    assert repr(transcript) == "Transcript(0 calls, 0 $, 0.0 s)"


def test_it_goes_to_json_and_back_without_secrets(transcript, ask, reply_of, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "very-private-value")
    transcript.add("s", "m", ask("key: very-private-value"), reply_of("very-private-value"))
    written = transcript.to_json()
    assert "very-private-value" not in written
    stored = json.loads(written)
    assert [Record.model_validate(record) for record in stored["records"]] == list(transcript.records)
