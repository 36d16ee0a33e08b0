"""Answers to one problem, made by hand: with a value, a structure, and what stands against them."""

import pytest

from steepest.agents.modeling.answer import Answer, Outcome
from steepest.agents.modeling.reading.coverage import NumberRead, Reading
from steepest.agents.modeling.reading.spans import Span
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution

FORMULATION = Formulation.from_text("variables:\n  x: real >= 0\nmaximize: 3 * x\nconstraints:\n  limit: x <= 40\n")


def solved(value: float, rows: int = 1, unused: int = 0) -> Answer:
    """An answer with this value; formulations with other numbers of rows are built in another way."""
    numbers = [NumberRead(Span(0, 1), 1.0, "unused") for _ in range(unused)]
    solution = Solution(status="optimal", objective=value, problem_class="LP", size=(rows, 1, 1))
    return Answer(
        problem="7",
        outcome="solved",
        formulation=FORMULATION,
        solution=solution,
        explanation=f"It is {value:g}.",
        reading=Reading(numbers=numbers),
    )


def ended(outcome: Outcome) -> Answer:
    """An answer without a value."""
    return Answer(problem="7", outcome=outcome, explanation="It is not.")


@pytest.fixture
def failed() -> Answer:
    return ended("not_formulated")
