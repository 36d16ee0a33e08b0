import itertools
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.evals.statistics.calibration import (
    area_under_risk_coverage,
    area_under_roc,
    brier_score,
    calibrate,
    equal_mass_bins,
    expected_calibration_error,
    risk_coverage,
)

_ANSWERS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.2, 0.25, 0.4, 0.6, 0.8, 1.0]), st.booleans()), min_size=1, max_size=40
)


def _parted(answers: list[tuple[float, bool]]) -> tuple[list[float], list[bool]]:
    return [confidence for confidence, _ in answers], [right for _, right in answers]


@given(_ANSWERS)
def test_auroc_is_the_share_of_pairs_in_the_right_order(answers: list[tuple[float, bool]]) -> None:
    right = [confidence for confidence, correct in answers if correct]
    wrong = [confidence for confidence, correct in answers if not correct]
    found = area_under_roc(*_parted(answers))
    if not right or not wrong:
        assert found is None
        return
    pairs = [1.0 if a > b else 0.5 if a == b else 0.0 for a, b in itertools.product(right, wrong)]
    assert found == pytest.approx(sum(pairs) / len(pairs))


@given(_ANSWERS, st.integers(1, 12))
def test_bins_hold_every_answer_once_and_never_part_a_tie(answers: list[tuple[float, bool]], count: int) -> None:
    bins = equal_mass_bins(*_parted(answers), count)
    assert sum(each.n for each in bins) == len(answers)
    assert 1 <= len(bins) <= count
    assert all(before.high < after.low for before, after in itertools.pairwise(bins))


@given(_ANSWERS, st.randoms())
def test_no_figure_depends_on_the_order_of_the_answers(answers: list[tuple[float, bool]], random: Random) -> None:
    shuffled = list(answers)
    random.shuffle(shuffled)
    before, after = calibrate(*_parted(answers)), calibrate(*_parted(shuffled))
    assert before is not None
    assert after is not None
    assert before.auroc == after.auroc
    assert (before.ece, before.brier, before.aurc) == pytest.approx((after.ece, after.brier, after.aurc), abs=1e-12)


def test_ece_weighs_the_gap_of_each_bin_by_its_answers() -> None:
    bins = equal_mass_bins([0.9] * 8 + [0.2] * 2, [True] * 4 + [False] * 4 + [True] * 2, bins=2)
    assert [(each.n, each.confidence, each.accuracy) for each in bins] == [(2, 0.2, 1.0), (8, pytest.approx(0.9), 0.5)]
    assert expected_calibration_error(bins) == pytest.approx(0.2 * 0.8 + 0.8 * 0.4)


def test_a_sure_and_right_method_has_no_error() -> None:
    found = calibrate([1.0, 1.0, 0.0], [True, True, False])
    assert found is not None
    assert (found.n, found.correct, found.auroc, found.ece, found.brier) == (3, 2, 1.0, 0.0, 0.0)


def test_brier_is_the_mean_square() -> None:
    assert brier_score([0.8, 0.4], [True, False]) == pytest.approx((0.04 + 0.16) / 2)


def test_the_risk_grows_as_less_sure_answers_are_given() -> None:
    curve = risk_coverage([0.9, 0.7, 0.7, 0.1], [True, True, False, False])
    assert [(point.coverage, point.risk, point.threshold) for point in curve] == [
        (0.25, 0.0, 0.9),
        (0.75, pytest.approx(1 / 3), 0.7),
        (1.0, 0.5, 0.1),
    ]
    area = area_under_risk_coverage([0.9, 0.7, 0.7, 0.1], [True, True, False, False])
    assert area == pytest.approx(0.25 * 0 + 0.5 / 3 + 0.25 * 0.5)


def test_a_useless_confidence_has_the_share_of_wrong_answers_as_area() -> None:
    found = calibrate([0.5] * 10, [True] * 7 + [False] * 3)
    assert found is not None
    assert found.aurc == pytest.approx(0.3)
    assert found.auroc == 0.5


def test_a_long_curve_is_thinned_but_its_area_is_not() -> None:
    confidences = [at / 1000 for at in range(1000)]
    correct = [at % 3 > 0 for at in range(1000)]
    found = calibrate(confidences, correct)
    assert found is not None
    assert len(found.curve) == 100
    assert found.curve[-1].coverage == 1.0
    assert len(risk_coverage(confidences, correct)) == 1000
    assert found.aurc == pytest.approx(sum(point.risk for point in risk_coverage(confidences, correct)) / 1000)


def test_without_answers_there_is_nothing_to_calibrate() -> None:
    assert calibrate([], []) is None
