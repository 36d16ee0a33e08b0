"""A Python function of the user's own as a method."""

import asyncio
import time
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from steepest.agents.llm import BudgetExceeded, ContextOverflow, InvalidReply, ProviderError
from steepest.agents.llm.function import FunctionModel
from steepest.agents.modeling import Answer, answer_problem
from steepest.errors import InputError
from steepest.evals.attempts import Attempt, NamedValue
from steepest.evals.methods import Method, agent_method, open_method
from steepest.evals.methods.worksheets import UNKNOWN
from steepest.solvers.diagnostics import FormulationError
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution
from tests.evals.methods.conftest import Attempting


def giving(result: Any) -> Method:
    return agent_method(lambda text: result)


def test_a_function_is_given_the_text_alone(attempt: Attempting) -> None:
    asked = []
    attempt(agent_method(asked.append), text="How many cakes?")

    assert asked == ["How many cakes?"]


@pytest.mark.parametrize("number", [336, 336.0, np.float64(336), np.int64(336), Decimal(336), Fraction(336)])
def test_a_number_is_the_objective(attempt: Attempting, number: Any) -> None:
    made = attempt(giving(number))

    assert (made.outcome, made.objective) == ("answered", 336)


def test_a_dictionary_names_values_and_the_objective(attempt: Attempting) -> None:
    made = attempt(giving({"Objective": 336, "cakes": 30}))

    assert (made.objective, made.values) == (336, (NamedValue(name="cakes", value=30),))


def test_a_dictionary_may_hold_an_attempts_fields(attempt: Attempting) -> None:
    made = attempt(giving({"objective": 336, "values": {"cakes": 30}, "confidence": 0.5, "code": "bake()"}))
    listed = attempt(giving({"outcome": "answered", "values": [{"name": "cakes", "value": 30, "unit": "cake"}]}))
    none = attempt(giving({"outcome": "infeasible", "message": "too little flour"}))

    assert (made.outcome, made.objective, made.confidence, made.code) == ("answered", 336, 0.5, "bake()")
    assert made.values == (NamedValue(name="cakes", value=30),)
    assert listed.values == (NamedValue(name="cakes", value=30, unit="cake"),)
    assert (none.outcome, none.message) == ("infeasible", "too little flour")
    assert made.seconds > 0


@pytest.mark.parametrize("values", [{}, [], None])
def test_fields_beside_the_objective_are_those_of_an_attempt(attempt: Attempting, values: Any) -> None:
    empty = attempt(giving({"objective": 25, "values": values, "confidence": 0.9}))
    without = attempt(giving({"objective": 25, "confidence": 0.9, "cakes": 3}))

    assert (empty.objective, empty.values, empty.confidence) == (25, (), 0.9)
    assert (without.objective, without.confidence) == (25, 0.9)
    assert without.values == (NamedValue(name="cakes", value=3),)


def test_what_an_agent_took_is_unknown_unless_it_tells(attempt: Attempting) -> None:
    silent = attempt(giving(336)).spent
    told = attempt(giving({"objective": 336, "spent": {"calls": 2, "cost": "0.01"}})).spent

    assert (silent.cost, silent.input_tokens, silent.output_tokens) == (None, None, None)
    assert (told.calls, told.cost, told.input_tokens) == (2, Decimal("0.01"), None)


def test_an_attempt_is_taken_as_it_is(attempt: Attempting) -> None:
    own = Attempt(outcome="unbounded", message="no limit", seconds=3)

    assert attempt(giving(own)) == own.model_copy(update={"spent": UNKNOWN})


def test_a_formulation_is_solved(attempt: Attempting, bakery_five: str) -> None:
    made = attempt(giving(Formulation.from_text(bakery_five)))

    assert (made.outcome, made.objective, made.sense) == ("answered", 336, "maximize")
    assert made.values[0].name == "bake[bread]"
    assert made.formulation


def test_a_formulation_that_can_not_be_compiled_is_a_compile_error(attempt: Attempting, bakery_five: str) -> None:
    async def solve(formulation: Formulation) -> Solution:
        raise FormulationError([])

    assert attempt(giving(Formulation.from_text(bakery_five)), solve=solve).outcome == "compile_error"


