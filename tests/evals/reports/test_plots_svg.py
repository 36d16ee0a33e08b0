import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.evals.reports.plots_svg import (
    BINS,
    Point,
    histogram,
    interval,
    interval_scale,
    line_plot,
    stacked_bar,
)


def numbers(svg: str, attribute: str) -> list[float]:
    return [float(each) for each in re.findall(rf'\b{attribute}="(-?[\d.]+)"', svg)]


def test_parts_of_a_bar_fill_it_in_proportion() -> None:
    svg = stacked_bar([("correct", 3), ("wrong_value", 0), ("llm_error", 1)])
    assert numbers(svg, "width") == [750, 250]
    assert numbers(svg, "x") == [0, 750]


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=50))
def test_every_value_is_in_one_bar_of_a_histogram(values: list[float]) -> None:
    svg = histogram(values, "seconds", str)
    root = ElementTree.fromstring(svg)  # noqa: S314 - made here
    counts = [int(bar.findtext("title", "").split(" ")[0].replace(",", "")) for bar in root.iter("rect")]
    assert sum(counts) == len(values)
    assert len(counts) <= BINS
    assert all(44 <= float(bar.attrib["x"]) <= 350 for bar in root.iter("rect"))


def test_values_over_several_decades_get_a_logarithmic_axis() -> None:
    assert "logarithmic" in histogram([0.1, 1, 100], "seconds", str)
    assert "logarithmic" not in histogram([0, 1, 100], "seconds", str)


def test_an_interval_lies_where_its_numbers_say() -> None:
    svg = interval(0.5, 0.25, 1.0, "50 %")
    assert 'cx="150.0"' in svg
    assert 'x1="75.0" x2="300.0"' in svg


def words_of(svg: str) -> dict[str, float]:
    root = ElementTree.fromstring(svg)  # noqa: S314 - made here
    return {each.text or "": float(each.attrib["x"]) for each in root.iter("text")}


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=50))
def test_the_words_of_a_histogram_lie_within_it_whatever_the_values(values: list[float]) -> None:
    assert all(30 <= x <= 360 for x in words_of(histogram(values, "seconds", "{:.3g}".format)).values())


def test_a_histogram_has_round_ticks_and_names_its_median() -> None:
    words = words_of(histogram([1.3, 3.1, 7.9, 23.7], "seconds", "{:.3g}".format))
    assert {"0", "10", "20", "median 3.1"} <= words.keys()
    assert {"0.1", "1", "10"} <= words_of(histogram([0.04, 1.3, 23.7], "seconds", "{:.3g}".format)).keys()


def test_the_numbers_of_the_scale_stand_at_the_marks_of_an_interval() -> None:
    marks = numbers(interval(0.5, 0.4, 0.6, "50 %"), "x1")[:5]
    assert list(words_of(interval_scale()).values()) == marks


def test_a_curve_of_steps_has_the_height_of_the_point_where_each_step_ends() -> None:
    """So that the area below it is the one that is told: 0.4 at 0 and 0.6 at 0.5."""
    svg = line_plot([Point(0.4, 0), Point(1, 0.5)], "answers", "wrong", steps=True)
    corners = [tuple(map(float, each.split(","))) for each in re.findall(r'points="([^"]*)"', svg)[0].split()]
    (left, bottom), (right, _) = corners[0], corners[-1]
    shares = [(round((x - left) / (right - left), 3), y) for x, y in corners]
    middle = corners[2][1]
    assert shares == [(0, bottom), (0.4, bottom), (0.4, middle), (1, middle)]
    assert middle < bottom


@pytest.mark.parametrize("points", [[Point(0.2, 0.1, 0.5, "<b>")], [Point(0, 0), Point(1, 1)]])
def test_a_line_plot_is_well_formed_whatever_its_titles_hold(points: list[Point]) -> None:
    ElementTree.fromstring(line_plot(points, "across", "up", diagonal=True))  # noqa: S314 - made here
