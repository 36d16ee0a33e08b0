"""What is told of a solve without an answer: which of two endings it was, and what can't be offered."""

import pytest

from steepest.errors import InputError
from steepest.solvers.formulation import Formulation
from steepest.solvers.infeasibility.explanations import explain_infeasibility, explain_unboundedness, with_explanation
from steepest.solvers.solution import Solution

UNKNOWN = Solution(status="infeasible_or_unbounded", message="the solver could not tell which")


def test_a_conflict_tells_that_it_is_infeasible() -> None:
    text = "variables:\n  x: real\n  y: real\nmaximize: y\nconstraints:\n  c: x >= 3\n  d: x <= 1\n"
    told = with_explanation(UNKNOWN, Formulation.from_text(text))
    assert (told.status, told.message) == ("infeasible", "")
    assert told.explanation is not None
    assert told.explanation.conflict is not None
    assert {each.name for each in told.explanation.conflict.members} == {"c", "d"}


def test_a_ray_with_an_answer_to_start_from_tells_that_it_is_unbounded() -> None:
    text = "variables:\n  x: real >= 0\nmaximize: x\nconstraints:\n  c: x >= 3\n"
    told = with_explanation(UNKNOWN, Formulation.from_text(text))
    assert told.status == "unbounded"
    assert told.explanation is not None
    assert told.explanation.ray is not None


def test_where_neither_is_found_the_status_stays() -> None:
    text = "variables:\n  x: real in 0..5\nmaximize: x\n"
    told = with_explanation(UNKNOWN, Formulation.from_text(text))
    assert (told.status, told.explanation) == ("infeasible_or_unbounded", None)


def test_a_conflict_of_terms_without_a_linear_form_says_that_no_repair_is_offered() -> None:
    pytest.importorskip("pyscipopt")
    text = "variables:\n  x: real\n  y: real\nminimize: x\nconstraints:\n  c: x**2 + y**2 + 1 <= 0\n"
    solution = Formulation.from_text(text).solve(explain=True)
    assert solution.explanation is not None
    assert solution.explanation.repairs == ()
    assert "No repair is offered" in solution.explanation.lines[-1]


def test_a_ray_of_terms_without_a_linear_form_is_not_offered() -> None:
    text = "variables:\n  x: real >= 0\n  y: real >= 0\nmaximize: x * y + x**3\n"
    explanation = explain_unboundedness(Formulation.from_text(text))
    assert explanation.ray is None
    assert "can't be told" in explanation.note


def test_a_weight_of_an_unknown_name_is_refused_with_a_close_one() -> None:
    formulation = Formulation.from_text("variables:\n  x: real in 0..1\nminimize: x\nconstraints:\n  need: x >= 2\n")
    with pytest.raises(InputError, match="did you mean need"):
        explain_infeasibility(formulation, weights={"needs": 2.0})
    assert "need" in str(explain_infeasibility(formulation, weights={"need": 2.0}))
