import ast
import math
from dataclasses import dataclass
from enum import Enum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.traces.failures import TraceError
from steepest.traces.modules.literals import WIDTH, literal


class Color(Enum):
    RED = 1


@dataclass
class Point:
    x: int
    color: Color = Color.RED


def read(source):
    return eval(source, {"Color": Color, "Hue": Color, "Point": Point})  # noqa: S307


hashable = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(max_size=8)
values = st.recursive(
    hashable | st.complex_numbers(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner)
        | st.sets(hashable, max_size=3)
        | st.frozensets(hashable, max_size=3)
        | st.dictionaries(hashable, inner, max_size=3)
    ),
    max_leaves=12,
)


@given(value=values, margin=st.integers(0, 20))
def test_a_literal_gives_the_value_back(value, margin):
    again = read(literal(value, " " * margin))
    assert again == value
    assert type(again) is type(value)


@given(text=st.text(st.characters(codec=None) | st.sampled_from("\n\r\t\\\"'{} "), max_size=300))
def test_any_text_can_be_written(text):
    source = literal(text, "    ")
    assert read(source) == text
    assert max(map(len, source.splitlines())) <= WIDTH + 200  # a word without spaces may be escaped
    source.encode("utf-8")


def test_long_texts_are_cut_between_words_and_lines():
    assert literal("one\ntwo\n") == '(\n    "one\\n"\n    "two\\n"\n)'
    lines = literal("word " * 60, "        ").splitlines()
    assert all(len(line) <= WIDTH for line in lines)
    assert lines[1].endswith('word "')


def test_short_values_stay_on_a_line_and_long_ones_are_spread():
    assert literal([1, "a", (2,), {}]) == '[1, "a", (2,), {}]'
    assert literal({"a": list(range(60))}).startswith('{\n    "a": [\n        0,\n        1,\n')


def test_sets_are_written_in_an_order_of_their_own():
    assert literal({"b", "a", "c"}) == '{"a", "b", "c"}'
    assert literal(set()) == "set()"
    assert literal(frozenset()) == "frozenset()"


def test_numbers_that_have_no_digits():
    assert literal([math.inf, -math.inf]) == '[float("inf"), float("-inf")]'
    assert math.isnan(read(literal(math.nan)))
    ast.parse(literal(math.nan))


def test_classes_need_a_name():
    assert literal(Point(1), names={Point: "Point", Color: "Hue"}) == "Point(x=1, color=Hue.RED)"
    with pytest.raises(TraceError, match=r"RED.* is of type Color, which can't be written as a literal"):
        literal([Color.RED])
    with pytest.raises(TraceError, match="is of type Kind"):
        literal(type("Kind", (str,), {})("x"))
