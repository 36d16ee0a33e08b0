from decimal import Decimal

import pytest

from steepest.agents.llm import (
    AdaptiveLimit,
    Budget,
    BudgetExceeded,
    FunctionModel,
    ProviderError,
    ReplyCache,
    RetryPolicy,
    complete_sync,
    with_policies,
)


def test_without_policies_it_is_the_model_itself():
    model = FunctionModel(lambda request: "x")
    assert with_policies(model) is model


def test_wrapped_models_keep_name_form_and_price(tmp_path):
    model = with_policies(
        FunctionModel(lambda request: "x", name="oracle", structured=True),
        retry=RetryPolicy(),
        limiter=AdaptiveLimit(),
        budget=Budget(money=Decimal(1)),
        cache=ReplyCache(tmp_path / "c.db"),
    )
    assert (model.name, model.structured) == ("oracle", True)
    assert "Cached(Budgeted(Retrying(FunctionModel('oracle'))" in repr(model).replace(", Budget", "")


def test_a_cached_reply_needs_no_budget(tmp_path, ask):
    cache = ReplyCache(tmp_path / "c.db")
    model = FunctionModel(lambda request: "x")
    complete_sync(with_policies(model, cache=cache), ask())
    broke = with_policies(model, cache=cache, budget=Budget(tokens=0))
    assert complete_sync(broke, ask()).text == "x"
    with pytest.raises(BudgetExceeded):
        complete_sync(broke, ask(sample=1))


def test_a_limiter_alone_does_not_try_again(ask):
    error = ProviderError("Broken.", kind="server")

    def fail(request):
        raise error

    with pytest.raises(ProviderError) as caught:
        complete_sync(with_policies(FunctionModel(fail), limiter=AdaptiveLimit()), ask())
    assert caught.value is error


def test_each_try_takes_a_slot_and_a_crowded_one_halves_them(ask):
    outcomes = [ProviderError("Too often.", kind="rate limit", retry_after=0.0), "x"]

    def answer(request):
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    limit = AdaptiveLimit(start=8)
    reply = complete_sync(with_policies(FunctionModel(answer), retry=RetryPolicy(), limiter=limit), ask())
    assert (reply.attempts, limit.slots) == (2, 4)
