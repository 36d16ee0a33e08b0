"""A formulation as MathML."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given

from steepest.solvers.export.mathml import to_mathml
from steepest.solvers.formulation import Formulation
from tests.solvers.strategies import formulations

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.five"))


def words(markup: str) -> str:
    return re.sub(r"<[^>]*>", "", markup)


def rows(text: str) -> dict[str, str]:
    return {each.element: words(each.body) for each in to_mathml(Formulation.from_text(text))}


def test_objective_constraints_and_domains_are_rows() -> None:
    found = rows(
        "sets:\n  P = {a, b}\nparameters:\n  c[P] = {a: 1, b: 2}\nvariables:\n  x[P]: integer >= 0\n"
        "maximize: sum(c[p] * x[p] for p in P)\nconstraints:\n  most: x[a] + 2 * x[b] <= 9\n"
    )
    assert found == {
        "objective": "max∑p∈Pcp\u2062xp",
        "constraint most": "xa+2⋅xb≤9",
        "variable x": "0≤xi∈ℤ",
    }


def test_what_binds_more_weakly_is_put_in_parentheses() -> None:
    found = rows("variables:\n  x: real >= 0\n  y: real >= 0\nminimize: (x + y) * 2 - (x - y)\n")
    assert found["objective"] == "min(x+y)⋅2−(x−y)"


def test_names_and_labels_are_escaped() -> None:
    [row, *_] = to_mathml(
        Formulation.from_text(
            'sets:\n  P = {"<img src=x>"}\nvariables:\n  x[P]: real >= 0\nminimize: x["<img src=x>"]   # [<b>]\n'
        )
    )
    assert "<img" not in row.body
    assert "&lt;img src=x&gt;" in row.body


def test_numbers_and_names_say_what_they_are() -> None:
    [row, *_] = to_mathml(Formulation.from_text("variables:\n  x: real >= 0\nminimize: 2.5 * x\n"))
    assert 'data-value="2.5"' in row.body
    assert 'data-name="x"' in row.body


def test_objectives_say_how_they_rank() -> None:
    text = "variables:\n  x: >= 0\nmaximize [1]: x\nminimize [2] weight 2.5: -x\n"
    first, second, _ = to_mathml(Formulation.from_text(text))
    assert words(first.body) == "maxx(priority 1)"
    assert words(second.body) == "min−x(priority 2, weight 2.5)"


def test_a_name_is_a_letter_with_an_index_only_where_it_begins_with_a_letter() -> None:
    [row, *_] = to_mathml(Formulation.from_text("variables:\n  _1: >= 0\n  x12: >= 0\nminimize: _1 + x12\n"))
    assert '<mi data-name="_1">_1</mi>' in row.body
    assert '<msub data-name="x12"><mi>x</mi><mn>12</mn></msub>' in row.body


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_well_formed(path: Path) -> None:
    for row in to_mathml(Formulation.from_text(path.read_text())):
        for markup in filter(None, (row.body, row.indices)):
            ElementTree.fromstring(markup)  # noqa: S314  # our own


@given(formulations())
def test_every_formulation_is_well_formed(formulation: Formulation) -> None:
    for row in to_mathml(formulation):
        for markup in filter(None, (row.body, row.indices)):
            ElementTree.fromstring(markup)  # noqa: S314  # our own
