import json
import math
from collections import OrderedDict
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.errors import InputError
from steepest.traces.bundle import bundle
from steepest.traces.modules import saving
from steepest.traces.modules.module import Module, model
from steepest.traces.modules.saving import load_parameters, save_parameters
from steepest.traces.parameters import node, update


class Color(Enum):
    RED = "red"
    BLUE = "blue"


class Pair(NamedTuple):
    first: int
    second: int


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    color: Color = Color.RED


class Step(Module):
    def __init__(self, prompt):
        self.prompt = node(prompt, "prompt", trainable=True)


class Agent(Module):
    def __init__(self):
        self.steps = [Step("a"), Step("b")]
        self.limit = node(3, trainable=True, constraint=range(10))
        self.rate = node(0.5, trainable=True)

    @bundle(trainable=True)
    def rank(self, x):
        return x


CODE = "def rank(self, x):\n    return -x"


@pytest.fixture
def learned():
    agent = Agent()
    update(agent.steps[1].prompt, 'Say "ünïcode"\nand \\ twice')
    update(agent.limit, 11)
    update(agent.limit, 7)
    update(agent.named_parameters()["rank.code"], CODE)
    return agent


@pytest.fixture
def path(tmp_path):
    return tmp_path / "agent.json"


def test_what_was_learned_comes_back(learned, path):
    learned.save(path)
    fresh = Agent()
    fresh.load(path)
    values = {name: each.value for name, each in fresh.named_parameters().items()}
    assert values == {name: each.value for name, each in learned.named_parameters().items()}
    assert values["rank.code"] == CODE
    assert fresh.limit.trainable.history[-1].value == 7


def test_the_file_is_readable_and_the_same_each_time(learned, path, tmp_path):
    learned.save(path)
    document = json.loads(path.read_text("utf-8"))
    assert (document["format"], document["version"]) == ("steepest.parameters", 1)
    assert document["parameters"]["steps[1].prompt"] == {"value": 'Say "ünïcode"\nand \\ twice'}
    assert "ünïcode" in path.read_text("utf-8")
    learned.save(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == path.read_bytes()


def test_the_history_is_kept_on_demand(learned, path):
    learned.save(path, history=True)
    fresh = Agent()
    fresh.load(path)
    assert fresh.limit.trainable.history == learned.limit.trainable.history
    assert [each.outcome for each in fresh.limit.trainable.history] == ["rejected", "committed"]


def test_a_decorated_class_saves_too(path):
    @model
    class Plain:
        def __init__(self):
            self.a = node("x", trainable=True)

    plain = Plain()
    update(plain.a, "y")
    plain.save(path)
    again = Plain()
    again.load(path)
    assert again.a.value == "y"


def test_plain_parameters_are_saved_by_their_place_or_label(path):
    a, b = node(1, trainable=True), node("x", "prompt", trainable=True)
    save_parameters({"a": a, "more": [b]}, path)
    assert list(json.loads(path.read_text())["parameters"]) == ["['a']", "['more'][0]"]
    save_parameters(b, path)
    assert list(json.loads(path.read_text())["parameters"]) == ["prompt"]
    update(b, "y")
    load_parameters(b, path)
    assert b.value == "x"


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -(2**70),
        0.1,
        -0.0,
        math.inf,
        -math.inf,
        "half \ud800 of a pair",
        b"\x00\xff",
        1 + 2j,
        [1, [2.0, "x"], {}],
        (1, (2,), []),
        {1, "a", (2, 3)},
        frozenset({1}),
        {"a": {"$b": 1}, "$tuple": [1]},
        {1: "a", (2, 3): None, None: 1.5},
        {"$dict": [[1, 2]]},
        Point(1.0, math.inf, Color.BLUE),
        [Point(1.0, 2.0), {"c": Color.RED}],
    ],
)
def test_values_are_restored_exactly(value, path):
    parameter = node(value, trainable=True)
    save_parameters(parameter, path)
    parameter.trainable.history.clear()
    load_parameters(parameter, path)
    assert parameter.value == value
    assert type(parameter.value) is type(value)
    assert spelled(parameter.value) == spelled(value)


