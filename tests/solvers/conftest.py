"""A formulation in a few lines, without the text reader: names with their heads, and what each is."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import pytest

from steepest.solvers.formulation import Formulation

Build: TypeAlias = Callable[..., Formulation]

_VARIABLE = re.compile(r"(\w+)(?: in (?P<low>.+?)\.\.(?P<high>.+))?(?: >= (?P<least>[^<]+))?(?: <= (?P<most>.+))?\Z")


def _named(text: str) -> dict[str, Any]:
    name, bracket, head = text.partition("[")
    return {"name": name, "index": head[:-1] if bracket else None}


def _parameter(content: object) -> dict[str, Any]:
    match content:
        case dict():
            cells = [(key if isinstance(key, tuple) else (key,), value) for key, value in content.items()]
            return {"values": [{"index": list(key), "value": value} for key, value in cells]}
        case "missing":
            return {"missing": True}
        case str() if content.startswith("="):
            return {"expression": content[1:]}
        case "table":
            return {"table": {"path": "data.csv"}}
    return {"value": content}


def _variable(text: str) -> dict[str, Any]:
    match = _VARIABLE.match(text)
    assert match is not None, text
    lower, upper = match["low"] or match["least"], match["high"] or match["most"]
    return {"domain": match[1], "lower": lower, "upper": upper}


def _set(content: object) -> dict[str, Any]:
    if content == "table":
        return {"table": {"path": "data.csv"}}
    if isinstance(content, dict):
        return {"families": [{"index": [key], "members": members} for key, members in content.items()]}
    return {"members": content}


@pytest.fixture(scope="session")
def build() -> Build:
    """Makes a formulation: `build(sets={"A": "1..3"}, variables={"x[A]": "real >= 0"}, minimize="...")`."""

    def make(
        sets: Mapping[str, object] | None = None,
        parameters: Mapping[str, object] | None = None,
        variables: Mapping[str, str] | None = None,
        lets: Mapping[str, str] | None = None,
        constraints: Mapping[str, str] | None = None,
        **objective: str,
    ) -> Formulation:
        return Formulation.model_validate(
            {
                "sets": [_named(name) | _set(content) for name, content in (sets or {}).items()],
                "parameters": [_named(name) | _parameter(content) for name, content in (parameters or {}).items()],
                "variables": [_named(name) | _variable(text) for name, text in (variables or {}).items()],
                "lets": [_named(name) | {"expression": text} for name, text in (lets or {}).items()],
                "objectives": [{"sense": sense, "expression": text} for sense, text in objective.items()],
                "constraints": [_named(name) | {"body": text} for name, text in (constraints or {}).items()],
            }
        )

    return make
