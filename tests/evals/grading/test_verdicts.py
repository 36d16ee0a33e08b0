import math
from typing import Any, get_args

import pytest

from steepest.errors import InputError
from steepest.evals.attempts import Attempt, AttemptOutcome, NamedValue
from steepest.evals.datasets.labels import NO_OPTIMUM
from steepest.evals.grading import PROFILES, grade, grading_solves
from steepest.evals.problems import Problem
from steepest.evals.samples import Grade, Verdict
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution

FERRY = Problem(
    id="ferry",
    question="A ferry takes 4 people, a raft takes 4 people. Bring 18 people over with the fewest trips.",
    answer=5,
    variables={"Ferry trips": 2, "Raft trips": 3, "Total trips": 5},
)
MODEL = """
variables:
  ferry: integer >= 0
  raft: integer >= 0
minimize: ferry + raft
constraints:
  people: 4 * ferry + 4 * raft >= 18
"""


def problem(**label: Any) -> Problem:
    return Problem(**({"id": "p", "question": "How much?", "answer": 100.0} | label))


def answered(objective: float | None, values: dict[str, float] | None = None, **other: Any) -> Attempt:
    named = tuple(NamedValue(name=name, value=value) for name, value in (values or {}).items())
    return Attempt(outcome="answered", objective=objective, values=named, **other)


def by(name: str, grades: tuple[Grade, ...]) -> Grade:
    return next(each for each in grades if each.profile == name)


def must_not_solve(formulation: Formulation) -> Solution:
    raise AssertionError("nothing is to be solved")


def test_a_right_objective_is_correct_and_a_wrong_one_says_both_numbers() -> None:
    assert grade(problem(), answered(100.001))[0] == "correct"
    verdict, (strict,) = grade(problem(), answered(101.0))
    assert verdict == "wrong_value"
    assert strict.reason == "objective 101 instead of 100"


def test_profiles_stand_beside_the_strict_one() -> None:
    verdict, grades = grade(problem(), answered(103.0), ["orlm", "alphaopt"])
    assert verdict == "wrong_value"
    assert [(each.profile, each.correct) for each in grades] == [("strict", False), ("orlm", True), ("alphaopt", False)]


def test_the_files_own_precision_counts() -> None:
    assert grade(problem(answer=33.3, label_text="33.3"), answered(100 / 3))[0] == "correct"
    assert grade(problem(answer=33.0, label_text="33"), answered(100 / 3))[0] == "wrong_value"


@pytest.mark.parametrize(
    ("found", "told"), [(-100.0, "the sign is the other"), (1.0, "a factor of 100"), (10_000.0, "a factor of 100")]
)
def test_sign_and_percent_are_told_and_not_forgiven(found: float, told: str) -> None:
    verdict, (strict,) = grade(problem(), answered(found))
    assert verdict == "wrong_value"
    assert told in strict.reason


@pytest.mark.parametrize("outcome", [each for each in get_args(AttemptOutcome) if each != "answered"])
def test_an_attempt_without_an_answer_keeps_its_outcome_as_verdict(outcome: AttemptOutcome) -> None:
    attempt = Attempt(outcome=outcome, objective=100.0)
    verdict, grades = grade(problem(), attempt, PROFILES)
    assert verdict == outcome
    assert not any(each.correct for each in grades)


@pytest.mark.parametrize(
    ("status", "outcome", "verdict"),
    [
        ("infeasible", "infeasible", "correct"),
        ("unbounded", "unbounded", "correct"),
        ("infeasible", "unbounded", "unbounded"),
        ("unbounded", "infeasible", "infeasible"),
        ("optimal", "infeasible", "infeasible"),
        ("optimal", "unbounded", "unbounded"),
    ],
)
def test_claims_of_no_optimum_are_right_where_the_label_says_the_same(
    status: str, outcome: AttemptOutcome, verdict: Verdict
) -> None:
    labelled = problem(status=status, answer=100.0 if status == "optimal" else None)
    assert grade(labelled, Attempt(outcome=outcome))[0] == verdict


def test_no_best_solution_is_either_claim() -> None:
    undecided = problem(status="infeasible", answer=None, notes=NO_OPTIMUM)
    assert grade(undecided, Attempt(outcome="unbounded"))[0] == "correct"
    _, grades = grade(problem(status="infeasible", answer=None), Attempt(outcome="unbounded"), ["orlm"])
    assert [each.correct for each in grades] == [False, True]


def test_a_number_where_there_is_no_optimum_is_wrong() -> None:
    verdict, (strict,) = grade(problem(status="infeasible", answer=None), answered(7.0))
    assert (verdict, strict.reason) == ("wrong_value", "an answer where the label says infeasible")


