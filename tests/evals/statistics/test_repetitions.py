import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.evals.statistics.repetitions import clusters, eff_at_k, majority_at_k, pass_at_k

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


_EFFICIENCIES = st.lists(st.floats(0, 2), min_size=1, max_size=9)


@given(_EFFICIENCIES, st.data())
def test_eff_at_k_is_the_mean_of_the_best_over_all_choices(efficiencies: list[float], data: st.DataObject) -> None:
    k = data.draw(st.integers(1, len(efficiencies)))
    choices = list(itertools.combinations(efficiencies, k))
    assert eff_at_k(efficiencies, k) == pytest.approx(sum(map(max, choices)) / len(choices), rel=1e-12, abs=1e-15)


@given(_EFFICIENCIES)
def test_eff_at_k_grows_from_the_mean_to_the_best(efficiencies: list[float]) -> None:
    figures = [eff_at_k(efficiencies, k) for k in range(1, len(efficiencies) + 1)]
    assert figures[0] == pytest.approx(sum(efficiencies) / len(efficiencies))
    assert figures[-1] == max(efficiencies)
    assert all(later >= before - 1e-12 for before, later in itertools.pairwise(figures))


@given(st.lists(st.booleans(), min_size=1, max_size=9), st.data())
def test_eff_at_k_of_right_and_wrong_is_pass_at_k(correct: list[bool], data: st.DataObject) -> None:
    k = data.draw(st.integers(1, len(correct)))
    assert eff_at_k([float(each) for each in correct], k) == pytest.approx(pass_at_k(len(correct), sum(correct), k))


def test_eff_at_k_holds_for_many_attempts() -> None:
    assert eff_at_k([1.0] * 100_000, 50_000) == pytest.approx(1.0)
    assert eff_at_k([0.0] * 4_999 + [1.0], 2_500) == pytest.approx(0.5)


@pytest.mark.parametrize(("efficiencies", "k"), [([], 1), ([1.0], 2), ([1.0], 0)])
def test_a_choice_of_more_than_there_are_is_refused(efficiencies: list[float], k: int) -> None:
    with pytest.raises(ValueError, match="eff@"):
        eff_at_k(efficiencies, k)


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
