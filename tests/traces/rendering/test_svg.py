import xml.etree.ElementTree as ElementTree
from collections.abc import Callable

import pytest

from tests.traces.rendering.programs import PROGRAMS, bakery, failure, hostile, loop

SVG = "{http://www.w3.org/2000/svg}"


def _parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)  # noqa: S314  (it is our own)


@pytest.mark.parametrize("name", PROGRAMS)
def test_pictures_look_as_they_did(name: str, agrees_with_golden: Callable[[str, str], None]) -> None:
    agrees_with_golden(f"{name}.svg", PROGRAMS[name]().to_svg())


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_picture_is_well_formed_and_refers_to_nothing_outside(name: str) -> None:
    text = PROGRAMS[name]().to_svg()
    tags = {each.tag.removeprefix(SVG) for each in _parsed(text).iter()}
    assert tags <= {"svg", "style", "g", "title", "rect", "path", "text", "tspan"}
    assert "url(" not in text
    assert "href" not in text


def test_what_a_node_is_can_be_read_without_colour() -> None:
    words = "".join(_parsed(bakery().to_svg()).itertext())
    for word in ("parameter", "input", "output", "feedback: It is right."):
        assert word in words
    assert "failed" in "".join(_parsed(failure().to_svg()).itertext())


def test_outputs_are_framed_twice_and_parameters_are_round() -> None:
    groups = {each.get("data-node"): each for each in _parsed(bakery().to_svg()).iter(f"{SVG}g")}
    assert len(groups["add"].findall(f"{SVG}rect")) == 2
    assert float(groups["prompt"].find(f"{SVG}rect").get("rx")) > float(groups["ask"].find(f"{SVG}rect").get("rx"))  # type: ignore[union-attr, arg-type]


def test_hostile_texts_stay_texts() -> None:
    tags = [each.tag for each in _parsed(hostile().to_svg()).iter()]
    assert f"{SVG}script" not in tags
    assert f"{SVG}img" not in tags


def test_a_long_trace_is_folded() -> None:
    assert "996 more of sub, mul" in loop(1000).to_svg()
    assert len(_parsed(loop(1000).to_svg()).findall(f"{SVG}g")) < 20


def test_all_of_a_long_trace_can_be_drawn() -> None:
    assert len(_parsed(loop(1000).to_svg(limit=None)).findall(f"{SVG}g")) > 3000


def test_a_notebook_gets_the_summary_and_the_picture() -> None:
    html = bakery()._repr_html_()
    assert "trace: 7 operations, 2 parameters, 1 feedback, 350 tokens, $0.0021" in html
    assert "<svg" in html
    assert "<script" not in html
