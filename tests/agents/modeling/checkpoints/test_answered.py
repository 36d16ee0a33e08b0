"""Questions that were answered in an earlier run are answered from there, each as often as it was."""

from collections.abc import Callable
from typing import Any

import pytest

from steepest.agents.llm import ChatMessage, ChatRequest, ProviderError, Record, Transcribed, Transcript, complete_sync
from steepest.agents.modeling.checkpoints.answered import Answered, answered_in
from steepest.agents.modeling.task import State


def request(text: str, sample: int = 0) -> ChatRequest:
    return ChatRequest(messages=(ChatMessage(role="user", content=text),), sample=sample)


@pytest.fixture
def asked(script: Callable[..., Any]) -> Callable[..., tuple[Record, ...]]:
    """The records of questions and their answers."""

    def make(*pairs: tuple[str, Any]) -> tuple[Record, ...]:
        calls = Transcript()
        model = Transcribed(script(*[answer for _, answer in pairs]), calls, "examine")
        for question, answer in pairs:
            if isinstance(answer, Exception):
                with pytest.raises(type(answer)):
                    complete_sync(model, request(question))
            else:
                complete_sync(model, request(question))
        return calls.records

    return make


def test_each_answer_is_given_once_and_in_its_order(script: Callable[..., Any], asked: Callable[..., Any]) -> None:
    behind = script("new", "of another sample")
    model = Answered(behind, asked(("why?", "first"), ("how?", "so"), ("why?", "second")), ())

    said = [complete_sync(model, request(question)).text for question in ("why?", "why?", "how?", "why?")]
    assert said == ["first", "second", "so", "new"]
    assert complete_sync(Answered(behind, asked(("why?", "first")), ()), request("why?", 1)).text == "of another sample"


def test_what_was_asked_again_by_now_is_not_given_again(script: Callable[..., Any], asked: Callable[..., Any]) -> None:
    before = asked(("why?", "first"), ("why?", "second"))
    model = Answered(script("new"), before, asked(("why?", "first")))

    assert [complete_sync(model, request("why?")).text for _ in range(2)] == ["second", "new"]


def test_a_call_that_failed_is_made_again(script: Callable[..., Any], asked: Callable[..., Any]) -> None:
    failed = asked(("why?", ProviderError("the server is gone", kind="network")))

    assert complete_sync(Answered(script("new"), failed, ()), request("why?")).text == "new"


def test_a_secret_in_a_question_keeps_nothing_from_its_answer(
    script: Callable[..., Any], asked: Callable[..., Any]
) -> None:
    question = "is sk-1234567890abcdef a key?"

    assert complete_sync(Answered(script(), asked((question, "yes")), ()), request(question)).text == "yes"


def test_of_several_states_each_question_counts_once(asked: Callable[..., Any]) -> None:
    short, long = asked(("why?", "first")), asked(("why?", "first"), ("how?", "so"), ("why?", "second"))
    states = [State(calls=short), State(calls=long), State(answered=long, calls=short)]

    assert [record.reply.text for record in answered_in(states) if record.reply] == ["first", "second", "so"]
