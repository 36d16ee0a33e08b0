"""A run for the tests of stores and runners: bakeries that differ in a number."""

from datetime import UTC, datetime, timedelta

from steepest.evals.attempts import Attempt
from steepest.evals.problems import Problem
from steepest.evals.samples import Sample
from steepest.evals.specification import DatasetReference, RunSpecification, Selection

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def bakeries(n):
    """Problems that differ in a number."""
    return [
        Problem(id=f"bakery/{i}", question=f"A bakery sells {i} loaves for 2 $ each. What does it take?", answer=2 * i)
        for i in range(n)
    ]


def specification(**changes):
    known = {
        "datasets": (DatasetReference(name="bakery", path="bakery.jsonl", sha256="ab" * 32, problems=4),),
        "method": "direct",
        "model": "function",
        "created": NOON,
        "selection": Selection(),
    }
    return RunSpecification(**(known | changes))


def sample(number=0, epoch=1, *, verdict="correct", objective=None, minutes=0, text=""):
    return Sample(
        id=f"bakery/{number}",
        epoch=epoch,
        verdict=verdict,
        attempt=Attempt(
            outcome="answered" if verdict != "infrastructure_error" else "infrastructure_error",
            objective=objective,
            formulation=text,
        ),
        finished=NOON + timedelta(minutes=minutes),
    )
