import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.evals.statistics.repetitions import clusters, majority_at_k, pass_at_k

_COUNTS = st.integers(1, 9).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n)))


@given(_COUNTS)
def test_pass_at_k_is_the_share_of_choices_with_a_right_one(counts: tuple[int, int, int]) -> None:
    n, correct, k = counts
    choices = list(itertools.combinations([True] * correct + [False] * (n - correct), k))
    assert pass_at_k(n, correct, k) == pytest.approx(sum(map(any, choices)) / len(choices))


def test_pass_at_k_holds_for_many_attempts() -> None:
    assert pass_at_k(1000, 1, 1) == pytest.approx(0.001)
    assert pass_at_k(5000, 4999, 2) == 1.0


@pytest.mark.parametrize(("n", "correct", "k"), [(3, 1, 4), (3, 1, 0), (3, 4, 2)])
def test_what_is_no_choice_is_refused(n: int, correct: int, k: int) -> None:
    with pytest.raises(ValueError, match="pass@"):
        pass_at_k(n, correct, k)


def test_equal_answers_are_one_cluster() -> None:
    assert clusters([10.0, 10.0004, None, "infeasible", 11.0, "infeasible", 0.0, 5e-5]) == [0, 0, None, 1, 2, 1, 3, 3]


def test_the_majority_of_all_attempts_decides() -> None:
    labels = clusters([7.0, 8.0, 7.0, None])
    assert majority_at_k(labels, [True, False, True, False], 4) == 1.0
    assert majority_at_k(labels, [False, True, False, False], 4) == 0.0


def test_a_tie_is_broken_evenly_and_silence_does_not_vote() -> None:
    assert majority_at_k([0, 1], [True, False], 2) == 0.5
    assert majority_at_k([None, 0], [False, True], 2) == 1.0
    assert majority_at_k([None, None], [False, False], 2) == 0.0


@given(st.lists(st.booleans(), min_size=1, max_size=8))
def test_a_majority_of_one_is_a_pass_of_one(correct: list[bool]) -> None:
    labels = [int(each) for each in correct]
    assert majority_at_k(labels, correct, 1) == pytest.approx(pass_at_k(len(correct), sum(correct), 1))


def test_many_choices_are_drawn_with_a_seed_and_come_near_the_truth() -> None:
    labels, correct = [0] * 18 + [1] * 12, [True] * 18 + [False] * 12
    drawn = majority_at_k(labels, correct, 5, seed=1)
    assert drawn == majority_at_k(labels, correct, 5, seed=1)
    # Hypergeometric chance of at least 3 of 5 from 18 of 30.
    assert drawn == pytest.approx(0.7029, abs=0.04)
