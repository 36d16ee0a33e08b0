"""Reads what a model answers to LLAMBO's questions: points of a space, and the scores that it expects of points."""

import json
import math
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from steepest.agents.optimizers.fitting import fit
from steepest.agents.optimizers.numeric.space import Space, options_of
from steepest.agents.optimizers.replies import UnusableReply, json_object
from steepest.agents.optimizers.search.values import Component, Rejection, Value, Values, short
from steepest.errors import SteepestError
from steepest.prompts import OutputForm

__all__ = ["Points", "points_reader", "points_schema", "scores_reader", "scores_schema"]

_LINE = re.compile(r"^\W*(\d+)\W*[:=]\s*([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Points:
    """Points that can be used, and why others can't."""

    usable: tuple[Values, ...]
    rejections: tuple[Rejection, ...] = ()


def points_schema(space: Space) -> dict[str, Any]:
    """The JSON schema of a reply with points."""
    point = _closed(**{each.name: _value_schema(each) for each in space.components})
    return _closed(points={"type": "array", "items": point})


def scores_schema() -> dict[str, Any]:
    """The JSON schema of a reply with scores."""
    entry = _closed(number={"type": "integer"}, score={"type": "number"})
    return _closed(scores={"type": "array", "items": entry})


def points_reader(space: Space, form: OutputForm) -> Callable[[str], Points]:
    """Reads a reply with points: those that lie in the space are usable, whatever the others are.

    What it returns raises `UnusableReply` if no point is usable.
    """

    def read(text: str) -> Points:
        said = _listed(text, "points") if form == "json" else _objects_on_lines(text)
        usable: list[Values] = []
        rejections: list[Rejection] = []
        for each in said:
            try:
                usable.append(_point(space, each))
            except UnusableReply as error:
                rejections += error.rejections
        if not usable:
            raise UnusableReply(rejections or "there is no point in the reply: give each as a JSON object")
        return Points(tuple(usable), tuple(rejections))

    return read


def scores_reader(count: int, form: OutputForm) -> Callable[[str], list[float]]:
    """Reads a reply with a score for each of so many points, in their order.

    What it returns raises `UnusableReply` if one has no score, or two.
    """

    def read(text: str) -> list[float]:
        said = _numbered(text) if form == "json" else [(int(each[1]), each[2]) for each in _LINE.finditer(text)]
        found: dict[int, float] = {}
        for number, score in said:
            if number in found:
                raise UnusableReply(f"point {number} has two scores: give it one")
            found[number] = _finite(number, score)
        missing = [str(number) for number in range(1, count + 1) if number not in found]
        if missing:
            raise UnusableReply(f"there is no score for point {', '.join(missing)}: give one for each, by its number")
        return [found[number] for number in range(1, count + 1)]

    return read


def _closed(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _value_schema(component: Component) -> dict[str, Any]:
    options = options_of(component)
    if component.kind == "boolean":
        return {"type": "boolean"}
    if options and all(isinstance(each, str) for each in options):
        return {"type": "string", "enum": list(options)}
    if options:  # of several types: what it is, is read as its choices are
        return {"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}]}
    return {"type": "integer" if component.kind == "integer" else "number"}


def _objects_on_lines(text: str) -> list[Any]:
    found: list[Any] = []
    for line in text.splitlines():
        start = line.find("{")
        if start < 0:
            continue
        try:
            found.append(json.loads(line[start:].rstrip().rstrip(",]")))
        except (ValueError, RecursionError) as error:
            found.append(UnusableReply([Rejection(f"a line is no JSON object: {error}", value=short(line))]))
    return found


def _listed(text: str, key: str) -> list[Any]:
    said = json_object(text, keys=(key,)).get(key)
    if not isinstance(said, list):
        raise UnusableReply(f"`{key}` has to be a list")
    return said


def _numbered(text: str) -> list[tuple[int, Any]]:
    found = []
    for each in _listed(text, "scores"):
        if not isinstance(each, dict) or not isinstance(each.get("number"), int):
            raise UnusableReply("each entry of `scores` has to be an object with `number` and `score`")
        found.append((each["number"], each.get("score")))
    return found


def _finite(number: int, score: Any) -> float:
    try:
        value = float(score)
    except (TypeError, ValueError, OverflowError):
        value = math.nan
    if isinstance(score, bool) or not math.isfinite(value):
        raise UnusableReply(f"the score of point {number} is {short(score)}: it has to be a plain number")
    return value


def _point(space: Space, said: Any) -> Values:
    """A point as the components can have it.

    Raises:
        UnusableReply: It lacks a setting, has another one, or a value that its component can't have.
    """
    if isinstance(said, UnusableReply):
        raise said
    if not isinstance(said, dict):
        raise UnusableReply([Rejection("a point has to be a JSON object", value=short(said))])
    names = [each.name for each in space.components]
    _check_names(names, said)
    values: dict[str, Value] = {}
    rejections = []
    for component in space.components:
        try:
            values[component.name] = fit(component, said[component.name])
        except SteepestError as error:
            rejections.append(Rejection(str(error), component.name, short(said[component.name])))
    if rejections:
        raise UnusableReply(rejections)
    return values


def _check_names(names: Sequence[str], said: Collection[str]) -> None:
    missing = [name for name in names if name not in said]
    unknown = [name for name in said if name not in names]
    if missing or unknown:
        parts = [f"lacks {', '.join(missing)}"] if missing else []
        parts += [f"has {', '.join(unknown)}, which is no setting"] if unknown else []
        raise UnusableReply([Rejection(f"a point {' and '.join(parts)}", value=short(said))])
