"""Formulations vote in an evaluation as they do in `steepest solve --samples`."""

import pytest

from steepest.evals.methods import open_method
from tests.evals.methods.conftest import Attempting, Talker

UNREADABLE = "I can't."


def test_the_majority_of_formulations_wins_with_a_calibrated_confidence(
    attempt: Attempting, bakery_five: str, talked: list[Talker]
) -> None:
    wrong = bakery_five.replace("flour = 40", "flour = 41")
    made = attempt(open_method("five+vote"), wrong, bakery_five, UNREADABLE, bakery_five, bakery_five)

    assert made.objective == 336
    assert made.candidates == (342, 336, None, 336, 336)
    assert made.confidence is not None
    assert 0 < made.confidence < 1
    assert made.confidence != 3 / 5
    assert [request.sample for request in talked[-1].requests] == [0, 1, 2, 3, 4]


def test_a_vote_may_stop_when_it_is_clear(attempt: Attempting, bakery_five: str, talked: list[Talker]) -> None:
    made = attempt(open_method("five+vote", {"stops_early": True}), *[bakery_five] * 5)

    assert len(made.candidates) == len(talked[-1].requests) == 3


def test_without_any_formulation_there_is_no_confidence_at_all(attempt: Attempting) -> None:
    made = attempt(open_method("five+vote", {"votes": 2}), UNREADABLE, UNREADABLE)

    assert (made.outcome, made.confidence) == ("not_formulated", 0)


def test_epochs_share_no_sample(attempt: Attempting, bakery_five: str, talked: list[Talker]) -> None:
    attempt(open_method("five+vote", {"votes": 2}), bakery_five, bakery_five, epoch=3)

    assert [request.sample for request in talked[-1].requests] == [4, 5]


@pytest.mark.parametrize("name", ["five+vote", "five+repair+vote"])
def test_the_solver_is_what_it_needs(name: str) -> None:
    assert getattr(open_method(name), "tool", None) == "solver"
