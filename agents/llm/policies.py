"""Stack the policies on a model in the one order that is right."""

from steepest.agents.llm.budget import Budget, Budgeted
from steepest.agents.llm.cache import Cached, ReplyCache
from steepest.agents.llm.chat import ChatModel
from steepest.agents.llm.limits import AdaptiveLimit
from steepest.agents.llm.retries import ONCE, Retrying, RetryPolicy

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

    A cached reply needs no budget, and the budget is charged once a request, however often it is tried. So, from
    the outside: cache, budget, retries with the limiter.
    """
    if retry is not None or limiter is not None:
        model = Retrying(model, retry or ONCE, limit=limiter)
    if budget is not None:
        model = Budgeted(model, budget)
    if cache is not None:
        model = Cached(model, cache)
    return model
