"""A change in place after the node was made is noticed, at a bounded cost."""

import subprocess
import sys
import tracemalloc
from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.traces.graph import make
from steepest.traces.parameters import node
from steepest.traces.previews import preview
from steepest.traces.snapshots import is_changed, snapshot_of
from tests.work import calls_in


@dataclass
class Point:
    x: int
    tags: list[str] = field(default_factory=list)
    key: str = field(default="sk-secret", repr=False)


def changes() -> list[tuple[str, Any, Any]]:
    def set_x(point: Point) -> None:
        point.x = 9

    return [
        ("append", [1], lambda v: v.append(2)),
        ("replace", [-1], lambda v: v.__setitem__(0, -2)),
        ("kind", [1], lambda v: v.__setitem__(0, True)),
        ("nested", [{"a": [1]}], lambda v: v[0]["a"].append(2)),
        ("in a tuple", ([1],), lambda v: v[0].clear()),
        ("dict", {"a": 1}, lambda v: v.update(b=2)),
        ("dict value", {"a": 1}, lambda v: v.update(a=2)),
        ("dict key", {"a": 1}, lambda v: v.update(b=v.pop("a"))),
        ("order", {"a": 1, "b": 2}, lambda v: v.update(a=v.pop("a"))),
        ("set", {1, 2}, lambda v: v.add(3)),
        ("bytearray", bytearray(b"ab"), lambda v: v.__setitem__(0, 0)),
        ("default dict", defaultdict(list, a=[1]), lambda v: v["b"]),
        ("ordered dict", OrderedDict(a=1), lambda v: v.clear()),
        ("dataclass", Point(1), set_x),
        ("in a dataclass", Point(1), lambda v: v.tags.append("t")),
        ("in a list", [Point(1)], lambda v: set_x(v[0])),
        ("array", np.zeros(3), lambda v: v.__setitem__(0, 1)),
        ("end of an array", np.zeros(100_000), lambda v: v.__setitem__(-1, 1)),
        ("strided", np.zeros((4, 4))[:, ::2], lambda v: v.fill(1)),
        ("dates", np.zeros(2, "datetime64[s]"), lambda v: v.__setitem__(0, 5)),
        ("objects", np.array([None, 1], object), lambda v: v.__setitem__(0, 5)),
        ("bools", np.zeros(3, bool), lambda v: v.__setitem__(0, True)),
        ("array in a list", [np.zeros(3)], lambda v: v[0].fill(1)),
    ]


@pytest.mark.parametrize("name", [name for name, *_ in changes()])
def test_a_change_in_place_is_noticed(name: str) -> None:
    value, change = next((value, change) for each, value, change in changes() if each == name)
    made = node(value)
    assert not made.is_changed
    change(value)
    assert made.is_changed


@pytest.mark.parametrize(
    "value", [1, 2.5, "text", b"b", None, True, 1 + 2j, range(3), len, int, np.float64(2), object()]
)
def test_what_can_not_change_has_no_snapshot(value: Any) -> None:
    assert snapshot_of(value) is None
    assert not node(value).is_changed


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda parts: (
        st.lists(parts, max_size=4) | st.dictionaries(st.text(max_size=3), parts, max_size=4) | st.tuples(parts)
    ),
    max_leaves=20,
)


@given(PLAIN)
def test_an_unchanged_value_is_unchanged_and_shows_the_same(value: Any) -> None:
    snapshot = snapshot_of(value)
    if snapshot is not None:
        assert not is_changed(value, snapshot)
        assert snapshot.text == preview(value)


def test_the_value_as_it_was_is_kept_as_a_text() -> None:
    value = {"a": [1, {2}], "p": Point(1, ["t"]), "o": object()}
    made = node(value)
    value.clear()
    assert made.snapshot is not None
    assert made.snapshot.text == "{'a': [1, {2}], 'o': <object object>, 'p': Point(x=1, tags=['t'])}"


def test_not_a_number_is_no_change() -> None:
    assert not node([float("nan")]).is_changed
    assert not node(np.array([np.nan])).is_changed


def test_fields_that_are_not_for_showing_are_not_shown() -> None:
    assert "sk-secret" not in preview(Point(1))
    made = node([Point(1)])
    assert made.snapshot is not None
    assert "sk-secret" not in made.snapshot.text
    assert "sk-secret" not in repr(made)


def test_containers_that_hold_themselves() -> None:
    loop: list[Any] = [1]
    loop.append(loop)
    made = node(loop)
    assert not made.is_changed
    loop[0] = 2
    assert made.is_changed
    assert made.snapshot is not None
    assert len(made.snapshot.text) < 1000


@pytest.mark.parametrize(
    "value",
    [
        list(range(1_000_000)),
        [[place] * 1000 for place in range(1000)],
        {place: [place] for place in range(100_000)},
        set(range(500_000)),
        np.zeros(5_000_000),
        np.zeros((2000, 2000))[:, ::2],
        ["x" * 1_000_000] * 100,
    ],
    ids=["list", "rows", "dict", "set", "array", "strided", "texts"],
)
def test_a_snapshot_of_a_large_value_is_cheap(value: Any) -> None:
    snapshot_of(value)  # what the first call loads is not the value's
    assert calls_in(lambda: snapshot_of(value)) < 10_000
    tracemalloc.start()
    try:
        snapshot_of(value)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000  # no copy, no list of all parts
    finally:
        tracemalloc.stop()


def test_nobodys_own_code_is_run() -> None:
    class Loud:
        def __repr__(self) -> str:
            raise AssertionError

        __eq__ = __hash__ = __len__ = __iter__ = __repr__  # type: ignore[assignment]

        def __getattr__(self, name: str) -> Any:
            raise AssertionError

    value = [Loud(), {"a": Loud()}, (Loud(),)]
    assert not make(value).is_changed


def test_an_object_that_takes_anothers_place_is_noticed() -> None:
    value = [object()]
    made = node(value)
    value[0] = object()
    assert made.is_changed


PROGRAM = """
from steepest.traces.snapshots import snapshot_of
print(snapshot_of([{"b", "a", "c"}, {"k": 1.5}, len]).digest)
"""


def test_digests_are_the_same_in_every_process() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
    assert snapshot_of([1]).digest != snapshot_of([True]).digest  # type: ignore[union-attr]


def test_a_tensor_counts_its_changes() -> None:
    torch = pytest.importorskip("torch")
    tensor = torch.zeros(3)
    made = node(tensor)
    assert not made.is_changed
    tensor.add_(1)
    assert made.is_changed


@pytest.mark.parametrize("value", [object(), len, lambda: 1, Point, [object()]])
def test_previews_have_no_addresses(value: Any) -> None:
    assert " at 0x" not in preview(value)


def test_previews_are_cut_and_never_raise() -> None:
    class Bad:
        def __repr__(self) -> str:
            raise ValueError

    assert preview(Bad()) == "<Bad, whose repr raises ValueError>"
    assert len(preview("x" * 10**6)) <= 400
    assert len(preview(10**5000)) <= 400
    assert preview(Point(1, ["t"])) == "Point(x=1, tags=['t'])"
    assert len(preview([Point(each, ["t"] * 1000) for each in range(1000)])) <= 400
