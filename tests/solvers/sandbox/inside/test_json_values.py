"""Results as JSON by one small rule."""

import json
import math
from collections import OrderedDict, deque, namedtuple
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.solvers.sandbox.inside.json_values import UnsupportedValueError, to_json

Point = namedtuple("Point", "x y")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@dataclass
class Plan:
    days: tuple[complex, ...]
    cost: float


class Size(IntEnum):
    SMALL = 1


@given(JSON)
def test_json_stays_what_it_is(value: Any) -> None:
    assert to_json(value) == value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ((1, (2, 3)), [1, [2, 3]]),
        (Point(1, 2), [1, 2]),
        (range(3), [0, 1, 2]),
        (deque([1]), [1]),
        ({3, 1, 2}, [1, 2, 3]),
        (frozenset({"b", "a"}), ["a", "b"]),
        ({"a": 1}.keys(), ["a"]),
        ({"a": 1}.values(), [1]),
        ({"a": 1}.items(), [["a", 1]]),
        (OrderedDict(b=1), {"b": 1}),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (np.array([True]), [True]),
        (np.array(5.0), 5.0),
        (np.int64(3), 3),
        (np.float32(0.5), 0.5),
        (np.bool_(True), True),
        (np.str_("a"), "a"),
        ([np.float64(1)], [1.0]),
        (np.array([{"a": (1,)}], dtype=object), [{"a": [1]}]),
        (Size.SMALL, 1),
        (Plan((1, 2), 3.5), {"days": [1, 2], "cost": 3.5}),
        (math.inf, math.inf),
    ],
)
def test_what_stands_for_json_becomes_it(value: object, expected: object) -> None:
    converted = to_json(value)
    assert converted == expected
    assert json.loads(json.dumps(converted)) == expected
    assert type(converted) is type(expected)


def test_a_mixed_set_has_one_order() -> None:
    assert to_json({"b", 1, "a", 2}) == [1, 2, "a", "b"]


def test_not_a_number_stays_one() -> None:
    assert math.isnan(to_json(np.float64("nan")))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1j, "result is a complex"),
        ([{"a": [0, 1, 2, date(2026, 1, 1)]}], r"result\[0\]\['a'\]\[3\] is a date.*isoformat"),
        ({"x": Decimal(1)}, r"result\['x'\] is a Decimal.*float"),
        (Fraction(1, 2), "Fraction"),
        (b"x", "bytes"),
        (np.array([1j]), r"result\[0\] is a complex"),
        (np.timedelta64(1, "s"), "timedelta64"),
        (np.datetime64("2026-01-01"), "datetime64"),
        (len, "builtin_function_or_method"),
        (object(), "result is an object"),
        (Plan, "result is a type"),
        (Plan((1j,), 0), r"result\.days\[0\] is a complex"),
        ((n for n in range(3)), r"generator; give back a list"),
        ({1: 2}, "key 1 of type int; keys have to be strings"),
        ({"a": {(1, 2): 3}}, r"result\['a'\] has the key \(1, 2\) of type tuple"),
        ({None: 1}, "NoneType"),
        ([10**5000], "bits"),
        (["a", "\ud800"], r"result\[1\] holds half of a surrogate pair at 0.*give back text\.encode"),
        ({"a": {"b\udfff": 1}}, r"the key 'b\\udfff' of result\['a'\] holds half of a surrogate pair at 1"),
        (np.array(["\ud800"]), r"result\[0\] holds half"),
    ],
)
def test_what_json_cannot_hold_is_named_with_its_place(value: object, words: str) -> None:
    with pytest.raises(UnsupportedValueError, match=words):
        to_json(value)


def test_a_frame_of_data_says_how_to_give_it_back() -> None:
    pandas = pytest.importorskip("pandas")
    with pytest.raises(UnsupportedValueError, match="records"):
        to_json(pandas.DataFrame({"a": [1]}))


def test_a_value_that_holds_itself_is_refused() -> None:
    value: dict[str, Any] = {"a": []}
    value["a"].append(value)
    with pytest.raises(UnsupportedValueError, match=r"result\['a'\]\[0\] holds itself"):
        to_json(value)


def test_a_value_held_twice_is_no_circle() -> None:
    inner = [1]
    assert to_json([inner, inner]) == [[1], [1]]


def test_a_bottomless_value_is_refused() -> None:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(UnsupportedValueError, match="100 deep"):
        to_json(value)
