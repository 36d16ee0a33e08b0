import re

from steepest.agents.optimizers.reports.curves import score_curves
from steepest.agents.optimizers.reports.history import history_of
from tests.agents.optimizers.reports.searches import SEED, chain, search


def test_the_curve_never_falls_and_stays_in_the_picture() -> None:
    drawn = score_curves(history_of(search(300), SEED))
    path = re.findall(r'd="(M[^"]*)" class="curve"', drawn)[0]
    heights = [float(each) for each in re.findall(r"V([\d.]+)", path)]
    assert heights == sorted(heights, reverse=True)
    places = [float(each) for each in re.findall(r"[MHV]([\d.]+)", path)]
    assert 0 <= min(places) <= max(places) <= 560


def test_only_what_was_spent_has_a_curve() -> None:
    assert score_curves(history_of([], SEED)) == ""
    assert score_curves(history_of(chain(5), SEED)).count("<svg") == 1


def test_a_very_long_search_is_drawn_with_few_points() -> None:
    assert len(score_curves(history_of(chain(10_000), SEED))) < 200_000
