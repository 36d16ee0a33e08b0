"""Stack the policies on a model in the one order that is right."""

from steepest.agents.llm.budget import Budget, Budgeted
from steepest.agents.llm.cache import Cached, ReplyCache
from steepest.agents.llm.chat import ChatModel
from steepest.agents.llm.limits import AdaptiveLimit, Limited
from steepest.agents.llm.retries import Retrying, RetryPolicy

__all__ = ["with_policies"]


def with_policies(
    model: ChatModel,
    *,
    retry: RetryPolicy | None = None,
    limiter: AdaptiveLimit | None = None,
    budget: Budget | None = None,
    cache: ReplyCache | None = None,
) -> ChatModel:
    """`model` behind the policies that are given.

    A cached reply needs no budget; the budget is charged once a request, however often it is tried; a slot is held
    only while a call runs, not while a retry waits. So, from the outside: cache, budget, retry, limiter.
    """
    if limiter is not None:
        model = Limited(model, limiter)
    if retry is not None:
        model = Retrying(model, retry)
    if budget is not None:
        model = Budgeted(model, budget)
    if cache is not None:
        model = Cached(model, cache)
    return model
