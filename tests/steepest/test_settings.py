from decimal import Decimal

import pytest

from steepest.errors import InputError
from steepest.settings import Settings, read_settings


def test_nothing_set_means_the_local_model_without_limits() -> None:
    assert read_settings({}) == Settings(model="local", max_cost=None, max_tokens=None, repairs=3, time_limit=None)


def test_the_model_that_is_named_wins_over_a_key() -> None:
    environment = {"STEEPEST_MODEL": "local:mine.gguf", "ANTHROPIC_API_KEY": "a-key"}

    assert read_settings(environment).model == "local:mine.gguf"


def test_a_key_chooses_its_provider() -> None:
    assert read_settings({"OPENAI_API_KEY": "a-key"}).model.startswith("openai:")
    assert read_settings({"ANTHROPIC_API_KEY": "a-key"}).model.startswith("anthropic:")


def test_of_two_keys_the_first_provider_counts() -> None:
    assert read_settings({"OPENAI_API_KEY": "a-key", "ANTHROPIC_API_KEY": "a-key"}).model.startswith("anthropic:")


def test_an_address_of_ones_own_is_as_good_as_a_key() -> None:
    assert read_settings({"OPENAI_BASE_URL": "http://localhost:8000/v1"}).model.startswith("openai:")


def test_limits_come_from_their_variables() -> None:
    environment = {
        "STEEPEST_MAX_COST": "$0.50",
        "STEEPEST_MAX_TOKENS": "20000",
        "STEEPEST_REPAIRS": "0",
        "STEEPEST_TIME_LIMIT": "60",
    }

    settings = read_settings(environment)

    assert settings.max_cost == Decimal("0.50")
    assert settings.max_tokens == 20000
    assert settings.repairs == 0
    assert settings.time_limit == 60.0


def test_the_environment_of_the_process_is_read_when_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEEPEST_MODEL", "recorded:cassette.json")

    assert read_settings().model == "recorded:cassette.json"


def test_a_bad_limit_is_named_with_its_variable() -> None:
    with pytest.raises(InputError, match=r"STEEPEST_MAX_COST: 'much' is not an amount of US dollars above 0"):
        read_settings({"STEEPEST_MAX_COST": "much"})
