"""Fronts as pictures and tables for other programs."""

import csv
from io import StringIO
from xml.etree import ElementTree

from steepest.solvers.formulation import Formulation
from steepest.solvers.pareto.axes import Axis
from steepest.solvers.pareto.search import pareto_front

TEXT = """\
variables:
  x: integer in 0..4
  y: integer in 0..4
maximize: x + y   # [$] <profit> & more
minimize: 2 * x + y   # [kg] waste
constraints:
  c: x + y <= 6
"""


def test_the_plot_is_well_formed_and_says_the_values_of_every_point() -> None:
    front = pareto_front(Formulation.from_text(TEXT))
    root = ElementTree.fromstring(front.to_svg())  # noqa: S314  # our own text
    titles = [each.text or "" for each in root.iter() if each.tag.endswith("title")]
    assert len(titles) == len(front.points) == 7
    assert titles[0] == "<profit> & more [$] 6; waste [kg] 8 (best in <profit> & more)"
    assert "http" not in front.to_svg().replace("http://www.w3.org/2000/svg", "")


def test_more_objectives_are_lines_across_parallel_axes() -> None:
    front = pareto_front(Formulation.from_text(TEXT.replace("constraints", "maximize: y\nconstraints")), points=3)
    root = ElementTree.fromstring(front.to_svg())  # noqa: S314  # our own text
    lines = [each for each in root.iter() if each.tag.endswith("polyline")]
    assert len(lines) == len(front.points)
    assert all(len(line.get("points", "").split()) == 3 for line in lines)


def test_a_front_without_points_is_its_message() -> None:
    front = pareto_front(Formulation.from_text(TEXT + "  d: x >= 5\n"))
    assert "no answer meets all constraints" in front.to_svg()


def test_the_table_has_objectives_and_decisions() -> None:
    front = pareto_front(Formulation.from_text(TEXT))
    rows = list(csv.reader(StringIO(front.to_csv())))
    assert rows[0] == ["maximize <profit> & more [$]", "minimize waste [kg]", "best_in", "x", "y"]
    assert [float(cell) for cell in rows[1][:2]] == list(front.points[0].values)
    assert rows[1][2] == "1"


def test_ticks_are_round_and_within_the_axis() -> None:
    for low, high in ((0.0, 1.0), (-3.2, 17.9), (1e6, 1e6 + 3), (5.0, 5.0)):
        axis = Axis.over([low, high])
        ticks = axis.ticks()
        assert 2 <= len(ticks) <= 8
        assert all(-1e-9 <= axis.place(tick) <= 1 + 1e-9 for tick in ticks)
