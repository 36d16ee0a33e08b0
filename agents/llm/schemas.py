"""JSON schemas in the dialects that the providers' structured outputs take.

Providers take a strict subset of JSON schema: closed objects whose keys are all required, few constraints.
A schema that cannot be said in it (dictionaries with free keys, tuples) is refused here, because the
providers' own SDKs send something else in its place without a word.
"""

from collections.abc import Iterable
from typing import Any

from steepest.errors import InputError

__all__ = ["closed_schema", "strict_schema"]

UNSUPPORTED = frozenset(
    """
    $comment $id $schema contains contentEncoding contentMediaType default dependentRequired dependentSchemas
    deprecated discriminator else examples format if maxContains maxLength maxProperties minContains minLength
    minProperties not propertyNames readOnly then title unevaluatedItems unevaluatedProperties uniqueItems
    writeOnly
    """.split()  # noqa: SIM905 (a list of quoted words is three times as long and no easier to read)
)
BOUNDS = frozenset(
    [
        "exclusiveMaximum",
        "exclusiveMinimum",
        "maxItems",
        "maximum",
        "minItems",
        "minimum",
        "multipleOf",
        "pattern",
    ]
)
NAMED_SCHEMAS = ("$defs", "definitions", "properties")


def strict_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """`schema` in the subset that OpenAI's strict structured outputs take.

    Objects are closed and all their keys required, `oneOf` becomes `anyOf`, and constraints that the subset
    does not know are left out: check the reply against the full schema.

    Raises:
        InputError: The schema has a dictionary with free keys or a tuple; use a list of records.
    """
    return _closed(_rooted(schema), "$", UNSUPPORTED)


def closed_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """`schema` in the subset that Anthropic's structured outputs take: the strict one without bounds.

    Raises:
        InputError: The schema has a dictionary with free keys or a tuple; use a list of records.
    """
    return _closed(_rooted(schema), "$", UNSUPPORTED | BOUNDS)


def _rooted(schema: dict[str, Any]) -> dict[str, Any]:
    """`schema` with its root written out: pydantic makes it a reference when the type contains itself."""
    reference = schema.get("$ref", "")
    place, _, name = reference.rpartition("/")
    if place != "#/$defs":
        return schema
    named = schema.get("$defs", {})
    if name not in named:
        raise InputError(f"Structured output: the schema's root refers to {reference}, which it lacks.")
    return {**named[name], "$defs": named}


def _closed(schema: dict[str, Any], place: str, dropped: frozenset[str]) -> dict[str, Any]:
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}  # siblings of a reference are refused by the providers
    if "prefixItems" in schema:
        raise InputError(f"Structured output at {place}: a tuple cannot be asked for; use a record.")
    if len(schema.get("allOf", ())) == 1:
        schema = {**schema["allOf"][0], **{key: value for key, value in schema.items() if key != "allOf"}}
        return _closed(schema, place, dropped)
    kept = {key: value for key, value in schema.items() if key not in dropped}
    if "oneOf" in kept:
        kept["anyOf"] = kept.pop("oneOf")
    for key in NAMED_SCHEMAS:
        if key in kept:
            kept[key] = {name: _part(part, f"{place}.{name}", dropped) for name, part in kept[key].items()}
    for key in ("anyOf", "allOf"):
        if key in kept:
            kept[key] = [_part(part, place, dropped) for part in kept[key]]
    if "items" in kept:
        kept["items"] = _part(kept["items"], f"{place}[]", dropped)
    return _close_object(kept, place)


def _part(schema: Any, place: str, dropped: frozenset[str]) -> dict[str, Any]:
    if not isinstance(schema, dict):
        raise InputError(f"Structured output at {place}: {schema!r} is not a schema of its own; write it out.")
    return _closed(schema, place, dropped)


def _close_object(schema: dict[str, Any], place: str) -> dict[str, Any]:
    if not _names(schema.get("type"), "object") and "properties" not in schema:
        return schema
    if schema.get("additionalProperties") or "patternProperties" in schema or "properties" not in schema:
        raise InputError(
            f"Structured output at {place}: an object with free keys cannot be asked for; "
            "use a list of records such as [{name, value}]."
        )
    return schema | {"additionalProperties": False, "required": list(schema["properties"])}


def _names(declared: str | Iterable[str] | None, name: str) -> bool:
    return declared == name if isinstance(declared, str) or declared is None else name in declared
