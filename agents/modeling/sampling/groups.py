"""Which of several answers are the same: by outcome first, and then by value."""

import math
from collections.abc import Sequence

from steepest.agents.modeling.answer import Answer, Outcome

__all__ = ["VERDICTS", "grouped"]

VERDICTS: frozenset[Outcome] = frozenset({"solved", "infeasible", "unbounded", "not_a_problem", "missing_data"})
"""Outcomes that say something about the problem; the others say that an attempt at it failed, and have no vote."""

SAME = 1e-6
"""Relative difference up to which two values are the same, absolute near zero: two solvers' last digits."""


def grouped(answers: Sequence[Answer], tolerance: float = SAME) -> list[list[int]]:
    """The places of the answers with a verdict, those of one group together; the first of a group is the earliest.

    Values are sorted and cut where neighbours are apart, so that the groups don't depend on the order of the answers.
    """
    by_outcome: dict[Outcome, list[int]] = {}
    for place, answer in enumerate(answers):
        if answer.outcome in VERDICTS:
            by_outcome.setdefault(answer.outcome, []).append(place)
    return [group for places in by_outcome.values() for group in _by_value(places, answers, tolerance)]


def _by_value(places: list[int], answers: Sequence[Answer], tolerance: float) -> list[list[int]]:
    without = [place for place in places if _value(answers[place]) is None]
    values = sorted((value, place) for place in places if (value := _value(answers[place])) is not None)
    groups: list[list[int]] = [without] if without else []
    last: float | None = None
    for value, place in values:
        if last is not None and math.isclose(value, last, rel_tol=tolerance, abs_tol=SAME):
            groups[-1].append(place)
        else:
            groups.append([place])
        last = value
    return [sorted(group) for group in groups]


def _value(answer: Answer) -> float | None:
    return answer.solution.objective if answer.solution is not None and answer.outcome == "solved" else None
