import json
import subprocess
import sys
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.errors import InputError
from steepest.traces.bundle import bundle
from steepest.traces.exchange import json_document, json_schema, read_json, write_json
from steepest.traces.failures import ExecutionError
from steepest.traces.feedback import backward, subgraph
from steepest.traces.parameters import node, update
from steepest.traces.trace import Trace, trace_of

DOCS = Path(__file__).parents[3] / "docs"


@dataclass
class Point:
    """A dataclass that readers do not have."""

    x: float
    tags: tuple[str, ...] = ()


@dataclass
class Shy:
    """It does not show all of itself, so a copy of its fields would show more."""

    a: int
    b: int = field(repr=False)


class Colour(Enum):
    RED = 1


@bundle
def answer(prompt: str, question: str) -> str:
    """Answer a question."""
    return f"{prompt}: {question}"


def an_optimized_trace() -> Trace:
    prompt = node("Be brief", "prompt", trainable=True, description="instructions", constraint=["Be brief", "Be long"])
    update(prompt, "Be rude")
    update(prompt, "Be long")
    said = answer(prompt, node("why?", "question")) + "!"
    backward(said, "too short", score=0.25)
    return trace_of(said)


def read_again(trace: Trace) -> Trace:
    return read_json(json.dumps(json_document(trace)))


def broken(**changes: Any) -> dict[str, Any]:
    return {**json_document(an_optimized_trace()), **changes}


def test_a_trace_renders_the_same_when_it_is_read_again() -> None:
    trace = an_optimized_trace()
    assert read_again(trace).to_text() == trace.to_text()
    assert read_again(trace).to_mermaid() == trace.to_mermaid()


def test_a_document_is_the_same_when_its_trace_is_read_and_written_again() -> None:
    document = json_document(an_optimized_trace())
    assert json_document(read_json(document)) == document


def test_parameters_keep_their_description_constraint_and_history() -> None:
    trace = read_again(an_optimized_trace())
    state = trace.parameters[0].trainable
    assert state is not None
    assert state.description == "instructions"
    assert [(each.value, each.outcome) for each in state.history] == [
        ("Be rude", "rejected"),
        ("Be long", "committed"),
    ]
    assert update(trace.parameters[0], "Be polite").outcome == "rejected"


def test_feedback_is_about_the_same_subgraph_when_it_is_read_again() -> None:
    trace = read_again(an_optimized_trace())
    found = subgraph(trace.parameters)
    assert [(each.text, each.score) for each in found.feedback] == [("too short", 0.25)]
    assert found.nodes[-1] is trace.outputs[0]


def test_records_keep_what_a_call_took_and_where_it_stands() -> None:
    trace = an_optimized_trace()
    before, after = (next(each.record for each in t.nodes if each.record) for t in (trace, read_again(trace)))
    assert after is not None
    assert before is not None
    assert (after.names, after.seconds, after.tokens) == (before.names, before.seconds, before.tokens)
    assert after.position.endswith(f"test_json.py:{before.line}")


def test_the_failure_of_a_call_is_kept() -> None:
    @bundle
    def divide(a: int, b: int) -> float:
        return a / b

    with pytest.raises(ExecutionError) as caught:
        divide(node(1, "a"), 0)
    after = read_again(trace_of(caught.value))
    assert after.outputs[0].record is not None
    assert after.outputs[0].record.exception == "ZeroDivisionError: division by zero"
    assert after.outputs[0]._value == caught.value.node._value


def test_no_path_of_the_machine_is_written_unless_it_is_asked_for() -> None:
    trace = an_optimized_trace()
    folder = str(Path(__file__).parents[3])
    assert folder not in json.dumps(json_document(trace))
    assert folder in json.dumps(json_document(trace, full_paths=True))


def test_the_file_names_of_another_system_lose_their_folders_too() -> None:
    document = json_document(an_optimized_trace())
    document["nodes"][2]["record"]["position"] = r"C:\Users\ann\agent.py:7"
    assert "Users" not in json.dumps(json_document(read_json(document)))


def test_a_value_that_is_no_json_becomes_a_stand_in_that_looks_like_it() -> None:
    array = node(np.array([None, 1]), "array")
    after = read_again(trace_of(array == 2))
    assert repr(after.nodes[0]) == repr(array)
    assert type(after.nodes[0]._value).__name__ == "ndarray"
    assert json_document(after)["nodes"][0]["value"]["digest"].startswith("sha256:")


@pytest.mark.parametrize("value", [(1, 2), {1, 2}, frozenset({"a"}), float("inf"), [1, {"a": None}], "ä\n", 2**200])
def test_values_come_back_with_their_type(value: Any) -> None:
    after = read_again(trace_of(node(value))).outputs[0]._value
    assert (type(after), after) == (type(value), value)


