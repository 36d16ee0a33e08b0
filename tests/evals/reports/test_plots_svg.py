import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.evals.reports.plots_svg import BINS, Point, histogram, interval, line_plot, stacked_bar


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


@pytest.mark.parametrize("points", [[Point(0.2, 0.1, 0.5, "<b>")], [Point(0, 0), Point(1, 1)]])
def test_a_line_plot_is_well_formed_whatever_its_titles_hold(points: list[Point]) -> None:
    ElementTree.fromstring(line_plot(points, "across", "up", diagonal=True))  # noqa: S314 - made here
