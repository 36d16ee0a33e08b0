"""The means of a process, with the methods that need all of them."""

import asyncio

import pytest

from steepest.agents.llm import FunctionModel
from steepest.evals.engines.local import LocalEngine
from steepest.evals.engines.protocol import Job, WorkOrder
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
