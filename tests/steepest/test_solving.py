from decimal import Decimal

import pytest

import steepest
from steepest.agents.llm import Budgeted, FunctionModel
from steepest.settings import Settings
from steepest.solving import budgeted

REPLY = """\
variables:
  acre: real >= 0   # [acre] acres of wheat
maximize: 100 * acre   # "$100 an acre"
constraints:
  land: acre <= 45   # "45 acres of land"
"""
PROBLEM = "A farmer earns $100 an acre of wheat and has 45 acres of land. How much should be planted?"


def answering(request: object) -> str:
    return REPLY


def test_a_problem_is_solved_in_one_call() -> None:
    answer = steepest.solve(PROBLEM, model=FunctionModel(answering))

    assert isinstance(answer, steepest.Answer)
    assert answer.outcome == "solved"
    assert answer.solution is not None
    assert answer.solution.value("acre") == 45


def test_without_a_model_that_of_the_settings_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def opened(spec: str, **options: object) -> FunctionModel:
        asked.append(spec)
        return FunctionModel(answering)

    monkeypatch.setattr("steepest.agents.llm.open_model", opened)
    monkeypatch.setenv("STEEPEST_MODEL", "recorded:farm.json")

    steepest.solve(PROBLEM)

    assert asked == ["recorded:farm.json"]


def test_an_option_out_of_its_range_is_named() -> None:
    with pytest.raises(steepest.InputError, match="time_limit: Input should be greater than 0"):
        steepest.solve(PROBLEM, model=FunctionModel(answering), time_limit=-1)


def test_a_model_without_limits_is_left_as_it_is() -> None:
    model = FunctionModel(answering)

    assert budgeted(model, max_cost=None, max_tokens=None, settings=Settings()) is model


def test_the_limits_given_win_over_those_of_the_settings() -> None:
    model = budgeted(
        FunctionModel(answering), max_cost=0.1, max_tokens=None, settings=Settings(max_cost=Decimal(9), max_tokens=500)
    )

    assert isinstance(model, Budgeted)
    assert model.budget.money == Decimal("0.1")
    assert model.budget.tokens == 500


def test_a_formulation_solves_itself() -> None:
    solution = steepest.Formulation.from_text(REPLY).solve(time_limit=10, threads=1, seed=1)

    assert solution.is_solved
    assert solution.objective == pytest.approx(4500)
