"""Expected improvement is what Monte Carlo says, and simple where nothing spreads."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.optimizers.numeric.expected_improvement import expected_improvement

FINITE = st.floats(-1e6, 1e6)


@pytest.mark.parametrize(("mean", "spread", "best"), [(0, 1, 0), (1, 0.5, 2), (3, 2, 1), (-1, 3, 2), (5, 0.1, 4.9)])
def test_it_matches_monte_carlo(mean: float, spread: float, best: float) -> None:
    draws = np.maximum(np.random.default_rng(1).normal(mean, spread, 1_000_000) - best, 0)
    error = draws.std() / 1000
    assert expected_improvement(mean, spread, best) == pytest.approx(draws.mean(), abs=4 * error)


@given(FINITE, FINITE)
def test_without_spread_it_is_the_gain_if_there_is_one(mean: float, best: float) -> None:
    assert expected_improvement(mean, 0.0, best) == max(mean - best, 0)


@given(FINITE, st.floats(0, 1e6), FINITE)
def test_it_is_never_below_the_gain_nor_below_zero(mean: float, spread: float, best: float) -> None:
    found = expected_improvement(mean, spread, best)
    assert found >= 0
    assert found >= (mean - best) * (1 - 1e-9) - 1e-9


@given(FINITE, st.floats(0, 1e3), st.floats(0, 1e3), FINITE)
def test_it_grows_with_the_spread(mean: float, spread: float, more: float, best: float) -> None:
    narrow, wide = expected_improvement(mean, spread, best), expected_improvement(mean, spread + more, best)
    assert wide >= narrow - 1e-9 * max(1, abs(narrow))
