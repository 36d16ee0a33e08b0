"""A search space has bounds everywhere, and says so where one is missing."""

import json
import math
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.optimizers.numeric.space import space_of
from steepest.agents.optimizers.search.values import Component
from steepest.errors import InputError

RATE = Component("rate", "float", low=1e-6, high=1, log=True)
SIZE = Component("size", "integer", low=1.5, high=4.5)
METHOD = Component("method", "choice", choices=("a", 1, True, None, [1, 2]))
WARM = Component("warm", "boolean")


@given(st.integers())
def test_what_is_drawn_lies_in_the_space(seed: int) -> None:
    space = space_of([RATE, SIZE, METHOD, WARM])
    values = space.draw(random.Random(seed))
    assert values in space
    assert type(values["size"]) is int
    assert 2 <= values["size"] <= 4
    assert 1e-6 <= values["rate"] <= 1


def test_a_number_on_a_logarithmic_scale_is_drawn_from_all_magnitudes_alike() -> None:
    source = random.Random(1)
    draws = [space_of([RATE]).draw(source)["rate"] for _ in range(2000)]
    small = sum(math.log10(each) < -3 for each in draws)
    assert 850 < small < 1150


@pytest.mark.parametrize(
    ("component", "words"),
    [
        (Component("rate", "float"), r"rate is a number that lacks a lower and an upper bound.*Between\(low, high\)"),
        (Component("size", "integer", low=1), "size is a number that lacks one of its bounds"),
        (Component("prompt", "text"), "prompt is a component of kind text.*language model"),
        (Component("method", "choice"), "method is a choice without choices"),
        (Component("rate", "float", low=0, high=1, log=True), "lower bound has to be above 0"),
        (Component("rate", "float", low=2, high=1), "bounds 2 and 1"),
        (Component("rate", "float", low=0, high=math.inf), "have to be finite"),
        (Component("size", "integer", low=1.2, high=1.8), "in order"),
    ],
)
def test_what_has_no_bounds_is_refused_by_name(component: Component, words: str) -> None:
    with pytest.raises(InputError, match=words):
        space_of([WARM, component])


def test_a_space_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="nothing to search"):
        space_of([])


def test_options_are_compared_as_json_has_them() -> None:
    space = space_of([METHOD])
    for value in ("a", 1, True, None, [1, 2]):
        assert {"method": value} in space
    others: list[Any] = ["b", 0, False, [1], 1.5]
    assert not any({"method": value} in space for value in others)
    assert space.key({"method": 1}) != space.key({"method": True})


def test_numbers_out_of_bounds_or_of_another_type_are_not_in_the_space() -> None:
    space = space_of([SIZE])
    assert {"size": 2} in space
    assert not any({"size": value} in space for value in (1, 5, 2.0, True, "2", None))
    assert {} not in space


def test_a_space_counts_its_points() -> None:
    assert space_of([SIZE, METHOD, WARM]).size == 3 * 5 * 2
    assert space_of([SIZE, RATE]).size is None
    assert json.loads(space_of([SIZE, WARM]).key({"warm": True, "size": 2})) == [2, True]
