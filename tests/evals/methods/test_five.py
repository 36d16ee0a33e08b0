"""The modeling agent as a method: what an attempt holds, and which outcome each ending has."""

import pytest

from steepest.agents.llm import BudgetExceeded, ContextOverflow, InvalidReply, ProviderError
from steepest.evals.attempts import AttemptOutcome
from steepest.evals.methods import open_method
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution, Status
from tests.evals.methods.conftest import Attempting, Talker, stopped_reply

FIVE, REPAIRED = open_method("five"), open_method("five+repair")

UNKNOWN_NAME = "variables:\n  x: real >= 0\nmaximize: 3 * y\nconstraints:\n  limit: x <= 40\n"


def test_an_attempt_holds_formulation_values_and_what_it_took(
    attempt: Attempting, bakery_five: str, talked: list[Talker]
) -> None:
    made = attempt(FIVE, bakery_five)

    assert (made.outcome, made.objective, made.sense, made.message) == ("answered", 336, "maximize", "")
    assert [(each.name, each.value, each.unit) for each in made.values] == [
        ("bake[bread]", 32, "item"),
        ("bake[cake]", 30, "item"),
    ]
    assert "flour_stock" in made.formulation
    assert made.problem_class == "MIP"
    assert made.solver.startswith("HiGHS")
    assert made.seconds >= made.solve_seconds > 0
    assert (made.spent.calls, made.spent.cost, made.rounds) == (1, 0, 0)
    assert [record["step"] for record in made.transcript] == ["formulate"]


def test_a_value_carries_what_the_formulation_says_of_its_variable(attempt: Attempting, bakery_five: str) -> None:
    noted = bakery_five.replace("# [item]\nmaximize", "# [item] what to bake today\nmaximize")

    assert attempt(FIVE, noted).values[0].note == "what to bake today"


def test_without_repairs_the_model_is_asked_once(attempt: Attempting, bakery_five: str, talked: list[Talker]) -> None:
    infeasible = bakery_five.replace("cake_sales = 30", "cake_sales = 3")

    made = attempt(FIVE, infeasible)

    assert made.outcome == "infeasible"
    assert len(talked[-1].requests) == 1


def test_a_repair_is_a_round(attempt: Attempting, bakery_five: str) -> None:
    made = attempt(REPAIRED, UNKNOWN_NAME, bakery_five)

    assert (made.outcome, made.objective, made.rounds, made.spent.calls) == ("answered", 336, 1, 2)


def test_an_infeasible_formulation_is_looked_at_again_with_repairs(attempt: Attempting, bakery_five: str) -> None:
    infeasible = bakery_five.replace("cake_sales = 30", "cake_sales = 3")

    made = attempt(REPAIRED, infeasible, bakery_five)

    assert (made.outcome, made.objective, made.rounds) == ("answered", 336, 1)


@pytest.mark.parametrize(
    ("reply", "outcome", "told"),
    [
        (UNKNOWN_NAME, "compile_error", "y"),
        ("I would bake more cakes.", "not_formulated", ""),
        ("NOT AN OPTIMIZATION PROBLEM: it asks for a fact", "not_formulated", "it asks for a fact"),
        (stopped_reply("sets:", "length"), "llm_error", "cut off"),
        (stopped_reply("", "refusal"), "llm_error", "refused"),
        ("  ", "llm_error", "empty"),
        (InvalidReply("the model gave nothing"), "llm_error", "gave nothing"),
        (ContextOverflow("too long for it"), "llm_error", "too long"),
    ],
)
def test_a_reply_without_a_usable_formulation_has_its_own_outcome(
    attempt: Attempting, reply: str, outcome: AttemptOutcome, told: str
) -> None:
    made = attempt(FIVE, reply)

    assert made.outcome == outcome
    assert told in made.message
    assert made.message
    assert len(made.transcript) == 1


def test_missing_data_is_not_formulated_and_named(attempt: Attempting, bakery_five: str) -> None:
    made = attempt(FIVE, bakery_five.replace("flour = 40", "flour = missing"))

    assert made.outcome == "not_formulated"
    assert "flour [kg]" in made.message


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("infeasible", "infeasible"),
        ("unbounded", "unbounded"),
        ("infeasible_or_unbounded", "unsupported"),
        ("time_limit", "solver_timeout"),
        ("interrupted", "solver_timeout"),
        ("unsupported", "unsupported"),
        ("failed", "unsupported"),
    ],
)
def test_a_verdict_of_the_solver_is_an_outcome(
    attempt: Attempting, bakery_five: str, status: Status, outcome: AttemptOutcome
) -> None:
    async def solve(formulation: Formulation) -> Solution:
        return Solution(status=status, message="why it is so")

    made = attempt(FIVE, bakery_five, solve=solve)

    assert (made.outcome, made.message) == (outcome, "why it is so")


def test_a_timeout_keeps_the_incumbent(attempt: Attempting, bakery_five: str) -> None:
    async def solve(formulation: Formulation) -> Solution:
        return Solution(status="time_limit", objective=300.0)

    made = attempt(FIVE, bakery_five, solve=solve)

    assert (made.outcome, made.objective) == ("solver_timeout", 300)


def test_a_solver_that_breaks_down_on_the_model_is_told(attempt: Attempting, bakery_five: str) -> None:
    async def solve(formulation: Formulation) -> Solution:
        raise SolverError("HiGHS ended with: Solve error")

    made = attempt(FIVE, bakery_five, solve=solve)

    assert made.outcome == "unsupported"
    assert "Solve error" in made.message


@pytest.mark.parametrize("error", [ProviderError("no network", kind="network"), BudgetExceeded("no money is left")])
def test_a_failure_of_the_infrastructure_is_raised(attempt: Attempting, error: Exception) -> None:
    with pytest.raises(type(error)):
        attempt(REPAIRED, error)
    with pytest.raises(type(error)):
        attempt(REPAIRED, UNKNOWN_NAME, error)


def test_a_pool_that_broke_is_raised(attempt: Attempting, bakery_five: str) -> None:
    async def solve(formulation: Formulation) -> Solution:
        raise RuntimeError("a worker died")

    with pytest.raises(RuntimeError, match="a worker died"):
        attempt(FIVE, bakery_five, solve=solve)


def test_a_conversation_that_outgrows_the_model_in_a_repair_is_the_models_failure(attempt: Attempting) -> None:
    made = attempt(REPAIRED, UNKNOWN_NAME, ContextOverflow("too long for it"))

    assert (made.outcome, made.message) == ("llm_error", "too long for it")
    assert made.formulation


def test_a_text_without_words_is_not_formulated(attempt: Attempting) -> None:
    made = attempt(FIVE, text="1 2 3")

    assert made.outcome == "not_formulated"
    assert made.spent.calls == 0


def test_epochs_ask_with_different_samples(attempt: Attempting, bakery_five: str, talked: list[Talker]) -> None:
    method = open_method("five+repair", {"temperature": 0.5})
    for epoch in (1, 2):
        attempt(method, UNKNOWN_NAME, bakery_five, epoch=epoch)

    asked = [[(each.sample, each.temperature) for each in talker.requests] for talker in talked]
    assert asked == [[(0, 0.5), (0, 0.5)], [(1, 0.5), (1, 0.5)]]
