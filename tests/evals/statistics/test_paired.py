import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.evals.statistics.paired import bootstrap_difference, holm, mcnemar, mcnemar_mid_p


@given(st.integers(0, 6), st.integers(0, 6))
def test_mcnemar_counts_the_outcomes_that_are_at_least_as_uneven(first: int, second: int) -> None:
    n, observed = first + second, abs(first - second)
    gaps = [abs(n - 2 * sum(flips)) for flips in itertools.product((0, 1), repeat=n)]
    assert mcnemar(first, second) == pytest.approx(sum(gap >= observed for gap in gaps) / len(gaps))
    assert mcnemar(first, second) == mcnemar(second, first)


def test_known_values_of_mcnemars_test() -> None:
    # Fagerland, Lydersen and Laake 2013, airway hyper-responsiveness before and after transplantation: 1 and 7.
    assert mcnemar(1, 7) == pytest.approx(0.0703, abs=5e-5)
    assert mcnemar_mid_p(1, 7) == pytest.approx(0.0391, abs=5e-5)


def test_without_a_discordant_problem_nothing_speaks_for_a_difference() -> None:
    assert mcnemar(0, 0) == mcnemar_mid_p(0, 0) == 1.0


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_p_values_are_probabilities_and_mid_p_is_the_smaller(first: int, second: int) -> None:
    assert 0 <= mcnemar_mid_p(first, second) <= mcnemar(first, second) <= 1


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_is_the_step_down_bonferroni(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    ranked = sorted(p_values)
    for p, q in zip(p_values, adjusted, strict=True):
        below = [min(1.0, (len(ranked) - rank) * each) for rank, each in enumerate(ranked) if each <= p]
        assert q == max(below)
        assert q >= p


def test_holm_on_a_known_family() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


def test_the_interval_of_single_problems_is_near_the_normal_one() -> None:
    differences = [1.0] * 60 + [0.0] * 100 + [-1.0] * 40
    interval = bootstrap_difference(differences, range(200))
    assert interval is not None
    spread = 1.96 * float(np.std(differences)) / math.sqrt(200)
    assert interval == pytest.approx((0.1 - spread, 0.1 + spread), abs=0.012)


def test_editions_of_one_story_widen_the_interval() -> None:
    differences = [1.0] * 60 + [0.0] * 100 + [-1.0] * 40
    alone = bootstrap_difference(differences, range(200))
    in_fives = bootstrap_difference(differences, [at // 5 for at in range(200)])
    assert alone is not None
    assert in_fives is not None
    assert in_fives[1] - in_fives[0] > 2 * (alone[1] - alone[0])


def test_the_same_seed_draws_the_same_interval() -> None:
    differences, groups = [1.0, 0.0, -1.0, 1.0, 0.5], "aabbc"
    assert bootstrap_difference(differences, groups, seed=3) == bootstrap_difference(differences, groups, seed=3)
    assert bootstrap_difference(differences, groups, draws=50, seed=3) != bootstrap_difference(
        differences, groups, draws=50, seed=4
    )


@pytest.mark.parametrize(
    ("differences", "groups"),
    [([1.0, -1.0], "aa"), ([0.0] * 10, range(10)), ([1.0], "a")],
    ids=["one story", "no flip", "one"],
)
def test_where_resampling_shows_no_spread_there_is_no_interval(differences: list[float], groups: str) -> None:
    assert bootstrap_difference(differences, groups) is None


def test_many_problems_are_resampled_in_parts() -> None:
    differences = [float(at % 3 - 1) for at in range(20_000)]
    interval = bootstrap_difference(differences, range(20_000), draws=400)
    assert interval is not None
    assert interval[0] < 0 < interval[1]
    assert interval[1] - interval[0] < 0.03
