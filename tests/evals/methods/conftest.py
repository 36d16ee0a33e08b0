"""A bakery told in words, models that answer what a test gives them, and a bench with a sandbox."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import pytest

from steepest.agents.llm import ChatReply, ChatRequest, FunctionModel
from steepest.evals.attempts import Attempt
from steepest.evals.methods.protocol import Method, Workbench
from steepest.evals.problems import Question
from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.sandbox import Limits, Sandbox, SandboxUnavailableError
from steepest.solvers.solution import Solution
from steepest.solvers.solve import solve_formulation

EXAMPLES = Path(__file__).parents[3] / "examples"

Said = str | ChatReply | Exception
Solve = Callable[[Formulation], Awaitable[Solution]]


class Talker(FunctionModel):
    """A model that gives its answers one after another and remembers what it was asked."""

    def __init__(self, answers: Sequence[Said], *, structured: bool = False) -> None:
        super().__init__(self.next_answer, name="talker", structured=structured)
        self.answers = list(answers)
        self.requests: list[ChatRequest] = []

    def next_answer(self, request: ChatRequest) -> str | ChatReply:
        self.requests.append(request)
        answer = self.answers[len(self.requests) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer


class Attempting(Protocol):
    """Makes one attempt at the bakery."""

    def __call__(
        self,
        method: Method,
        *answers: Said,
        structured: bool = False,
        epoch: int = 1,
        solve: Solve | None = None,
        text: str | None = None,
    ) -> Attempt: ...


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One for all tests; they are skipped where no isolation can be had."""
    with Sandbox(Limits(wall_seconds=3, memory_mib=256), workers=2) as opened:
        try:
            assert opened.isolation
        except SandboxUnavailableError as error:
            pytest.skip(f"{sys.platform}: {error}")
        yield opened


@pytest.fixture
def talked() -> list[Talker]:
    """The models that a test's attempts asked, the last one last."""
    return []


@pytest.fixture
def attempt(request: pytest.FixtureRequest, bakery: Question, talked: list[Talker]) -> Attempting:
    def make(
        method: Method,
        *answers: Said,
        structured: bool = False,
        epoch: int = 1,
        solve: Solve | None = None,
        text: str | None = None,
    ) -> Attempt:
        talked.append(Talker(answers, structured=structured))
        bench = Workbench(
            model=talked[-1],
            options=SolveOptions(time_limit=5),
            solve=solve or solved,
            sandbox=lambda: request.getfixturevalue("sandbox"),
            epoch=epoch,
        )
        question = bakery if text is None else Question(id="other", text=text)
        return asyncio.run(awaited(method.attempt(question, bench)))

    return make


async def awaited(work: Awaitable[Attempt]) -> Attempt:
    return await work


async def solved(formulation: Formulation) -> Solution:
    return solve_formulation(formulation)


@pytest.fixture
def bakery() -> Question:
    return Question(id="bakery", text=(EXAMPLES / "bakery.txt").read_text())


@pytest.fixture
def bakery_five() -> str:
    return (EXAMPLES / "bakery.five").read_text()


@pytest.fixture
def bakery_script() -> str:
    return """\
```python
import pyomo.environ as pyo

model = pyo.ConcreteModel()
model.bread = pyo.Var(domain=pyo.NonNegativeIntegers, doc="loaves of bread [loaf]")
model.cakes = pyo.Var(domain=pyo.NonNegativeIntegers, bounds=(5, 30))  # cakes to bake
model.profit = pyo.Objective(expr=3 * model.bread + 8 * model.cakes, sense=pyo.maximize)
model.flour = pyo.Constraint(expr=0.5 * model.bread + 0.8 * model.cakes <= 40)
```
"""


def stopped_reply(text: str, stop: Any) -> ChatReply:
    """A reply that did not come to its end."""
    return ChatReply(text=text, model="talker", provider="function", stop=stop)
