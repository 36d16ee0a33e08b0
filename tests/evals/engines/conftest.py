"""A method and a model whose every step is known, for engines and the runner."""

import pytest

from steepest.agents.llm import ChatMessage, ChatRequest, FunctionModel
from steepest.evals.attempts import Attempt, Spent
from steepest.evals.engines.local import LocalEngine
from steepest.evals.engines.protocol import WorkOrder

ORDER = WorkOrder(method="asking", model="function")


class Asking:
    """Asks the model once and takes its text for the answer."""

    name = "asking"
    prompts = ("ask@1:000000000000",)

    async def attempt(self, question, bench):
        message = ChatMessage(role="user", content=question.text)
        reply = await bench.model.complete(ChatRequest(messages=(message,), max_tokens=50, sample=bench.epoch - 1))
        spent = Spent(calls=1, input_tokens=reply.usage.input_tokens, cost=reply.cost, seconds=reply.seconds)
        return Attempt(outcome="answered", objective=float(reply.text), spent=spent)


@pytest.fixture
def engine_of():
    """Makes engines with the method above."""

    def engine_of(answer, order=ORDER, **options):
        return LocalEngine(order, model=FunctionModel(answer), method=options.pop("method", Asking()), **options)

    return engine_of
