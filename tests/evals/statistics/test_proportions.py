import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.evals.statistics.proportions import mean_proportion, proportion, wilson_interval


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        # Newcombe 1998, table I, method 3 (score without continuity correction), rounded to four decimals there.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_intervals_are_those_of_newcombe(successes: int, n: int, low: float, high: float) -> None:
    assert wilson_interval(successes, n) == pytest.approx((low, high), abs=6e-5)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_rate_and_mirrors_with_it(case: tuple[int, int]) -> None:
    successes, n = case
    low, high = wilson_interval(successes, n)
    assert 0 <= low <= successes / n <= high <= 1
    assert wilson_interval(n - successes, n) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@given(st.integers(1, 200), st.integers(0, 200))
def test_a_bound_of_the_interval_is_a_rate_that_the_data_just_do_not_reject(n: int, successes: int) -> None:
    successes = min(successes, n)
    for bound in wilson_interval(successes, n):
        if 1e-9 < bound < 1 - 1e-9:
            z = (successes / n - bound) / (bound * (1 - bound) / n) ** 0.5
            assert abs(z) == pytest.approx(1.959963985, rel=1e-6)


def test_of_nothing_there_is_no_rate() -> None:
    nothing = proportion(0, 0)
    assert (nothing.n, nothing.rate, nothing.low, nothing.high) == (0, None, None, None)


def test_repetitions_of_a_problem_are_one_trial() -> None:
    share = mean_proportion([0.5, 1.0, 0.0])
    assert (share.n, share.successes, share.rate) == (3, 1.5, 0.5)


def test_a_share_reads_as_a_sentence_part() -> None:
    assert str(proportion(6, 12)) == "50.0 % (25.4 to 74.6 %, n = 12)"
    assert str(proportion(0, 0)) == "nothing to share (n = 0)"
