"""LLAMBO with a scripted model beats random search; with one that talks nonsense it is TPE, and all is on record."""

import json
from pathlib import Path

import pytest

from steepest.agents.llm.chat import ChatRequest
from steepest.agents.llm.function import FunctionModel
from steepest.agents.optimizers.strategies.llambo import Llambo
from steepest.errors import InputError
from tests.agents.optimizers.landscapes import ALL, mixture, sphere
from tests.agents.optimizers.scripted import random_search_result, searched, sign_test
from tests.agents.optimizers.scripted_tuner import tuner

SEEDS = range(20)


@pytest.mark.parametrize("name", ["sphere", "valley", "lattice", "mixture"])
def test_it_beats_random_search_at_equal_budget(name: str) -> None:
    """By the one-sided sign test over 20 seeds, p < 0.01."""
    ours = [searched(ALL[name](seed), Llambo(), 60, seed, model=tuner(seed)).truth for seed in SEEDS]
    theirs = [random_search_result(ALL[name](seed), 60, seed).truth for seed in SEEDS]
    assert sign_test(ours, theirs) < 0.01


def test_a_structured_model_is_asked_in_json() -> None:
    outcome = searched(mixture(1), Llambo(), 25, 1, model=tuner(1, structured=True))
    assert outcome.search is not None
    assert {each.origin for each in outcome.search.pool} <= {"seed", "llambo"}


@pytest.mark.parametrize("steps", [1, 4, 9])
def test_a_search_that_was_stopped_goes_on_to_the_same_result(tmp_path: Path, steps: int) -> None:
    whole = searched(mixture(3), Llambo(), 25, 3, model=tuner())
    searched(mixture(3), Llambo(), 25, 3, model=tuner(), folder=tmp_path, steps=steps)
    resumed = searched(mixture(3), Llambo(), 25, 3, model=tuner(), folder=tmp_path)
    assert whole.search is not None
    assert resumed.search is not None
    assert list(resumed.search.past) == list(whole.search.past)
    assert resumed.metric_calls == whole.metric_calls


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "I'm sorry, I can't do that.",
        "{",
        '{"rate": 0.1}',
        '{"rate": 7, "size": 3, "method": "adam", "warm": true}',
        '{"rate": 0.1, "size": 3, "method": "magic", "warm": true}',
        '{"rate": NaN, "size": 3, "method": "adam", "warm": true}',
        '{"rate": 0.1, "size": 3, "method": "adam", "warm": true, "import os": 1}',
        "[" * 5000,
        "x" * 100_000,
    ],
)
@pytest.mark.parametrize("structured", [False, True])
def test_replies_that_can_t_be_used_are_on_record_and_tpe_takes_their_place(reply: str, structured: bool) -> None:
    outcome = searched(mixture(2), Llambo(), 16, 2, model=FunctionModel(lambda _: reply, structured=structured))
    assert outcome.search is not None
    assert outcome.metric_calls == 16
    refused = [each for each in outcome.search.past if each.outcome == "rejected"]
    assert len(refused) >= 10
    assert all(each.reason for each in refused)
    origins = {each.origin for each in outcome.search.pool}
    assert origins <= {"seed", "tpe"}


def test_points_without_estimates_are_not_tried() -> None:
    good = {"rate": 0.1, "size": 3, "method": "adam", "warm": True}

    def answer(request: ChatRequest) -> str:
        if "Which score" in request.messages[0].content:
            return "they all look fine"
        return "\n".join(json.dumps(good | {"size": size}) for size in range(1, 9))

    outcome = searched(mixture(2), Llambo(), 12, 2, model=FunctionModel(answer))
    assert outcome.search is not None
    assert any("no score for point 1" in each.reason for each in outcome.search.past)
    assert outcome.metric_calls == 12


def test_usable_points_are_used_and_the_others_are_on_record() -> None:
    good = {"rate": 0.1, "size": 3, "method": "adam", "warm": True}
    lines = [json.dumps(good), json.dumps(good | {"size": 99}), json.dumps(good), "{nonsense}"]
    model = FunctionModel(lambda _: "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1)))
    outcome = searched(mixture(2), Llambo(initial=2), 3, 2, model=model, steps=1)
    assert outcome.search is not None
    reasons = [each.reason for each in outcome.search.past if each.outcome == "rejected"]
    assert len(reasons) == 3
    assert any("whole number from 1 to 24" in each for each in reasons)
    assert any("no JSON object" in each for each in reasons)
    assert any("known" in each for each in reasons)
    tried = [each.changes for each in outcome.search.past if each.outcome != "rejected"]
    assert {"rate": 0.1, "size": 3, "warm": True}.items() <= tried[0].items()


def test_without_a_model_it_says_what_to_do() -> None:
    with pytest.raises(InputError, match=r"name one.*strategy='tpe'"):
        searched(sphere(0), Llambo(), 10, 0)


def test_a_step_takes_as_many_calls_as_it_says() -> None:
    model, calls = tuner(), []
    counted = FunctionModel(lambda request: calls.append(request) or model.fn(request))  # type: ignore[func-returns-value]
    searched(sphere(0), Llambo(), 40, 0, model=counted, steps=3)
    assert len(calls) == 1 + 2 * (2 + 3)
    assert len({(each.messages, each.sample) for each in calls}) == len(calls)
