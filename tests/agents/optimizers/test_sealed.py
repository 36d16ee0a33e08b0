"""The figure of the sealed split."""

from steepest.agents.optimizers.sealed import SealedTest, _interval


def test_the_interval_holds_the_mean_and_is_the_same_every_time() -> None:
    gains = [0.0, 1.0, 1.0, 0.0, 1.0, 0.5, -0.5, 1.0]
    low, high = _interval(gains, 3)
    assert low < sum(gains) / len(gains) < high
    assert (low, high) == _interval(gains, 3)


def test_equal_gains_have_no_width() -> None:
    assert _interval([0.25] * 5, 0) == (0.25, 0.25)


def test_it_reads_as_a_sentence() -> None:
    assert str(SealedTest(0.5, 0.75, 0.1, 0.4, 20)) == "0.5 to 0.75, gain +0.25 [+0.1, +0.4], n = 20"
