"""What a solver that breaks down, or can't decide, leaves of a run."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from steepest.agents.modeling import Answer, solve_problem
from steepest.agents.modeling.check import findings
from steepest.agents.modeling.graph import run
from steepest.agents.modeling.task import State, Task
from steepest.solvers.backends.solver_error import SolverError
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution

SOLVE = "steepest.solvers.solve.solve_formulation"


def test_a_solver_that_breaks_down_leaves_formulation_and_transcript(
    monkeypatch: pytest.MonkeyPatch, script: Callable[..., Any], bakery: str, bakery_five: str
) -> None:
    def broken(*args: Any, **options: Any) -> Solution:
        raise SolverError("HiGHS ended with: Solve error")

    monkeypatch.setattr(SOLVE, broken)
    answer = solve_problem(bakery, script(bakery_five))

    assert answer.outcome == "stopped"
    assert answer.formulation is not None
    assert answer.solution is not None
    assert answer.solution.status == "failed"
    assert len(answer.transcript.records) == 1
    assert "HiGHS ended with: Solve error" in answer.explanation


def test_a_verdict_that_leaves_two_ways_open_is_told_as_such(
    monkeypatch: pytest.MonkeyPatch, script: Callable[..., Any], bakery: str, bakery_five: str
) -> None:
    known = "the problem is infeasible or unbounded; the solver could not tell which"
    verdict = Solution(status="infeasible_or_unbounded", message=known)
    monkeypatch.setattr(SOLVE, lambda *args, **options: verdict)
    answer = solve_problem(bakery, script(bakery_five, bakery_five))

    assert answer.outcome == "stopped"
    assert known in answer.explanation
    assert "has no answer:" not in answer.explanation


@pytest.mark.parametrize(
    ("text", "is_known"),
    [
        ("The needs stand in demand.csv.", False),
        ("The needs stand in x/and.csv, and in and.csvx or and.csv.gz.", False),
        ("The needs stand in and.csv.", True),
        ("See (and.csv) or ./and.csv", True),
        ("需求见and.csv文件。", True),
    ],
)
def test_only_a_file_that_the_text_names_as_a_whole_may_be_read(
    script: Callable[..., Any], text: str, is_known: bool
) -> None:
    formulation = Formulation.from_text(
        'sets:\n  I = {a}\nparameters:\n  table need[I] from "and.csv" (I, need)\nvariables:\n  x[I]: real >= 0\n'
        "minimize: sum(need[i] * x[i] for i in I)"
    )
    task = Task(problem=text, model=script(), solve=lambda _: Solution(status="failed"))
    codes = [item.code for item in findings(formulation, task)]
    assert ("unknown-file" not in codes) == is_known


def answer_to(task: Task) -> Answer:
    known = State()
    asyncio.run(run(task, known))
    return known["answer"]


def test_a_solve_may_be_awaited_and_leaves_the_event_loop_free(
    script: Callable[..., Any], bakery: str, bakery_five: str
) -> None:
    ticks = 0

    async def solve(formulation: Formulation) -> Solution:
        nonlocal ticks
        await asyncio.sleep(0)
        ticks += 1
        return Solution(status="optimal", objective=336.0)

    answer = answer_to(Task(problem=bakery, model=script(bakery_five), solve=solve))

    assert (answer.outcome, ticks) == ("solved", 1)


def test_an_awaited_solve_that_breaks_down_is_an_answer_too(
    script: Callable[..., Any], bakery: str, bakery_five: str
) -> None:
    async def solve(formulation: Formulation) -> Solution:
        raise SolverError("HiGHS ended with: Solve error")

    answer = answer_to(Task(problem=bakery, model=script(bakery_five), solve=solve))

    assert answer.outcome == "stopped"
    assert "Solve error" in answer.explanation


def test_a_verdict_is_not_examined_where_the_task_says_so(
    script: Callable[..., Any], bakery: str, bakery_five: str
) -> None:
    model = script(bakery_five)
    task = Task(problem=bakery, model=model, solve=lambda _: Solution(status="infeasible"), examines=False)

    assert answer_to(task).outcome == "infeasible"
    assert len(model.requests) == 1


def test_every_request_of_a_task_has_its_sample_and_temperature(
    script: Callable[..., Any], bakery: str, bakery_five: str
) -> None:
    model = script("no formulation", bakery_five)
    answer_to(
        Task(bakery, model, solve=lambda _: Solution(status="optimal", objective=336.0), sample=3, temperature=0.5)
    )

    assert [(request.sample, request.temperature) for request in model.requests] == [(3, 0.5), (3, 0.5)]
