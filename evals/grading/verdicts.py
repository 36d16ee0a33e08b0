"""From a problem's label and an attempt to a verdict and to what each profile says."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from steepest.evals.attempts import Attempt
from steepest.evals.datasets.labels import is_undecided
from steepest.evals.grading.alternative_optima import Answer, Solve, holds_as_optimum, solve_briefly
from steepest.evals.grading.profiles import PROFILES, Profile, profiles_named
from steepest.evals.grading.queries import OBJECTIVE, Match, map_queries, stated_objective
from steepest.evals.problems import Problem
from steepest.evals.samples import Grade, QueryGrade, Verdict

__all__ = ["grade", "grading_solves"]


def grade(
    problem: Problem,
    attempt: Attempt,
    profiles: Iterable[str] = (),
    *,
    solve: Solve = solve_briefly,
) -> tuple[Verdict, tuple[Grade, ...]]:
    """Grade an attempt by the strict profile and by others beside it.

    Args:
        problem: The problem with its label.
        attempt: The answer, which is final: nothing here changes it.
        profiles: Names of further profiles (`PROFILES`).
        solve: How a formulation is solved again where the label may be another optimum of it.

    Returns:
        The verdict by the strict profile, and the grades, the strict one first.

    Raises:
        InputError: A profile is unknown; lists the known ones.
    """
    wanted = profiles_named(profiles)
    facts = _Facts(problem, attempt, solve)
    grades = tuple(_grade(profile, facts) for profile in wanted)
    if grades[0].correct:
        return "correct", grades
    return "wrong_value" if attempt.outcome == "answered" else attempt.outcome, grades


def grading_solves(problem: Problem, attempt: Attempt) -> bool:
    """Whether grading will ask a solver, which takes up to ten seconds; it is a matter of milliseconds otherwise."""
    return _Facts(problem, attempt, solve_briefly).may_be_another_optimum


@dataclass(frozen=True)
class _Facts:
    """What an attempt says about a problem; the same for all profiles, and found out when a profile asks."""

    problem: Problem
    attempt: Attempt
    solve: Solve

    @cached_property
    def objective(self) -> float | None:
        if self.attempt.objective is not None:
            return self.attempt.objective
        return stated_objective(self.attempt.values)

    @cached_property
    def matches(self) -> tuple[tuple[str, float, Match | None], ...]:
        """For each query its words, the expected value and what it was mapped to."""
        labelled = self.problem.variables or {}
        if not labelled or self.attempt.outcome != "answered":
            return tuple((query, expected, None) for query, expected in labelled.items())
        found = map_queries(tuple(labelled), self.attempt, self.problem.question)
        return tuple((query, labelled[query], match) for query, match in zip(labelled, found, strict=True))

    @cached_property
    def held(self) -> dict[str, float]:
        """The label's values of the answer's variables."""
        return {match.name: expected for _, expected, match in self.matches if match and match.name != OBJECTIVE}

    @cached_property
    def has_other_values(self) -> bool:
        """Whether the objective is right and a variable has another value than the label."""
        return (
            self.attempt.outcome == "answered"
            and self.problem.status == "optimal"
            and self.objective_is_right
            and not all(
                _close(_STRICT, match.value, expected)
                for _, expected, match in self.matches
                if match and match.name != OBJECTIVE
            )
        )

    @cached_property
    def may_be_another_optimum(self) -> bool:
        """Whether there is a model that can be asked for the label's values."""
        return bool(self.attempt.formulation) and self.has_other_values

    @cached_property
    def objective_is_right(self) -> bool:
        expected = self.problem.answer
        return expected is not None and _close(_STRICT, self.objective, expected, self.problem.label_text)

    @cached_property
    def another_optimum(self) -> Answer:
        """Whether the label's values are another optimum of the attempt's own model."""
        if not self.may_be_another_optimum or self.objective is None:
            return "unchecked"
        return holds_as_optimum(self.attempt.formulation, self.held, self.objective, self.solve)


_STRICT = PROFILES["strict"]
_ANOTHER_OPTIMUM: dict[Answer, str] = {
    "yes": "the label's values are another optimum of this model",
    "no": "the label's values are no optimum of this model",
    "unchecked": "unchecked whether the label's values are another optimum",
}


