from decimal import Decimal

from steepest.agents.llm import FunctionModel, Usage
from steepest.agents.llm.endpoints import ANTHROPIC_URL, OPENAI_URL
from steepest.agents.llm.prices import cost_of, price_of_model

SMALL = Usage(input_tokens=1000, output_tokens=1000)


def test_known_models_have_a_price():
    openai, anthropic = cost_of(SMALL, "gpt-5.4", OPENAI_URL), cost_of(SMALL, "claude-sonnet-5", ANTHROPIC_URL)
    assert isinstance(openai, Decimal)
    assert openai > 0
    assert anthropic > 0


def test_an_unknown_model_or_address_has_none():
    assert cost_of(SMALL, "no-such-model", OPENAI_URL) is None
    assert cost_of(SMALL, "gpt-5.4", "http://127.0.0.1:8000/v1") is None


def test_uncounted_tokens_have_none():
    assert cost_of(Usage(), "gpt-5.4", OPENAI_URL) is None


def test_tokens_from_the_prompt_cache_are_cheaper_than_read_ones_and_written_ones_dearer():
    def cost(**buckets):
        usage = Usage(input_tokens=1000, output_tokens=0, **buckets)
        return cost_of(usage, "claude-sonnet-5", ANTHROPIC_URL)

    assert cost(cached_tokens=800) < cost() < cost(cache_write_tokens=800)


def test_a_model_that_cannot_say_has_no_price():
    assert price_of_model(object(), SMALL) is None
    assert price_of_model(FunctionModel(lambda request: ""), SMALL) == 0