def spelled(value):
    """How a value is written; sets have no order of their own."""
    return repr(sorted(value, key=repr)) if isinstance(value, (set, frozenset)) else repr(value)


def test_not_a_number_is_restored(path):
    parameter = node([math.nan], trainable=True)
    save_parameters(parameter, path)
    load_parameters(parameter, path)
    assert math.isnan(parameter.value[0])


@pytest.mark.parametrize(
    "array",
    [np.arange(6, dtype="int16").reshape(2, 3), np.array(["a", "bc"]), np.zeros((0, 3)), np.arange(3, dtype=">f8")],
)
def test_arrays_are_restored(array, path):
    parameter = node(array, trainable=True)
    save_parameters(parameter, path)
    load_parameters(parameter, path)
    assert parameter.value.shape == array.shape
    assert parameter.value.dtype.kind == array.dtype.kind
    np.testing.assert_array_equal(parameter.value, array)
    assert parameter.value.flags.writeable


def test_scalars_of_arrays_are_restored(path):
    parameter = node(np.float32(1.5), trainable=True)
    save_parameters(parameter, path)
    load_parameters(parameter, path)
    assert type(parameter.value) is np.float32


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=4) | st.integers(), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(value=plain)
def test_any_plain_value_is_restored(value):
    from steepest.traces.modules.encoding import decoded, encoded

    assert repr(decoded(json.loads(json.dumps(encoded(value))), {})) == repr(value)


