"""Values differ where JSON says them differently."""

from typing import Any

import pytest

from steepest.agents.optimizers.search.records import changed_values


@pytest.mark.parametrize(
    ("one", "other"), [(1, True), (0, False), (1, 1.0), (0.0, -0.0), ([1], [True]), ({"a": 1}, {"a": 1.0})]
)
def test_what_python_takes_for_equal_is_a_change(one: Any, other: Any) -> None:
    assert changed_values({"x": other}, {"x": one}) == {"x": other}
    assert changed_values({"x": one}, {"x": one}) == {}