@pytest.mark.parametrize(
    "value",
    [
        {"pair": (1, (2, "x")), "all": {3, 1}},
        [float("inf"), -0.0, 1j],
        {1: "one", (2, 3): b"\x00\xff", None: frozenset()},
        {"$tuple": [1]},
        {"$dict": 1, "a": (1,)},
        b"",
        2 + 3j,
    ],
)
def test_values_that_json_has_no_word_for_come_back(value: Any) -> None:
    trace = trace_of(node(value))
    after = read_again(trace)
    assert (type(after.outputs[0]._value), after.outputs[0]._value) == (type(value), value)
    assert json_document(after) == json_document(trace)


@pytest.mark.parametrize("kind", ["float64", "<i4", "bool", "complex64", "U5", "uint8"])
@pytest.mark.parametrize("shape", [(), (0,), (2, 3)])
def test_arrays_come_back_with_their_shape_and_kind(kind: str, shape: tuple[int, ...]) -> None:
    array = np.arange(int(np.prod(shape))).reshape(shape).astype(kind)[()]  # without a shape it is a scalar
    after = read_again(trace_of(node({"data": [array]}))).outputs[0]._value["data"][0]
    np.testing.assert_array_equal(after, array)
    assert (after.shape, after.dtype) == (shape, array.dtype)


def test_a_dataclass_comes_back_as_a_record_of_the_same_name_and_fields() -> None:
    trace = trace_of(node([Point(1.0, ("a",)), Point(2.0)], "points"))
    after = read_again(trace)
    first = after.outputs[0]._value[0]
    assert (first.x, first.tags, type(first).__name__) == (1.0, ("a",), "Point")
    assert not isinstance(first, Point)
    assert after.to_text() == trace.to_text()
    assert json_document(after) == json_document(trace)


@pytest.mark.parametrize(
    "encoded",
    [
        {"$record": ["os.system", {"__class__": 1}]},
        {"$record": ["a b", {}]},
        {"$record": ["A", {"x y": 1}]},
        {"$record": ["A", {"class": 1}]},
        {"$record": ["A", 1]},
        {"$enum": ["Colour", "RED"]},
        {"$array": {"type": "O", "shape": [1], "bytes": "AAAA"}},
        {"$array": {"type": "f8", "shape": [99999999], "bytes": ""}},
        {"$set": [[1]]},
        {"$bytes": "?"},
        {"$what": 1},
        ["x" * 200_000],
    ],
)
def test_encoded_data_that_nothing_wrote_are_refused(encoded: Any) -> None:
    document = broken()
    document["nodes"][0]["value"] = {"encoded": encoded}
    with pytest.raises(InputError, match="not well formed"):
        read_json(document)


def test_documents_of_version_1_are_read() -> None:
    document = broken(version=1)
    document["nodes"][0]["value"] = {"json": [1, 2], "type": "tuple"}
    trace = read_json(document)
    assert trace.nodes[0]._value == (1, 2)
    assert json_document(trace)["version"] == 2


def test_nan_comes_back() -> None:
    assert np.isnan(read_again(trace_of(node(float("nan")))).outputs[0]._value)


@pytest.mark.parametrize(
    "value",
    [
        "x" * 200_000,
        list(range(200_000)),
        "\ud800",
        10**5000,
        object,
        np.zeros(50_000),
        b"x" * 200_000,
        Colour.RED,
        {"a": (1, object)},
        Shy(1, 2),
        [b"x" * 60_000, b"y" * 60_000],
    ],
    ids=[
        "long text",
        "long list",
        "half a surrogate pair",
        "huge number",
        "type",
        "long array",
        "long bytes",
        "enum",
        "a part that is no JSON",
        "record that hides a field",
        "too long together",
    ],
)
def test_a_value_that_is_too_large_or_no_json_is_only_previewed(value: Any) -> None:
    entry = json_document(trace_of(node(value)))["nodes"][0]["value"]
    assert "json" not in entry
    assert len(entry["preview"]) <= 4000
    json.dumps(entry).encode()


def test_a_value_that_holds_itself_is_only_previewed() -> None:
    circle: list[Any] = []
    circle.append(circle)
    assert "json" not in json_document(trace_of(node(circle)))["nodes"][0]["value"]


def test_a_change_in_place_is_still_seen_in_the_document() -> None:
    items = node([1, 2])
    total = items * 2
    items._value.append(9)
    after = read_again(trace_of(total))
    assert after.nodes[0].is_changed
    assert json_document(after)["nodes"][0]["before"] == "[1, 2]"


def test_a_part_of_a_trace_comes_back_as_that_part() -> None:
    far = node(1, "far") + 1
    parameter = node(2, "p", trainable=True)
    part = trace_of(far * parameter, [parameter])
    after = read_again(part)
    assert len(after.nodes) == len(part.nodes)
    assert [after.written(each) for each in after.nodes] == [part.written(each) for each in part.nodes]


def test_an_operation_is_written_once() -> None:
    total = node(0)
    for count in range(50):
        total = total + count
    assert len(json_document(trace_of(total))["operations"]) == 1


