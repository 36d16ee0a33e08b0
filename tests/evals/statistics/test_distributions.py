import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.evals.statistics.distributions import distribution


def test_five_figures_of_a_known_list() -> None:
    found = distribution([1, 2, 3, 4], unknown=2)
    assert found.model_dump() == pytest.approx(
        {"n": 4, "unknown": 2, "total": 10, "mean": 2.5, "median": 2.5, "p90": 3.7, "p99": 3.97, "maximum": 4}
    )


def test_nothing_measured_is_not_zero() -> None:
    found = distribution([], unknown=3)
    assert (found.n, found.unknown, found.total, found.mean, found.maximum) == (0, 3, None, None, None)


@given(st.lists(st.floats(0, 1e9), min_size=2))
def test_quantiles_are_those_of_the_standard_library(values: list[float]) -> None:
    found = distribution(values)
    inclusive = statistics.quantiles(values, n=100, method="inclusive")
    assert found.median == pytest.approx(inclusive[49], abs=1e-6)
    assert found.p90 == pytest.approx(inclusive[89], abs=1e-6)
    assert found.p99 == pytest.approx(inclusive[98], abs=1e-6)
