from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from steepest.agents.llm.schemas import BOUNDS, UNSUPPORTED, closed_schema, strict_schema
from steepest.errors import InputError


class Item(BaseModel):
    name: str = Field(default="x", max_length=9, description="what it is called")
    count: int = Field(ge=0)
    parts: list["Item"] = []


class Circle(BaseModel):
    kind: Literal["circle"]


class Square(BaseModel):
    kind: Literal["square"]


class Drawing(BaseModel):
    shape: Annotated[Circle | Square, Field(discriminator="kind")]
    note: str | None = None


def objects(schema):
    """Every schema of an object inside `schema`."""
    if isinstance(schema, list):
        return [found for part in schema for found in objects(part)]
    if not isinstance(schema, dict):
        return []
    own = [schema] if isinstance(schema.get("properties"), dict) else []
    return own + [found for part in schema.values() for found in objects(part)]


@pytest.mark.parametrize("model", [Item, Drawing])
@pytest.mark.parametrize("close", [strict_schema, closed_schema])
def test_all_objects_are_closed_and_all_keys_required(model, close):
    found = objects(close(model.model_json_schema()))
    assert found
    for schema in found:
        assert schema["additionalProperties"] is False
        assert schema["required"] == list(schema["properties"])


def test_unknown_keywords_go_and_descriptions_stay():
    name = strict_schema(Item.model_json_schema())["$defs"]["Item"]["properties"]["name"]
    assert name == {"description": "what it is called", "type": "string"}


def test_bounds_stay_for_openai_and_go_for_anthropic():
    schema = Item.model_json_schema()
    assert strict_schema(schema)["$defs"]["Item"]["properties"]["count"] == {"minimum": 0, "type": "integer"}
    assert closed_schema(schema)["$defs"]["Item"]["properties"]["count"] == {"type": "integer"}


def test_unions_become_any_of_and_references_stand_alone():
    shape = strict_schema(Drawing.model_json_schema())["properties"]["shape"]
    assert shape == {"anyOf": [{"$ref": "#/$defs/Circle"}, {"$ref": "#/$defs/Square"}]}


def test_a_type_that_contains_itself_has_its_root_written_out():
    schema = strict_schema(Item.model_json_schema())
    assert schema["type"] == "object"
    assert schema["properties"]["parts"] == {"type": "array", "items": {"$ref": "#/$defs/Item"}}


def test_a_root_that_refers_to_nothing_is_told():
    with pytest.raises(InputError, match="Nowhere"):
        strict_schema({"$ref": "#/$defs/Nowhere"})


def test_a_single_all_of_is_merged():
    schema = {"properties": {"a": {"allOf": [{"$ref": "#/$defs/A"}], "description": "d"}}}
    assert strict_schema(schema)["properties"]["a"] == {"$ref": "#/$defs/A"}


def test_a_property_may_have_a_keyword_s_name():
    class Titled(BaseModel):
        title: str
        format: str

    assert list(strict_schema(Titled.model_json_schema())["properties"]) == ["title", "format"]


def test_the_given_schema_is_not_changed():
    schema = Item.model_json_schema()
    before = repr(schema)
    strict_schema(schema)
    assert repr(schema) == before


class Table(BaseModel):
    prices: dict[str, float]


class Pair(BaseModel):
    ends: tuple[int, int]


@pytest.mark.parametrize(("model", "place"), [(Table, r"\$\.prices.*list of records"), (Pair, r"\$\.ends.*tuple")])
@pytest.mark.parametrize("close", [strict_schema, closed_schema])
def test_dictionaries_and_tuples_are_refused_with_their_place(model, place, close):
    with pytest.raises(InputError, match=place):
        close(model.model_json_schema())


leaves = st.fixed_dictionaries(
    {"type": st.sampled_from(["string", "integer", "null"])},
    optional={"minimum": st.integers(), "title": st.text(), "default": st.none()},
)
schemas = st.recursive(
    leaves,
    lambda inner: (
        st.fixed_dictionaries(
            {"type": st.just("object"), "properties": st.dictionaries(st.text(max_size=3), inner, max_size=3)}
        )
        | st.fixed_dictionaries({"type": st.just("array"), "items": inner})
        | st.fixed_dictionaries({"oneOf": st.lists(inner, min_size=1, max_size=3)})
    ),
    max_leaves=8,
)


@given(schemas)
def test_a_strict_schema_is_strict_already(schema):
    once = strict_schema(schema)
    assert strict_schema(once) == once


@given(schemas)
def test_no_refused_keyword_is_left(schema):
    def keywords(part):
        yield from part.keys() - {"properties"}
        for child in [*part.get("properties", {}).values(), *part.get("anyOf", ())]:
            yield from keywords(child)
        if "items" in part:
            yield from keywords(part["items"])

    assert not set(keywords(closed_schema(schema))) & (UNSUPPORTED | BOUNDS)
