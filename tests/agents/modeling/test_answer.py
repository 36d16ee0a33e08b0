"""An answer shows itself in a console, in a notebook, and as JSON."""

import json
from collections.abc import Callable
from typing import Any

from steepest.agents.modeling import Answer, solve_problem
from steepest.solvers.text.reader import read_formulation


def test_an_answer_shows_its_outcome_and_words(script: Callable[..., Any], bakery: str, bakery_five: str) -> None:
    answer = solve_problem(bakery, script(bakery_five))

    assert repr(answer).startswith("<Answer solved>\nHow many loaves and cakes to bake")
    assert str(answer) == answer.explanation
    assert answer.is_solved


def test_a_notebook_shows_formulation_and_solution(script: Callable[..., Any], bakery: str, bakery_five: str) -> None:
    answer = solve_problem(bakery, script(bakery_five))

    assert "<table" in answer._repr_html_()
    assert r"\max" in (answer._repr_latex_() or "")


def test_text_from_a_model_is_escaped_in_html() -> None:
    formulation = read_formulation("# <script>alert(1)</script>\nvariables:\n  x: real\nminimize: x\n").formulation
    answer = Answer(problem="p", outcome="unbounded", formulation=formulation, explanation="<img src=x>")

    assert "<script>" not in answer._repr_html_()
    assert "<img" not in answer._repr_html_()


def test_an_answer_without_formulation_shows_itself_too() -> None:
    answer = Answer(problem="p", outcome="not_a_problem", explanation="This is no optimization problem: a fact")

    assert "a fact" in answer._repr_html_()
    assert answer._repr_latex_() is None


def test_an_answer_is_json(script: Callable[..., Any], bakery: str, bakery_five: str) -> None:
    content = json.loads(solve_problem(bakery, script(bakery_five)).model_dump_json())

    assert content["outcome"] == "solved"
    assert content["transcript"]["totals"]["calls"] == 1
    assert [step["name"] for step in content["steps"]] == ["formulate", "check", "solve", "test", "conclude"]


def test_an_answer_leads_every_number_back_to_the_text(
    script: Callable[..., Any], bakery: str, bakery_five: str
) -> None:
    answer = solve_problem(bakery, script(bakery_five))
    [flour] = answer.reading.origins_of("flour")

    assert flour.spans[0].of(answer.problem) == "40"
    assert "Where the model's numbers come from: 7 from the text." in answer.explanation
    assert "In the text, but not in the model" not in answer.explanation


def test_an_answer_tells_what_its_formulation_leaves_out(
    script: Callable[..., Any], bakery: str, bakery_five: str
) -> None:
    without_orders = "\n".join(line for line in bakery_five.splitlines() if "ordered" not in line)
    answer = solve_problem(bakery, script(without_orders))

    assert answer.is_solved
    assert "In the text, but not in the model:\n- 5 in " in answer.explanation
