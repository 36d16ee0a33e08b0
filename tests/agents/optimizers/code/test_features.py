"""What sources differ in, as numbers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.optimizers.code.features import (
    code_length,
    default_features,
    edit_distance,
    identity_of,
    layout_free,
    tree_distance,
)
from steepest.agents.optimizers.search.values import Component

ONE = 'def f(a):\n    """Adds."""\n    return a + 1  # one more\n'
SAME = "def f(a):\n\n    return (a +\n        1)\n"
OTHER = "def f(a):\n    for b in a:\n        a = b\n    return a\n"
sources = st.one_of(st.text(max_size=60), st.sampled_from([ONE, SAME, OTHER, "x = 1", "def f(:", "(" * 300]))


def test_comments_docstrings_and_layout_make_no_difference() -> None:
    assert layout_free(ONE) == layout_free(SAME) != layout_free(OTHER)
    assert code_length(ONE) == code_length(SAME)
    assert tree_distance(ONE, SAME) == 0
    components = {"f": Component("f", "code"), "p": Component("p", "text")}
    assert identity_of({"f": ONE, "p": "a"}, components) == identity_of({"p": "a", "f": SAME}, components)
    assert identity_of({"f": ONE, "p": "a"}, components) != identity_of({"f": ONE, "p": "a "}, components)


def test_a_function_that_is_a_docstring_alone_stays_a_function() -> None:
    assert layout_free('def f():\n    """Nothing."""') == "def f():\n    pass"


@given(sources, sources)
def test_distances_are_from_0_to_1_and_0_for_the_same(first: str, second: str) -> None:
    for distance in (edit_distance, tree_distance):
        assert 0 <= distance(first, second) <= 1
        assert distance(first, first) == 0
    assert math.isfinite(code_length(first))


def test_a_constant_is_a_smaller_difference_than_another_algorithm() -> None:
    assert 0 < tree_distance(ONE, ONE.replace("1", "2")) < tree_distance(ONE, OTHER) < 1


def test_features_fit_what_candidates_consist_of() -> None:
    code = default_features([Component("f", "code"), Component("n", "integer")])
    assert {name: of({"f": ONE, "n": 1}, {"f": ONE}) for name, of in code.items()} == {"length": 26.0, "diversity": 0.0}
    text = default_features([Component("p", "text")])
    assert {name: of({"p": "a b"}, {"p": "a c"}) for name, of in text.items()} == {"length": 3.0, "diversity": 0.5}
    numbers = default_features([Component("a", "float", log=True), Component("b", "integer"), Component("c", "float")])
    assert {name: of({"a": math.e, "b": 3, "c": 1}, {}) for name, of in numbers.items()} == {"a": 1.0, "b": 3.0}
    switches = default_features([Component("s", "boolean"), Component("t", "choice")])
    assert switches["changed"]({"s": True, "t": 1}, {"s": False, "t": 1}) == pytest.approx(1)