def _close(profile: Profile, found: float | None, expected: float, written: str | None = None) -> bool:
    return found is not None and math.isfinite(found) and profile.close(found, expected, written)


def _grade(profile: Profile, facts: _Facts) -> Grade:
    problem, attempt = facts.problem, facts.attempt
    if attempt.outcome not in ("answered", "infrastructure_error") and _any_candidate(profile, facts):
        return Grade(profile=profile.name, correct=True, reason="one of the candidates is right")
    if attempt.outcome in ("infeasible", "unbounded"):
        either = is_undecided(problem) or (profile.either_verdict and problem.status != "optimal")
        same = either or attempt.outcome == problem.status
        reason = f"claims {attempt.outcome}, the label says {problem.status}"
        return Grade(profile=profile.name, correct=same, reason=reason)
    if attempt.outcome != "answered":
        return Grade(profile=profile.name, correct=False, reason=f"no answer: {attempt.outcome.replace('_', ' ')}")
    if problem.status != "optimal":
        return Grade(profile=profile.name, correct=False, reason=f"an answer where the label says {problem.status}")
    return _grade_answer(profile, facts)


def _grade_answer(profile: Profile, facts: _Facts) -> Grade:
    """By the objective, by the named values, or by both; a label without an objective is judged by its values."""
    expected = facts.problem.answer
    asks_values = profile.asks != "objective" or expected is None
    queries = _grade_queries(profile, facts) if asks_values or profile is _STRICT else ()
    reasons = []
    if expected is not None and (profile.asks != "queries" or not queries):
        reasons += _against_objective(profile, facts, expected)
    if asks_values:
        reasons += _against_queries(queries)
    if expected is None and not queries:
        reasons.append("the label has no value to compare with")
    remarks = [*reasons]
    if profile.asks == "both" and profile.alternative_optima and facts.has_other_values:
        remarks.append(_ANOTHER_OPTIMUM[facts.another_optimum])
    return Grade(profile=profile.name, correct=not reasons, reason="; ".join(remarks), queries=queries)


def _against_objective(profile: Profile, facts: _Facts, expected: float) -> list[str]:
    found = facts.objective
    if _close(profile, found, expected, facts.problem.label_text) or _any_candidate(profile, facts):
        return []
    if found is None:
        return [f"no objective instead of {expected:g}"]
    return [f"objective {found:.10g} instead of {expected:.10g}{_kind_of_miss(profile, found, expected)}"]


def _kind_of_miss(profile: Profile, found: float, expected: float) -> str:
    """What is not forgiven, but worth saying."""
    if _close(profile, -found, expected):
        return " (the sign is the other)"
    if _close(profile, found * 100, expected) or _close(profile, found / 100, expected):
        return " (a factor of 100, as between percent and fraction)"
    return ""


def _any_candidate(profile: Profile, facts: _Facts) -> bool:
    expected = facts.problem.answer
    return (
        profile.any_candidate
        and expected is not None
        and any(_close(profile, each, expected, facts.problem.label_text) for each in facts.attempt.candidates)
    )


def _grade_queries(profile: Profile, facts: _Facts) -> tuple[QueryGrade, ...]:
    graded = [_grade_query(profile, *each, facts.problem) for each in facts.matches]
    if profile.alternative_optima and facts.may_be_another_optimum and facts.another_optimum == "yes":
        graded = [each.model_copy(update={"correct": True}) if each.matched in facts.held else each for each in graded]
    return tuple(graded)


def _grade_query(profile: Profile, query: str, expected: float, match: Match | None, problem: Problem) -> QueryGrade:
    if match is None:
        return QueryGrade(query=query, expected=expected)
    written = problem.label_text if match.name == OBJECTIVE and expected == problem.answer else None
    return QueryGrade(
        query=query,
        expected=expected,
        found=match.value,
        matched=match.name,
        correct=_close(profile, match.value, expected, written),
    )


def _against_queries(queries: Sequence[QueryGrade]) -> list[str]:
    wrong = [each for each in queries if not each.correct]
    shown = [f"{each.query!r} is {_told(each.found)} instead of {each.expected:.10g}" for each in wrong[:3]]
    return shown + ([f"and {len(wrong) - 3} more"] if len(wrong) > 3 else [])


def _told(found: float | None) -> str:
    return "not told by any value" if found is None else f"{found:.10g}"
