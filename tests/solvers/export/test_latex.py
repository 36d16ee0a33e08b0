"""A formulation as LaTeX."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.solvers.export.latex import escaped, to_latex
from steepest.solvers.formulation import Formulation


@pytest.mark.parametrize(
    ("expression", "latex"),
    [
        ("a / b", r"\frac{a}{b}"),
        ("(a + b) * c", r"\left(a + b\right) \, c"),
        ("a - (b - c)", r"a - \left(b - c\right)"),
        ("(a + b) ** 2", r"{\left(a + b\right)}^{2}"),
        ("sqrt(a) + abs(b)", r"\sqrt{a} + \left|b\right|"),
        ("max(a, b)", r"\max\left(a, b\right)"),
        ("a if b > 1 else c", r"\begin{cases} a & \text{if } b > 1 \\ c & \text{otherwise} \end{cases}"),
        ("1e-7 * a", r"1 \cdot 10^{-7} \, a"),
        ("a * -2", r"a \cdot \left(-2\right)"),
        ("pi * x1", r"\pi \, {x_{1}}"),
    ],
)
def test_latex_writes_as_mathematicians_do(expression, latex):
    formulation = Formulation.model_validate({"objectives": [{"sense": "minimize", "expression": expression}]})
    assert f"& {latex}\n" in to_latex(formulation)


def test_names_labels_and_units_are_escaped_in_latex():
    formulation = Formulation.model_validate(
        {
            "variables": [{"name": "ship_cost", "index": "i in A", "unit": "$_%"}],
            "constraints": [{"name": "a_b", "body": 'ship_cost["\\\\input{x}"] >= 1'}],
        }
    )
    text = to_latex(formulation)
    assert r"\mathit{ship\_cost}" in text
    assert r"\text{\textbackslash{}input\{x\}}" in text
    assert r"\text{[\$\_\%]}" in text


@given(st.text())
def test_escaped_text_has_no_command_of_its_own(text):
    rest = re.sub(r"\\textbackslash\{\}|\\textasciicircum\{\}|\\textasciitilde\{\}|\\[{}$&#_%]", "", escaped(text))
    assert not set(rest) & set("\\{}$&#_%^~")


def test_objectives_say_how_they_rank():
    text = to_latex(Formulation.from_text("variables:\n  x: >= 0\nmaximize [1]: x\nminimize [2] weight 2.5: -x\n"))
    assert r"\max\quad & x && \text{(priority 1)}" in text
    assert r"\min\quad & -x && \text{(priority 2, weight 2.5)}" in text


def test_a_name_is_a_letter_with_an_index_only_where_it_begins_with_a_letter():
    text = to_latex(Formulation.from_text("variables:\n  _1: >= 0\n  x12: >= 0\nminimize: _1 + x12\n"))
    assert r"& \mathit{\_1} + {x_{12}}" in text