def _itself() -> Any:
    held: list[Any] = []
    held.append(held)
    return held


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (object(), "is of type object"),
        (Decimal("1.5"), "is of type Decimal"),
        (bytearray(b"a"), "is of type bytearray"),
        (Pair(1, 2), "is of type Pair"),
        (OrderedDict(a=1), "is of type OrderedDict"),
        (np.array(["2026-01-01"], "datetime64[D]"), "array of datetime64"),
        ([1, {"a": lambda: 1}], "is of type function"),
        (np.array([object()]), "array of object"),
        (10**5000, "digits"),
        (_itself(), "holds itself"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_json_can_not_hold_is_named_and_the_old_file_stays(value, words, path):
    path.write_text("old")

    class Holder(Module):
        def __init__(self):
            self.inner = [node(1, trainable=True)]

    holder = Holder()
    holder.inner[0]._value = value
    with pytest.raises(InputError, match=r"inner\[0\] can't be saved") as caught:
        holder.save(path)
    assert words in str(caught.value)
    assert path.read_text() == "old"
    assert [each.name for each in path.parent.iterdir()] == ["agent.json"]


def test_nothing_to_save_is_said(path):
    with pytest.raises(InputError, match="no parameter in this list"):
        save_parameters([1, node(2)], path)


def test_a_folder_that_is_missing_is_said(tmp_path, learned):
    with pytest.raises(InputError, match=r"can't be written: there is no folder .*make it first"):
        learned.save(tmp_path / "missing" / "agent.json")


def test_a_link_is_followed_and_the_mode_kept(tmp_path, learned):
    target = tmp_path / "target.json"
    target.write_text("old")
    target.chmod(0o600)
    link = tmp_path / "link.json"
    link.symlink_to(target)
    learned.save(link)
    assert link.is_symlink()
    assert json.loads(target.read_text("utf-8"))["version"] == 1
    assert target.stat().st_mode & 0o777 == 0o600


def _document(**parameters):
    return json.dumps({"format": "steepest.parameters", "version": 1, "parameters": parameters})


def test_all_that_does_not_fit_is_told_at_once_and_nothing_changes(learned, path):
    before = {name: each.value for name, each in learned.named_parameters().items()}
    entries = {
        "steps[0].promt": {"value": "x"},
        "steps[1].prompt": {"value": "fits"},
        "limit": {"value": 11},
        "rate": {"value": "fast"},
        "rank.code": {"value": "def other(x):\n    return x"},
    }
    path.write_text(_document(**entries))
    with pytest.raises(InputError) as caught:
        learned.load(path)
    text = str(caught.value)
    assert "none of them was changed" in text
    assert "steps[0].promt: no such parameter; is it steps[0].prompt?" in text
    assert "steps[0].prompt: missing in the file" in text
    assert "limit: " in text
    assert "it has to be one of" in text
    assert "rate: 'fast' is a str, and the parameter holds a float" in text
    assert "rank.code: " in text
    assert {name: each.value for name, each in learned.named_parameters().items()} == before


def test_many_complaints_are_counted(learned, path):
    path.write_text(_document(**{f"unknown{number}": {"value": 1} for number in range(1000)}))
    with pytest.raises(InputError, match="and 985 more"):
        learned.load(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is no JSON"),
        ('{"format": "steepest.par', "is no JSON"),
        ("\x00", "is no JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('{"format": ' + "9" * 5000 + "}", "is no JSON"),
        ("NaN", "NaN is no number"),
        ("[]", "is no file of save_parameters"),
        ('{"model": "gpt"}', "is no file of save_parameters"),
        ('{"format": "steepest.parameters", "version": 2, "parameters": {}}', "version 2 of its format"),
        ('{"format": "steepest.parameters", "version": 1}', 'no "parameters"'),
        ('{"format": "steepest.parameters", "format": "x"}', "same key twice"),
        (_document(prompt="x"), 'its entry has no "value"'),
        (_document(prompt={"value": {"$eval": "1"}}), "is no value that steepest writes"),
        (_document(prompt={"value": {"$tuple": "abc"}}), "is no value that steepest writes"),
        (_document(prompt={"value": {"$bytes": "%"}}), "is no value that steepest writes"),
        (_document(prompt={"value": {"$set": [[1]]}}), "is no value that steepest writes"),
        (_document(prompt={"value": {"$enum": ["os.system", "x"]}}), "of which the parameter's present value has none"),
        (_document(prompt={"value": {"$record": ["Point", {}]}}), "of which the parameter's present value has none"),
        (_document(prompt={"value": {"$array": {"type": "O", "shape": [1], "bytes": ""}}}), "is no value that"),
        (_document(prompt={"value": {"$array": {"type": "<i8", "shape": [9**9], "bytes": ""}}}), "is no value that"),
        (_document(prompt={"value": {"$array": {"type": "i8,O", "shape": [1], "bytes": ""}}}), "is no value that"),
        (_document(prompt={"value": "x", "history": [{"value": 1}]}), "is no update of a parameter"),
        (_document(prompt={"value": "x", "history": 1}), "is no update of a parameter"),
        (_document(prompt={"value": 1}), "is a int, and the parameter holds a str"),
    ],
)
def test_foreign_and_hostile_files_end_in_a_clear_error(text, words, path):
    parameter = node("present", "prompt", trainable=True)
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        load_parameters(parameter, path)
    assert words in str(caught.value)
    assert len(str(caught.value)) < 2000
    assert parameter.value == "present"
    assert parameter.trainable.history == []


def test_a_record_with_foreign_fields_is_refused(path):
    parameter = node(Point(1.0, 2.0), "prompt", trainable=True)
    path.write_text(_document(prompt={"value": {"$record": ["Point", {"x": 1.0, "y": 2.0, "z": 3.0}]}}))
    with pytest.raises(InputError, match="Point has no field z"):
        load_parameters(parameter, path)


def test_binary_and_missing_and_huge_files(path, monkeypatch):
    parameter = node("present", "prompt", trainable=True)
    with pytest.raises(InputError, match="can't be read: No such file"):
        load_parameters(parameter, path)
    with pytest.raises(InputError, match="can't be read"):
        load_parameters(parameter, path.parent)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="is no JSON"):
        load_parameters(parameter, path)
    monkeypatch.setattr(saving, "LARGEST", 2)
    with pytest.raises(InputError, match="3 bytes, and at most 2"):
        load_parameters(parameter, path)
