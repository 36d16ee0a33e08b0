import asyncio
from decimal import Decimal

import pytest

from steepest.agents.llm import (
    Budget,
    Budgeted,
    BudgetExceeded,
    FunctionModel,
    PriceUnknown,
    ProviderError,
    Usage,
    complete_sync,
    largest_usage,
)
from steepest.errors import InputError


class Priced(FunctionModel):
    """A model that takes a hundredth of a dollar a token."""

    def price(self, usage):
        return Decimal(usage.input_tokens + usage.output_tokens) / 100


class Unpriced(FunctionModel):
    def price(self, usage):
        return None


def spending(reply_of, tokens=10, cost="0.10"):
    money = None if cost is None else Decimal(cost)
    return lambda request: reply_of(usage=Usage(input_tokens=tokens, output_tokens=0), cost=money)


def test_calls_are_charged_with_what_they_took(ask, reply_of):
    budget = Budget(money=Decimal(10), tokens=10_000)
    complete_sync(Budgeted(Priced(spending(reply_of)), budget), ask(max_tokens=100))
    assert (budget.spent_money, budget.spent_tokens) == (Decimal("0.10"), 10)


def test_a_call_that_could_pass_the_money_limit_is_not_made(ask, reply_of):
    calls = []
    model = Budgeted(Priced(lambda request: calls.append(request) or "x"), Budget(money=Decimal("0.50")))
    with pytest.raises(BudgetExceeded, match=r"of 0\.50 \$"):
        complete_sync(model, ask(max_tokens=100))
    assert calls == []


def test_a_call_that_could_pass_the_token_limit_is_not_made(ask, reply_of):
    budget = Budget(tokens=130)
    model = Budgeted(FunctionModel(spending(reply_of, tokens=60)), budget)
    complete_sync(model, ask(max_tokens=100))
    with pytest.raises(BudgetExceeded, match="60 of 130 tokens"):
        complete_sync(model, ask(max_tokens=100))


def test_an_unknown_price_with_a_limit_in_money_says_so(ask):
    model = Budgeted(Unpriced(lambda request: "x", name="mystery"), Budget(money=Decimal(5)))
    with pytest.raises(PriceUnknown, match="mystery"):
        complete_sync(model, ask())


def test_an_unknown_price_is_fine_without_a_limit_in_money(ask):
    assert complete_sync(Budgeted(Unpriced(lambda request: "x"), Budget(tokens=99_999)), ask()).text == "x"


def test_what_the_provider_did_not_count_is_charged_in_full(ask, reply_of):
    budget = Budget()
    request = ask(max_tokens=100)
    complete_sync(Budgeted(Priced(lambda _: reply_of()), budget), request)
    most = largest_usage(request)
    assert budget.spent_tokens == most.input_tokens + 100
    assert budget.spent_money == Decimal(budget.spent_tokens) / 100


def test_a_failed_call_frees_what_was_set_aside(ask):
    def fail(request):
        raise ProviderError("No.", kind="server")

    budget = Budget(tokens=150)
    for _ in range(3):
        with pytest.raises(ProviderError):
            complete_sync(Budgeted(FunctionModel(fail), budget), ask(max_tokens=100))
    assert budget.spent_tokens == 0


def test_running_calls_count_against_the_limit():
    budget = Budget(tokens=100)
    budget.reserve(None, 70, "m")
    with pytest.raises(BudgetExceeded, match="70 of 100"):
        budget.reserve(None, 40, "m")


def test_the_largest_usage_covers_prompt_schema_and_answer(ask):
    bare = largest_usage(ask("word " * 300, max_tokens=50))
    assert bare.input_tokens >= 300
    assert bare.output_tokens == 50
    assert largest_usage(ask("word " * 300, output_schema={"type": "object"})).input_tokens > bare.input_tokens


def test_a_negative_budget_is_refused():
    with pytest.raises(InputError, match="negative"):
        Budget(money=Decimal(-1))


def test_its_repr_tells_spent_and_limit():
    assert repr(Budget(money=Decimal(5), tokens=None)) == "Budget(0 of 5 $, 0 tokens)"


def test_a_call_that_is_cancelled_is_charged_as_the_most_that_it_can_have_taken(ask):
    async def late(request):
        await asyncio.sleep(60)

    budget, request = Budget(), ask(max_tokens=100)

    async def given_up():
        async with asyncio.timeout(0.01):
            await Budgeted(Priced(late), budget).complete(request)

    with pytest.raises(TimeoutError):
        asyncio.run(given_up())
    assert budget.spent_tokens == largest_usage(request).input_tokens + 100
    assert budget.spent_money == Decimal(budget.spent_tokens) / 100


def test_what_is_kept_back_no_call_may_take(ask):
    budget = Budget(tokens=1_000)
    budget.kept_tokens = 950
    with pytest.raises(BudgetExceeded, match="950 of 1000 tokens are spent or set aside"):
        complete_sync(Budgeted(FunctionModel(lambda _: "x"), budget), ask(max_tokens=100))
