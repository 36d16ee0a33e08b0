from typing import Any

import pytest

from steepest.errors import InputError
from steepest.evals.plots import plot_accuracy, plot_calibration, plot_cost
from steepest.evals.samples import Verdict
from steepest.evals.statistics import Summary, summarize
from tests.evals.runs_for_tests import RememberedRun, large_run, problem, sample

figure = pytest.importorskip("matplotlib.figure")


@pytest.fixture
def ax() -> Any:
    return figure.Figure().subplots()


def summary_of(run: RememberedRun) -> Summary:
    return summarize(run.problems(), run.samples())


def texts(ax: Any) -> list[str]:
    return [each.get_text() for each in ax.texts]


def test_accuracy_is_shown_with_its_n_overall_and_for_each_data_set(ax: Any) -> None:
    summary = summary_of(large_run(60))
    plot_accuracy(summary, ax)
    assert [each.get_text() for each in ax.get_yticklabels()] == ["all", *(each.name for each in summary.by_dataset)]
    assert f"n = {summary.overall.accuracy.n}" in texts(ax)[0]


def test_accuracy_by_profile_has_a_row_for_each(ax: Any) -> None:
    plot_accuracy(summary_of(large_run(60)), ax, by="profile")
    assert [each.get_text() for each in ax.get_yticklabels()] == ["strict", "orlm"]


def test_accuracy_by_something_else_is_refused(ax: Any) -> None:
    with pytest.raises(InputError, match="dataset, type or profile, not 'colour'"):
        plot_accuracy(summary_of(large_run(6)), ax, by="colour")  # type: ignore[arg-type]


def test_a_run_without_grades_has_no_accuracy_to_plot(ax: Any) -> None:
    failed = RememberedRun([problem("a")], [sample("a", "infrastructure_error")])
    with pytest.raises(InputError, match="No attempt was graded"):
        plot_accuracy(summary_of(failed), ax)


def test_a_name_with_dollars_is_no_formula(ax: Any) -> None:
    named = RememberedRun([problem("a", dataset="$\\kiosk$")], [sample("a")])
    plot_accuracy(summary_of(named), ax)
    ax.figure.canvas.draw()
    assert [each.get_text() for each in ax.get_yticklabels()] == ["$\\kiosk$"]


def test_a_method_without_confidence_has_no_calibration(ax: Any) -> None:
    with pytest.raises(InputError, match="tells no confidence"):
        plot_calibration(summary_of(RememberedRun([problem("a")], [sample("a")])), ax)


def test_calibration_says_how_many_answers_each_point_stands_for(ax: Any) -> None:
    summary = summary_of(large_run(60))
    assert summary.calibration is not None
    plot_calibration(summary, ax)
    assert texts(ax) == [str(each.n) for each in summary.calibration.bins]


def test_unknown_prices_are_told_and_not_drawn_as_zero(ax: Any) -> None:
    spent = [{"cost": "0.25"}, {"cost": None}]
    plot_cost([sample(f"kiosks/{number}", spent=each) for number, each in enumerate(spent)], ax)
    assert ax.get_title() == "0.25 $ in all, 1 attempt of unknown price"
    with pytest.raises(InputError, match="No price is known of 1 graded attempt"):
        plot_cost([sample("kiosks/1", spent=spent[1])], ax)


@pytest.mark.parametrize(("verdict", "side"), [("correct", "right"), ("wrong_value", "left")])
def test_the_words_of_a_share_at_an_end_stay_within_the_axes(ax: Any, verdict: Verdict, side: str) -> None:
    plot_accuracy(summary_of(RememberedRun([problem("a")], [sample("a", verdict)])), ax)
    (words,) = ax.texts
    assert words.get_ha() == side
    assert not ax.containers[0].lines[0].get_clip_on()


def test_costs_begin_at_zero_even_where_all_are_zero(ax: Any) -> None:
    plot_cost([sample("kiosks/1", spent={"cost": "0"})], ax)
    assert ax.get_xlim()[0] == 0
    assert ax.get_title() == "0 $ in all"
