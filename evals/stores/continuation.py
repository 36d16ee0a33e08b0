"""What a run is after it was continued with more problems: the rules that every store keeps."""

from collections.abc import Iterable

from steepest.errors import InputError
from steepest.evals.problems import Problem
from steepest.evals.specification import RunSpecification

__all__ = ["FORMAT", "joined_problems", "updated"]

FORMAT = 1
"""Version of what stores write."""


def updated(known: RunSpecification, wanted: RunSpecification) -> RunSpecification:
    """The description of a run that is taken up again: what it was begun with, and the last selection and limit."""
    return known.model_copy(update={"selection": wanted.selection, "max_cost": wanted.max_cost})


def joined_problems(before: list[Problem], wanted: Iterable[Problem], place: str) -> list[Problem]:
    """All problems that the run has asked or will ask.

    Raises:
        InputError: Two problems have one id, or an id now means another problem.
    """
    known = {problem.id: problem for problem in before}
    after: dict[str, Problem] = {}
    for problem in wanted:
        if problem.id in after:
            raise InputError(f"Two problems are called {problem.id!r}: a run needs an id of its own for each.")
        if known.get(problem.id, problem) != problem:
            raise InputError(f"{place} knows another problem {problem.id!r}: give another place for this run.")
        after[problem.id] = problem
    if known.keys() <= after.keys():
        return list(after.values())
    return [*before, *(problem for name, problem in after.items() if name not in known)]
