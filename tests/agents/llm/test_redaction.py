import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.llm import redact, redact_json


@pytest.mark.parametrize(
    "secret",
    [
        "sk-abcdefghijklmnop",
        "sk-ant-api03-abcDEF_123-xyz",
        "sk-proj-abcdefgh12345678",
        "hf_abcdefghijklmnopqrst",
    ],
)
def test_keys_are_known_by_their_shape(secret):
    assert redact(f"Incorrect key {secret}.") == "Incorrect key [redacted]."


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Authorization: Bearer abcdefgh.1234", "Authorization: Bearer [redacted]"),
        ("x-api-key: abcdefgh1234", "x-api-key: [redacted]"),
        ('{"api_key": "abcdefgh1234"}', '{"api_key": "[redacted]"}'),
        ("https://user:hunter2@host/v1", "https://user:[redacted]@host/v1"),
        ("./agent --key abc1 --verbose", "./agent --key [redacted] --verbose"),
        ("./agent --api-key='a b' x", "./agent --api-key=[redacted] x"),
        ("env MY_TOKEN=abcdefgh1 ./agent", "env MY_TOKEN=[redacted] ./agent"),
        ("https://host/v1?api_key=abcdefgh1234&x=1", "https://host/v1?api_key=[redacted]&x=1"),
    ],
)
def test_secrets_are_known_by_where_they_stand(text, clean):
    assert redact(text) == clean


def test_values_of_key_variables_are_masked(monkeypatch):
    monkeypatch.setenv("SOME_API_KEY", "an unusual secret value")
    assert redact("got an unusual secret value back") == "got [redacted] back"


def test_given_secrets_are_masked_longest_first():
    assert redact("long-secret-value", ["long-secret", "long-secret-value"]) == "[redacted]"


@pytest.mark.parametrize(
    "text",
    [
        "A risk-adjusted plan with sk-ill and a bearer of news.",
        "minimize: 3 * x[bread] # [$/item]",
        "http://127.0.0.1:8000/v1",
        "steepest eval run --max-tokens 500 --max-cost 2",
        "from 8:00 to 17:00 at station@night",
    ],
)
def test_ordinary_text_is_left_alone(text):
    assert redact(text) == text


def test_json_is_masked_in_depth_and_keeps_its_shape():
    value = {"a": ["sk-abcdefghijklmnop", 3, None], "sk-abcdefghijklmnop": {"b": 1.5}}
    assert redact_json(value) == {"a": ["[redacted]", 3, None], "[redacted]": {"b": 1.5}}


@given(st.text(), st.text(min_size=8))
def test_a_given_secret_never_survives(text, secret):
    assert secret not in redact(text + secret + text, [secret]) or secret in "[redacted]"


@given(st.text())
def test_masking_twice_changes_nothing(text):
    assert redact(redact(text)) == redact(text)


def test_secrets_in_a_urls_query_are_masked_and_the_rest_is_kept():
    shown = redact("http://host/v1?key=AIzaSyVery123&page=2&access_token=tok_abc#m")
    assert shown == "http://host/v1?key=[redacted]&page=2&access_token=[redacted]#m"


def test_a_short_key_that_is_known_is_masked():
    assert redact("wrong key: abc1234", ("abc1234",)) == "wrong key: [redacted]"


@pytest.mark.parametrize("loop", ["-a", "a.", "--key ", "A_", "?key", "://a:", "bearer "])
def test_a_long_reply_that_goes_round_in_circles_is_masked_at_once(loop):
    begun = time.perf_counter()
    redact(loop * (200_000 // len(loop)))
    assert time.perf_counter() - begun < 2