def test_an_answer_without_objective_is_judged_by_the_value_that_speaks_of_it() -> None:
    assert grade(problem(), answered(None, {"Total profit": 100.0, "chairs": 7.0}))[0] == "correct"
    verdict, (strict,) = grade(problem(), answered(None, {"chairs": 100.0}))
    assert (verdict, strict.reason) == ("wrong_value", "no objective instead of 100")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_candidate_that_is_no_number_is_wrong_by_every_profile(value: float) -> None:
    verdict, grades = grade(problem(), answered(None, candidates=(value, None)), PROFILES)
    assert verdict == "wrong_value"
    assert not any(each.correct for each in grades)


def test_one_right_candidate_is_enough_only_where_the_profile_says_so() -> None:
    attempt = answered(50.0, candidates=(50.0, None, 101.0))
    _, grades = grade(problem(), attempt, ["orlm", "orlm-any"])
    assert [each.correct for each in grades] == [False, False, True]


@pytest.mark.parametrize(
    ("outcome", "counts"), [("infeasible", True), ("solver_timeout", True), ("infrastructure_error", False)]
)
def test_one_right_candidate_is_enough_whatever_the_majority_came_to(outcome: AttemptOutcome, counts: bool) -> None:
    verdict, grades = grade(problem(), Attempt(outcome=outcome, candidates=(None, None, 100.0)), ["orlm", "orlm-any"])
    assert verdict == outcome
    assert [each.correct for each in grades] == [False, False, counts]


def test_queries_are_shown_by_strict_and_asked_by_others() -> None:
    attempt = answered(5.0, {"ferry": 4, "raft": 1})
    verdict, grades = grade(FERRY, attempt, ["strict-queries", "optibench", "optibench-objective"])
    assert verdict == "correct"
    strict = by("strict", grades)
    assert [(each.query, each.matched, each.found, each.correct) for each in strict.queries] == [
        ("Ferry trips", "ferry", 4, False),
        ("Raft trips", "raft", 1, False),
        ("Total trips", "objective", 5, True),
    ]
    assert not by("optibench", grades).correct
    assert "'Ferry trips' is 4 instead of 2" in by("optibench", grades).reason
    assert by("optibench-objective", grades).correct
    assert not by("strict-queries", grades).correct
    assert "unchecked" in by("strict-queries", grades).reason


def test_another_optimum_of_the_same_model_satisfies_the_queries() -> None:
    attempt = answered(5.0, {"ferry": 4, "raft": 1}, formulation=MODEL)
    assert grading_solves(FERRY, attempt)
    _, grades = grade(FERRY, attempt, ["strict-queries", "optibench"])
    assert by("strict-queries", grades).correct
    assert by("strict-queries", grades).reason == "the label's values are another optimum of this model"
    assert all(each.correct for each in by("strict", grades).queries)
    assert not by("optibench", grades).correct


def test_values_that_the_model_forbids_stay_wrong() -> None:
    forbidding = MODEL + "  few: raft <= 1\n"
    _, grades = grade(FERRY, answered(5.0, {"ferry": 4, "raft": 1}, formulation=forbidding), ["strict-queries"])
    assert not by("strict-queries", grades).correct
    assert "no optimum of this model" in by("strict-queries", grades).reason


@pytest.mark.parametrize(
    "attempt",
    [
        answered(5.0, {"ferry": 2, "raft": 3}, formulation=MODEL),
        answered(6.0, {"ferry": 4, "raft": 2}, formulation=MODEL),
        answered(5.0, {"ferry": 4, "raft": 1}),
        Attempt(outcome="solver_timeout", objective=5.0, formulation=MODEL),
    ],
    ids=["the label's values", "a wrong objective", "no model", "no answer"],
)
def test_nothing_is_solved_where_it_could_change_nothing(attempt: Attempt) -> None:
    assert not grading_solves(FERRY, attempt)
    grade(FERRY, attempt, PROFILES, solve=must_not_solve)


def test_a_label_of_values_alone_is_judged_by_them() -> None:
    values_only = FERRY.model_copy(update={"answer": None, "variables": {"Ferry trips": 2, "Raft trips": 3}})
    assert grade(values_only, answered(5.0, {"ferry": 2, "raft": 3}))[0] == "correct"
    verdict, grades = grade(values_only, answered(5.0, {"ferry": 3, "raft": 2}), PROFILES)
    assert verdict == "wrong_value"
    assert not any(each.correct for each in grades)
    assert by("strict-queries", grades).reason == "'Ferry trips' is 3 instead of 2; 'Raft trips' is 2 instead of 3"


def test_an_empty_label_calls_nothing_right() -> None:
    verdict, (strict,) = grade(problem(answer=None), answered(5.0))
    assert (verdict, strict.reason) == ("wrong_value", "the label has no value to compare with")


def test_grading_changes_nothing_of_the_attempt() -> None:
    attempt = answered(5.0, {"ferry": 4, "raft": 1}, formulation=MODEL)
    before = attempt.model_dump_json()
    grade(FERRY, attempt, PROFILES)
    assert attempt.model_dump_json() == before


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(InputError, match="no grading profile 'lenient'"):
        grade(problem(), answered(100.0), ["lenient"])