def test_an_answer_of_steepest_is_read_with_its_transcript(attempt: Attempting, bakery_five: str) -> None:
    async def agent(text: str) -> Answer:
        return await answer_problem(text, FunctionModel(lambda request: bakery_five))

    made = attempt(agent_method(agent))

    assert (made.outcome, made.objective, made.spent.calls) == ("answered", 336, 1)


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (None, "no answer"),
        ({}, "no answer"),
        ("336", "the agent answered with '336'"),
        (float("nan"), "an agent answers with"),
        (True, "an agent answers with"),
        ({"cakes": "many"}, "'cakes' is no finite number"),
        ({"objective": float("inf")}, "no finite number"),
        ({"outcome": "perfect"}, "wrong outcome"),
        ({"outcome": "answered"}, "neither an objective nor values"),
        ({"values": {"cakes": "many"}}, "wrong values.0.value"),
        ({"values": {"cakes": float("nan")}}, "wrong values.0.value"),
    ],
)
def test_a_result_that_can_not_be_read_is_not_formulated(attempt: Attempting, result: Any, told: str) -> None:
    made = attempt(giving(result))

    assert made.outcome == "not_formulated"
    assert told in made.message


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (ZeroDivisionError("division by zero"), "compile_error"),
        (InputError("no such thing"), "compile_error"),
        (StopIteration("the end"), "compile_error"),
        (SystemExit("no flour"), "compile_error"),
        (ContextOverflow("too long"), "llm_error"),
        (InvalidReply("no JSON"), "llm_error"),
    ],
)
def test_what_a_function_raises_is_its_failure(attempt: Attempting, error: BaseException, outcome: str) -> None:
    made = attempt(agent_method(raising(error)))

    assert made.outcome == outcome
    assert str(error) in made.message


@pytest.mark.parametrize(
    "error", [ConnectionError("down"), TimeoutError("slow"), ProviderError("x", kind="server"), BudgetExceeded("x")]
)
def test_a_failure_of_the_infrastructure_is_raised(attempt: Attempting, error: Exception) -> None:
    with pytest.raises(type(error)):
        attempt(agent_method(raising(error)))


def raising(error: BaseException) -> Any:
    def agent(text: str) -> None:
        raise error

    return agent


def test_a_secret_in_an_error_is_masked(attempt: Attempting) -> None:
    made = attempt(agent_method(raising(ValueError("bad key sk-abcdefghijklmnopqrstuvwxyz123456"))))

    assert "abcdefghijklmnop" not in made.message


def test_a_function_that_overruns_is_a_timeout(attempt: Attempting) -> None:
    async def hanging(text: str) -> None:
        await asyncio.sleep(30)

    for function in (hanging, lambda text: time.sleep(1)):
        made = attempt(agent_method(function, seconds=0.05))

        assert (made.outcome, made.objective) == ("solver_timeout", None)
        assert "0.05 seconds" in made.message


def test_callable_objects_and_async_ones_are_agents(attempt: Attempting) -> None:
    class Waiting:
        async def __call__(self, text: str) -> int:
            await asyncio.sleep(0)
            return 336

    method = agent_method(Waiting())

    assert attempt(method).objective == 336
    assert method.name.startswith("agent:")
    assert method.name.endswith("Waiting")
    assert agent_method(len, name="counter").name == "counter"
    assert method.prompts == ()


def test_a_function_is_found_by_its_name_in_the_current_folder(
    attempt: Attempting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bakers_agent.py").write_text(
        "class Baker:\n    @staticmethod\n    def bake(text):\n        return 336\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))  # and taken off again after the test

    method = open_method("agent:bakers_agent:Baker.bake", {"seconds": 20})

    assert method.name == "agent:bakers_agent:Baker.bake"
    assert attempt(method).objective == 336


def test_a_module_that_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_agent.py").write_text("bake(\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))

    with pytest.raises(InputError, match="SyntaxError"):
        open_method("agent:broken_agent:solve")


@pytest.mark.parametrize("name", ["no_such_module_of_ours:solve", "json:no_such_function", "json:__name__"])
def test_a_function_that_is_none_is_told(name: str) -> None:
    with pytest.raises(InputError, match=name):
        open_method(f"agent:{name}")


async def _cancels(text: str) -> float:
    task = asyncio.create_task(asyncio.sleep(9))
    task.cancel()
    await task
    return 1.0


def _ends(text: str) -> float:
    raise GeneratorExit


@pytest.mark.parametrize("function", [_cancels, _ends])
def test_a_cancellation_of_its_own_is_its_failure(attempt: Attempting, function: Any) -> None:
    assert attempt(agent_method(function)).outcome == "compile_error"


@pytest.mark.parametrize(
    "odd", [{"seconds": float("nan")}, {"rounds": -1}, {"spent": {"seconds": float("inf")}}, {"solve_seconds": -1}]
)
def test_fields_that_no_record_can_hold_are_told(attempt: Attempting, odd: dict[str, Any]) -> None:
    made = attempt(giving({"outcome": "answered", "objective": 1, **odd}))

    assert (made.outcome, next(iter(odd)) in made.message) == ("not_formulated", True)


def test_a_whole_number_beyond_all_measure_is_no_answer(attempt: Attempting) -> None:
    assert attempt(giving(10**400)).outcome == "not_formulated"


@pytest.mark.parametrize("kind", [dict, Attempt.model_validate])
def test_secrets_in_an_answer_are_masked(attempt: Attempting, kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_API_KEY", "quite-secret-words")
    said = "it said quite-secret-words"
    made = attempt(giving(kind({"outcome": "compile_error", "message": said, "transcript": [{"said": [said]}]})))

    assert "quite-secret-words" not in made.model_dump_json()
