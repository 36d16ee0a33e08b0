"""A small situation to propose in, and models that keep what they are asked."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from steepest.agents.llm.chat import ChatMessage, ChatRequest
from steepest.agents.llm.function import FunctionModel
from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.pool import Pool
from steepest.agents.optimizers.search.protocols import Past, Situation
from steepest.agents.optimizers.search.rollouts import Rollout
from steepest.agents.optimizers.search.values import Component, Values, digest_of

__all__ = ["PLAN", "RATE", "Asked", "change", "pool_of", "situation", "whole"]

PLAN = Component("plan", "text", description="tells the model how to plan", constraint="at most 100 words")
RATE = Component("rate", "float", low=0, high=1)


class Asked:
    """Answers in turn, the last answer again and again, and keeps every request."""

    def __init__(self, *answers: str | Callable[[ChatRequest], str], structured: bool = False) -> None:
        self.requests: list[ChatRequest] = []
        self._answers = answers
        self.model = FunctionModel(self._answer, structured=structured)

    def _answer(self, request: ChatRequest) -> str:
        self.requests.append(request)
        answer = self._answers[min(len(self.requests), len(self._answers)) - 1]
        return answer if isinstance(answer, str) else answer(request)

    @property
    def questions(self) -> list[str]:
        """The last turn of each request."""
        return [each.messages[-1].content for each in self.requests]


def situation(asked: Asked | None = None, **changes: Any) -> Situation:
    """Two components, a parent that is the second of two members, two rollouts of it and two earlier tries."""
    pool = pool_of(({"plan": "Think.", "rate": 0.5}, [0.25, 0.5]), ({"plan": "Think twice.", "rate": 0.5}, [0.5, 1]))
    made = Situation(
        components=[PLAN, RATE],
        parent=pool[1],
        rollouts=[
            Rollout("a", 0.5, "the unit is wrong", inputs="12 kg of rye", output="12"),
            Rollout("b", 1.0, "all is right", inputs="3 l of milk", output="3 l"),
        ],
        pool=pool,
        past=[
            Past({"plan": "Guess."}, 0.1, "not better", "mean difference -0.4 on 3 examples"),
            Past({"plan": "Think twice."}, 0.75, "accepted"),
        ],
        rng=random.Random(0),
        step=7,
        goal="answers with units",
        model=asked.model if asked is not None else None,
    )
    return replace(made, **changes)


def pool_of(*members: tuple[Values, Sequence[float]]) -> Pool:
    """Members with their scores on the training split, each made from the one before."""
    pool = Pool()
    for number, (values, scores) in enumerate(members):
        pool.add(Candidate(number, values, digest_of(values), (number - 1,) if number else ()))
        pool.record(number, "train", [Rollout(str(place), score) for place, score in enumerate(scores)])
    return pool


def change(name: str, value: str) -> str:
    """A reply in the text form."""
    return f'<reasoning>\nit is better\n</reasoning>\n<change name="{name}">\n{value}\n</change>'


def whole(request: ChatRequest) -> str:
    """A request as a text to look at."""
    turns = [ChatMessage(role="assistant", content=request.system), *request.messages]
    return "\n\n---\n\n".join(each.content for each in turns) + "\n"