def test_a_file_is_written_and_read(tmp_path: Path) -> None:
    path = write_json(an_optimized_trace(), tmp_path / "trace.json")
    assert read_json(path).to_text() == read_json(str(path)).to_text() == an_optimized_trace().to_text()


def test_a_document_is_the_same_in_another_process(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import json\n"
        "from steepest.traces.exchange import json_document\n"
        "from steepest.traces.parameters import node\n"
        "from steepest.traces.trace import trace_of\n"
        "x = node({'b', 'a', 'c'}, 'x')\n"
        "print(json.dumps(json_document(trace_of((x | {'d'}) == x))))\n"
    )
    outputs = {subprocess.run([sys.executable, program], capture_output=True, check=True).stdout for _ in range(2)}
    assert len(outputs) == 1


def test_a_chain_of_many_nodes_is_written_and_read() -> None:
    total = node(0)
    for _ in range(30_000):
        total = total + 1
    assert read_again(trace_of(total)).outputs[0]._value == 30_000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ('{"format": "steepest-trace", "version": 1, "nodes": [NaN]}', "NaN is not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ("[]", "it is no trace"),
        ("{}", "it is no trace"),
        ('{"format": "steepest-trace", "version": 3}', "of version 3"),
        ('{"format": "steepest-trace", "version": 1}', "nodes: Field required"),
        ("no/such/file.json", "can't be read"),
        ("\0", "can't be read"),
        (b"\xff\xfe{", "not JSON"),
    ],
)
def test_what_is_no_document_is_refused(text: str | bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_json(text)


def test_a_truncated_document_is_refused_wherever_it_ends() -> None:
    text = json.dumps(json_document(an_optimized_trace()))
    for end in range(1, len(text), 41):
        with pytest.raises(InputError):
            read_json(text[:end])


def test_an_input_has_to_come_before_what_is_made_from_it() -> None:
    document = broken()
    document["nodes"][2]["inputs"] = [2, 1]
    with pytest.raises(InputError, match=r"nodes\[2\]: inputs: there is nothing at 2"):
        read_json(document)


@pytest.mark.parametrize("template", ["{0.__class__}", "{:>999999999}", "{", "{} {!r}", "{} {} {}"])
def test_a_template_can_only_hold_places_of_inputs(template: str) -> None:
    document = broken()
    document["operations"][1]["template"] = template
    with pytest.raises(InputError, match="not well formed"):
        read_json(document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("outputs",), [99]),
        (("outputs",), []),
        (("outputs",), [-1]),
        (("outputs",), [True]),
        (("feedback", 0, "outputs"), [99]),
        (("nodes", 0, "parameter", "feedback"), [5]),
        (("nodes", 0, "inputs"), [0]),
        (("nodes", 2, "operation"), 77),
        (("nodes", 0, "value"), {"json": [1], "type": "dict"}),
        (("nodes", 0, "value"), {"json": [[1]], "type": "set"}),
        (("nodes", 0, "value"), {"json": "x", "type": "float"}),
        (("nodes", 0, "value"), {"preview": "x", "type": "os.system"}),
        (("nodes", 0, "more"), 1),
        (("nodes", 2, "record", "seconds"), "1"),
        (("nodes",), {}),
    ],
)
def test_a_document_that_does_not_hold_together_is_refused(path: tuple[Any, ...], value: Any) -> None:
    document: Any = broken()
    place = document
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    with pytest.raises(InputError, match="not well formed"):
        read_json(document)


def test_data_that_holds_itself_is_refused() -> None:
    circle: list[Any] = []
    circle.append(circle)
    document = broken()
    document["nodes"][0]["value"] = {"json": circle}
    with pytest.raises(InputError, match="nested too deeply"):
        read_json(document)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(json_values)
def test_every_json_value_comes_back_as_it_was(value: Any) -> None:
    if isinstance(value, float) or "inf" not in repr(value):
        assert read_again(trace_of(node(value))).outputs[0]._value == value


@given(json_values, st.integers(0, 3))
def test_no_data_in_the_place_of_a_node_ends_in_another_error(value: Any, place: int) -> None:
    document = broken()
    document["nodes"][place] = value
    with pytest.raises(InputError):
        read_json(document)


def test_documents_meet_the_published_schema() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.validate(json_document(an_optimized_trace()), json_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken(outputs="x"), json_schema())


def test_the_published_schema_is_that_of_the_code() -> None:
    published = json.loads((DOCS / "trace-format.schema.json").read_text())
    assert published == json_schema(), "write json_schema() to docs/trace-format.schema.json"


def test_the_documentation_shows_a_document_that_can_be_read() -> None:
    text = (DOCS / "trace-format.md").read_text()
    example = text.partition("```json\n")[2].partition("```")[0]
    trace = read_json(example)
    assert json_document(trace) == json.loads(example)
