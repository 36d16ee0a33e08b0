"""The means of a process, with the methods that need all of them."""

import asyncio

import pytest

from steepest.agents.llm import FunctionModel, ProviderError
from steepest.agents.llm.errors import ModelFileError
from steepest.evals.attempts import Attempt
from steepest.evals.engines.local import LocalEngine
from steepest.evals.engines.protocol import Job, WorkOrder
from steepest.evals.engines.solver_pool import SolverPool
from steepest.evals.problems import Question
from tests.evals.engines.test_solver_pool import BAKERY

SCRIPT = """```python
import pyomo.environ as pyo

model = pyo.ConcreteModel()
model.cakes = pyo.Var(within=pyo.NonNegativeIntegers)
model.profit = pyo.Objective(expr=8 * model.cakes, sense=pyo.maximize)
model.flour = pyo.Constraint(expr=0.8 * model.cakes <= 40)
```"""
QUESTION = Question(
    id="bakery",
    text="Bread takes 0.5 kg of flour and earns 3 $, cake takes 0.8 kg and earns 8 $. There are 40 kg of flour. "
    "What is the largest profit?",
)


@pytest.mark.parametrize(("method", "answer"), [("five", BAKERY), ("code", SCRIPT)])
def test_what_the_model_writes_is_solved_away_from_this_process(method, answer):
    async def work():
        engine = LocalEngine(WorkOrder(method, "function"), model=FunctionModel(lambda request: answer), cores=1)
        try:
            return [finished async for finished in engine.work([Job(QUESTION)])]
        finally:
            await engine.close()

    (finished,) = asyncio.run(work())
    assert (finished.attempt.outcome, finished.attempt.objective) == ("answered", 400)


@pytest.mark.parametrize("method", ["five", "five+vote"])
def test_solvers_are_started_before_the_clock_of_the_first_attempt(method, monkeypatch):
    begun = []
    warm_up, answered = SolverPool.warm_up, []

    async def slow(pool):
        await warm_up(pool)
        begun.append(len(answered))

    monkeypatch.setattr(SolverPool, "warm_up", slow)

    def answer(request):
        answered.append(request)
        return BAKERY

    made_of(method, answer, [Job(QUESTION), Job(QUESTION, epoch=2)])
    assert begun == [0]


def test_methods_without_a_solver_start_none(monkeypatch):
    monkeypatch.setattr(SolverPool, "warm_up", None)
    (finished,) = made_of("direct", lambda request: "objective: 400", [Job(QUESTION)])
    assert finished.attempt.objective == 400


def made_of(method, answer, jobs):
    async def work():
        engine = LocalEngine(WorkOrder(method, "function"), model=FunctionModel(answer), cores=1)
        try:
            return [finished async for finished in engine.work(jobs)]
        finally:
            await engine.close()

    return asyncio.run(work())


class Answering:
    """A method whose answer is what a test says."""

    name = "answering"
    prompts = ()

    def __init__(self, answer):
        self.answer = answer

    async def attempt(self, question, bench):
        return self.answer()


def made_by(answer):
    async def work():
        engine = LocalEngine(WorkOrder("answering", "function"), model=FunctionModel(str), method=Answering(answer))
        try:
            return [finished.attempt async for finished in engine.work([Job(QUESTION)])]
        finally:
            await engine.close()

    (attempt,) = asyncio.run(asyncio.wait_for(work(), 20))
    return attempt


def test_a_cancellation_inside_a_method_holds_nothing_up():
    def cancelled():
        raise asyncio.CancelledError

    assert made_by(cancelled).outcome == "infrastructure_error"


@pytest.mark.parametrize("odd", ["\ud83d", object(), float])
def test_an_answer_that_cannot_be_recorded_is_an_attempt_that_says_so(odd):
    made = made_by(lambda: Attempt(outcome="answered", objective=1, transcript=({"odd": odd},)))
    assert (made.outcome, "can't be recorded" in made.message) == ("not_formulated", True)


def test_an_answer_that_could_be_written_but_not_read_again_is_not_recorded():
    good = Attempt(outcome="answered", objective=1)
    made = made_by(lambda: good.model_copy(update={"seconds": float("nan")}))
    assert made.outcome == "not_formulated"


@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        (ProviderError("no", kind="key"), "model"),
        (ProviderError("no", kind="quota"), "model"),
        (ProviderError("no", kind="not found"), "model"),
        (ModelFileError("no file"), "model"),
        (ProviderError("no", kind="request"), "request"),
        (ProviderError("no", kind="overloaded"), None),
        (ConnectionError("no"), None),
    ],
)
def test_failures_that_a_person_has_to_mend_are_told_apart(error, refusal):
    def fail(request):
        raise error

    (finished,) = made_of("direct", fail, [Job(QUESTION)])
    assert (finished.attempt.outcome, finished.refusal) == ("infrastructure_error", refusal)
