"""What a call costs, from the price tables of `genai-prices`. Unknown is None, never zero."""

from decimal import Decimal
from typing import Protocol, runtime_checkable

from steepest.agents.llm.chat import Usage

__all__ = ["MILLION", "Priced", "cost_of", "price_of_model"]

MILLION = Decimal(1_000_000)


@runtime_checkable
class Priced(Protocol):
    """A chat model that can say what tokens cost."""

    def price(self, usage: Usage) -> Decimal | None:
        """US dollars for `usage`; None when unknown."""


def cost_of(usage: Usage, model: str, url: str) -> Decimal | None:
    """US dollars for `usage` of `model` at the provider that answers at `url`.

    None when the price table lacks the model or the provider, or the provider did not count the tokens.
    """
    from genai_prices import Usage as PricedUsage
    from genai_prices import calc_price

    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    tokens = PricedUsage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cached_tokens,
        cache_write_tokens=usage.cache_write_tokens,
    )
    try:
        return calc_price(tokens, model, provider_api_url=url).total_price
    except LookupError:
        return None


def price_of_model(model: object, usage: Usage) -> Decimal | None:
    """US dollars for `usage` of a chat model; None when it does not know or cannot say."""
    return model.price(usage) if isinstance(model, Priced) else None
