"""The Hodges-Lehmann estimate and the interval of the signed-rank test."""

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.errors import InputError
from steepest.solvers.sandbox.statistics import hodges_lehmann, wilcoxon_interval

NUMBERS = st.lists(st.integers(-1000, 1000).map(float), min_size=1, max_size=30)
# Differences of the nine patients of Hollander and Wolfe, example 3.1, table 3.1; estimate and interval in 3.3 and 3.4.
DEPRESSION = [-0.952, 0.147, -1.022, -0.430, -0.620, -0.590, -0.490, 0.080, -0.010]


def test_the_example_of_the_book_comes_out() -> None:
    assert hodges_lehmann(DEPRESSION) == pytest.approx(-0.46)
    assert wilcoxon_interval(DEPRESSION, 0.96) == pytest.approx((-0.786, -0.010))


@pytest.mark.parametrize(("samples", "estimate"), [([7.0], 7), ([1, 2], 1.5), ([1, 2, 3, 4, 100], 3), ([5, 5, 5], 5)])
def test_small_samples_by_hand(samples: list[float], estimate: float) -> None:
    assert hodges_lehmann(samples) == estimate


@pytest.mark.parametrize(
    ("count", "critical"), [(6, 0), (7, 2), (8, 3), (9, 5), (10, 8), (15, 25), (20, 52), (25, 89), (30, 137), (50, 434)]
)
def test_the_interval_leaves_out_as_many_averages_as_the_printed_tables_say(count: int, critical: int) -> None:
    """Two-sided 5 % critical values of the signed-rank statistic, as in any table of it."""
    samples = [2.0**-n for n in range(count)]
    averages = sorted((a + b) / 2 for i, a in enumerate(samples) for b in samples[i:])
    assert wilcoxon_interval(samples) == (averages[critical], averages[-1 - critical])


def test_the_interval_covers_the_centre_as_often_as_it_says() -> None:
    """Every sign pattern of eight magnitudes is as likely as any other when the centre is 0."""
    magnitudes = [1.0, 2.3, 3.1, 4.7, 5.9, 6.2, 7.8, 9.4]
    patterns = [[s * m for s, m in zip(signs, magnitudes, strict=True)] for signs in product((-1, 1), repeat=8)]
    intervals = [wilcoxon_interval(pattern, 0.9) for pattern in patterns]
    covered = sum(low <= 0 <= high for low, high in intervals) / len(patterns)
    assert 0.9 <= covered < 0.95


@pytest.mark.parametrize("count", [1, 2, 5])
def test_too_few_samples_for_95_percent_give_their_full_range(count: int) -> None:
    assert wilcoxon_interval(list(range(count))) == (0, count - 1)


def test_the_quantiles_go_on_without_a_jump_where_they_become_approximate() -> None:
    widths = [high - low for low, high in (wilcoxon_interval([i / n for i in range(n)]) for n in range(45, 60))]
    assert all(abs(after - before) < 0.02 for before, after in pairwise(widths))


@given(NUMBERS, st.integers(-100, 100), st.sampled_from([0.25, 0.5, 2.0, 8.0]))
def test_moving_and_stretching_the_samples_moves_and_stretches_the_result(
    samples: list[float], shift: int, factor: float
) -> None:
    moved = [factor * each + shift for each in samples]
    low, high = wilcoxon_interval(samples)
    assert hodges_lehmann(moved) == factor * hodges_lehmann(samples) + shift
    assert wilcoxon_interval(moved) == (factor * low + shift, factor * high + shift)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=25))
def test_the_estimate_lies_in_its_interval_and_both_within_the_samples(samples: list[float]) -> None:
    low, high = wilcoxon_interval(samples)
    assert min(samples) <= low <= hodges_lehmann(samples) <= high <= max(samples)


@given(NUMBERS, st.randoms())
def test_the_order_of_the_samples_does_not_matter(samples: list[float], random: object) -> None:
    mixed = samples[:]
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert hodges_lehmann(mixed) == hodges_lehmann(samples)


@pytest.mark.parametrize("samples", [[], [float("nan")], [1.0, float("inf")], [1.0] * 2001])
def test_what_has_no_estimate_is_refused(samples: list[float]) -> None:
    with pytest.raises(InputError):
        hodges_lehmann(samples)


@pytest.mark.parametrize("confidence", [0, 1, -1, 95])
def test_a_confidence_is_a_probability(confidence: float) -> None:
    with pytest.raises(InputError, match="between 0 and 1"):
        wilcoxon_interval([1.0, 2.0], confidence)
