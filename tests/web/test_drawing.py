"""Pictures of answers."""

import re
from xml.etree import ElementTree

import pytest

from steepest.solvers.control import SolveProgress
from steepest.solvers.formulation import Formulation
from steepest.traces.rendering.markup import Markup
from steepest.web.drawing.curves import gap_curve
from steepest.web.drawing.pictures import pictures
from tests.agents.chat.talks import BAKERY

TRANSPORT = """\
sets:
  Plant = {Aarau, Bern}
  Store = {Chur, Davos, Erlen}
parameters:
  cost[Plant, Store] = {Aarau: {Chur: 3, Davos: 5, Erlen: 2}, Bern: {Chur: 4, Davos: 1, Erlen: 6}}
  supply[Plant] = {Aarau: 30, Bern: 25}
  demand[Store] = {Chur: 10, Davos: 20, Erlen: 15}
variables:
  ship[Plant, Store]: real >= 0   # [t]
minimize: sum(cost[p, s] * ship[p, s] for p in Plant, s in Store)
constraints:
  out[p in Plant]: sum(ship[p, s] for s in Store) <= supply[p]
  into[s in Store]: sum(ship[p, s] for p in Plant) >= demand[s]
"""
PLACES = """\
  lon[Plant] = {Aarau: 8.0, Bern: 7.4}
  lat[Plant] = {Aarau: 47.4, Bern: 46.9}
  store_x[Store] = {Chur: 9.5, Davos: 9.8, Erlen: 9.2}
  store_y[Store] = {Chur: 46.8, Davos: 46.8, Erlen: 47.5}
"""
SCHEDULE = """\
sets:
  Task = {dig, pour, build}
parameters:
  duration[Task] = {dig: 3, pour: 2, build: 4}
variables:
  start[Task]: real >= 0
  end: real >= 0
minimize: end
constraints:
  first: start["pour"] >= start["dig"] + duration["dig"]
  then: start["build"] >= start["pour"] + duration["pour"]
  last[t in Task]: end >= start[t] + duration[t]
"""


def drawn(text: str) -> list[Markup]:
    formulation = Formulation.from_text(text)
    return pictures(formulation, formulation.solve())


def titles(picture: str) -> list[str]:
    return re.findall("<title>([^<]*)</title>", picture)


def points(picture: str) -> dict[str, tuple[float, float]]:
    """Where each end of a network is drawn."""
    found = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="5"></circle><text[^>]*>([^<]*)<', picture)
    return {name: (float(x), float(y)) for x, y, name in found}


def test_a_variable_with_one_index_is_drawn_as_bars() -> None:
    [picture] = drawn(BAKERY)
    assert titles(picture) == ["bake[bread] = 32 item", "bake[cake] = 30 item"]
    widths = [float(each) for each in re.findall(r'<rect[^>]* width="([\d.]+)"', picture)]
    assert widths[0] / widths[1] == pytest.approx(32 / 30, abs=0.01)


def test_what_goes_between_two_sets_is_drawn_as_a_network() -> None:
    picture = drawn(TRANSPORT)[0]
    assert sorted(titles(picture)) == ["Aarau to Chur: 10 t", "Aarau to Erlen: 15 t", "Bern to Davos: 20 t"]
    ends = points(picture)
    assert {ends[each][0] for each in ("Aarau", "Bern")} != {ends[each][0] for each in ("Chur", "Davos", "Erlen")}


def test_places_are_drawn_where_they_lie() -> None:
    ends = points(drawn(TRANSPORT.replace("variables:", f"{PLACES}variables:"))[0])
    assert ends["Bern"][0] < ends["Aarau"][0] < ends["Chur"][0]
    assert ends["Erlen"][1] < ends["Chur"][1]


def test_starts_and_durations_are_drawn_as_a_schedule() -> None:
    picture = drawn(SCHEDULE)[0]
    assert titles(picture) == ["dig: 0 to 3", "pour: 3 to 5", "build: 5 to 9"]


def test_tasks_on_machines_have_a_row_for_each_machine() -> None:
    text = """\
sets:
  Job = {a, b}
  Machine = {saw, drill}
parameters:
  hours[Job, Machine] = {a: {saw: 2, drill: 3}, b: {saw: 1, drill: 2}}
variables:
  begin[Job, Machine]: real >= 0
minimize: sum(begin[j, m] for j in Job, m in Machine)
constraints:
  order[j in Job]: begin[j, "drill"] >= begin[j, "saw"] + hours[j, "saw"]
"""
    picture = drawn(text)[0]
    assert re.findall(r'left-of">([^<]*)<', picture) == ["drill", "saw"]


@pytest.mark.parametrize("text", [BAKERY, TRANSPORT, SCHEDULE])
def test_pictures_are_well_formed(text: str) -> None:
    for each in drawn(text):
        ElementTree.fromstring(each)  # noqa: S314  # our own


def test_an_answer_without_numbers_has_no_picture() -> None:
    assert drawn(BAKERY.replace("<= most_cakes", ">= 2000")) == []


def test_labels_are_escaped() -> None:
    assert "<img" not in "".join(drawn(re.sub(r"\bcake\b", '"<img src=x>"', BAKERY)))


def progress(seconds: float, objective: float | None, bound: float | None) -> SolveProgress:
    return SolveProgress(seconds, objective, bound, None, None, "HiGHS")


def test_there_is_no_curve_before_there_is_an_answer() -> None:
    assert gap_curve([progress(1, None, 5.0)]) == ""


def test_incumbent_and_bound_meet() -> None:
    curve = gap_curve([progress(1, 2.0, 9.0), progress(2, 5.0, 5.0)])
    incumbent, bound = re.findall(r'points="([^"]*)"', curve)
    assert incumbent.split()[-1] == bound.split()[-1]
    assert incumbent.split()[0] != bound.split()[0]
