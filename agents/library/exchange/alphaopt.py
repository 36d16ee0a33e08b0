"""AlphaOPT's own files (arXiv 2510.18428): `library.json`, a list of insights, and the dictionary of their taxonomy.

What has no place in an insight of ours (counters, which tasks it served, the order) is kept beside it, so that the
export gives back what was read; what was changed since is written as it is now.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from steepest.agents.library.exchange.parcels import Parcel
from steepest.agents.library.insights import Insight, Provenance, Usage
from steepest.agents.library.labels import Definition, Label
from steepest.agents.library.stores.protocol import Entry
from steepest.errors import InputError

__all__ = ["as_json", "library_json", "read_library", "read_taxonomy", "taxonomy_json"]

_KEY = "alphaopt"
"""In `foreign`."""
_TEXTS = ("condition", "explanation", "example")
_NONE = "general"
"""Level 2 of a label that has none in the file."""
_KINDS = ("positive", "negative", "unretrieved", "irrelevant", "invalid")


def read_library(value: object, name: str, *, prefix: str = "alphaopt") -> Parcel:
    """The insights of a `library.json`.

    Args:
        value: The file, as `json.loads` gives it.
        name: The file, for messages.
        prefix: Of the ids, which are numbers in these files: `alphaopt-12`.

    Raises:
        InputError: It is no such file, or an insight lacks something; the message says which.
    """
    if not isinstance(value, list):
        raise InputError(f"{name}: it is no list of insights.")
    insights: dict[str, Insight] = {}
    usage: dict[str, Usage] = {}
    for place, record in enumerate(value):
        where = f"{name}, insight {place + 1}"
        if not isinstance(record, dict) or "insight_id" not in record:
            raise InputError(f"{where}: it is no insight of AlphaOPT, which is an object with `insight_id`.")
        insight = _insight(record, place, prefix, where)
        if insight.id in insights:
            raise InputError(f"{where}: there are two of insight_id {record['insight_id']}.")
        insights[insight.id] = insight
        usage[insight.id] = _usage(record.get("distribution"))
    return Parcel(insights, usage)


def library_json(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Insights as `library.json` has them: those that were read from one in its order, then the others."""
    listed = sorted(entries, key=lambda each: (_kept(each.insight).get("position", float("inf")), each.insight.id))
    numbers = [_kept(each.insight).get("fields", {}).get("insight_id") for each in listed]
    next_number = max((number for number in numbers if isinstance(number, int)), default=0) + 1
    records: list[dict[str, Any]] = []
    for entry, number in zip(listed, numbers, strict=True):
        records.append(_record(entry, next_number if number is None else number))
        next_number += number is None
    return records


def read_taxonomy(value: object, name: str) -> Parcel:
    """What a dictionary of labels says: {track: {level 1: {level 2: {definition, condition}}}}.

    Raises:
        InputError: It is no such file.
    """
    if not isinstance(value, dict):
        raise InputError(f"{name}: it is no dictionary of labels.")
    found: dict[str, Definition] = {}
    for path, told in _leaves(value, name):
        if not path:
            continue
        label = _label(path)
        text = told if isinstance(told, dict) else {}
        places = [[*path, told]]
        if label.key in found:  # the same label in another spelling
            places = [*found[label.key].foreign[_KEY], *places]  # type: ignore[misc]
        found.setdefault(
            label.key,
            Definition(
                label=label,
                definition=str(text.get("definition") or ""),
                condition=str(text.get("condition") or ""),
                is_given=len(path) == len(Label._fields),
            ),
        )
        found[label.key] = found[label.key].model_copy(update={"foreign": {_KEY: places}})
    return Parcel(definitions=tuple(found.values()))


def taxonomy_json(definitions: Iterable[Definition]) -> dict[str, Any]:
    """Labels as such a dictionary; those that nobody has said anything of are left out."""
    whole: dict[str, Any] = {}
    for each in definitions:
        kept = each.foreign.get(_KEY)
        if isinstance(kept, list):
            for place, (*path, told) in enumerate(kept):
                _put(whole, path, told if place else _told(each, told))
        elif each.definition or each.condition:
            _put(whole, list(each.label), {"definition": each.definition, "condition": each.condition})
    return whole


def _insight(record: Mapping[str, Any], place: int, prefix: str, where: str) -> Insight:
    texts = {key: record[key] for key in _TEXTS if isinstance(record.get(key), str)}
    number = record["insight_id"]
    try:
        insight = Insight(
            id=f"{prefix}-{number}",
            labels=tuple(_labels(record.get("taxonomy"))),
            **{"condition": "", "explanation": "", **texts},
            status="active",
            provenance=Provenance(
                tasks=_tasks(record.get("task_id")),
                source="AlphaOPT",
                merged=tuple(f"{prefix}-{each}" for each in _flat(record.get("merged_from"))),
            ),
        )
    except ValidationError as error:
        first = error.errors()[0]
        said = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise InputError(f"{where} (insight_id {number}): {said}.") from error
    fields = {key: value for key, value in record.items() if key not in _TEXTS or value != getattr(insight, key)}
    kept = {"position": place, "fields": fields, "lacks": [key for key in _TEXTS if key not in record]}
    return insight.model_copy(update={"foreign": {_KEY: kept}})


def _usage(distribution: object) -> Usage:
    """AlphaOPT's diagnosis as counts: positive is helped, negative, which misled, is hurt."""
    if not isinstance(distribution, dict):
        return Usage()
    tasks = {kind: set(_flat(distribution.get(kind))) for kind in _KINDS}
    retrieved = tasks["positive"] | tasks["negative"] | tasks["irrelevant"] | tasks["invalid"]
    helped, hurt = len(tasks["positive"]), len(tasks["negative"])
    return Usage(retrieved=len(retrieved), used=len(retrieved), helped=helped, hurt=hurt)


def _record(entry: Entry, number: object) -> dict[str, Any]:
    insight = entry.insight
    fields, lacks = _kept(insight).get("fields", {}), _kept(insight).get("lacks", ())
    record: dict[str, Any] = {
        "insight_id": number,
        "taxonomy": _taxonomy_of(insight),
        **{key: getattr(insight, key) for key in _TEXTS},
        "iteration": None,
        "version": 1,
        "task_id": list(insight.provenance.tasks),
        "occurrence": entry.usage.retrieved,
        "distribution": {kind: [] for kind in _KINDS},
    }
    if not fields:
        return record
    record = {key: value for key, value in record.items() if key in fields or key in _TEXTS} | fields
    if tuple(_labels(fields.get("taxonomy"))) != insight.labels:
        record["taxonomy"] = _taxonomy_of(insight)
    if _tasks(fields.get("task_id")) != insight.provenance.tasks:
        record["task_id"] = list(insight.provenance.tasks)
    for key in _TEXTS:
        if key not in fields or _stripped(fields[key]) != getattr(insight, key):
            record[key] = getattr(insight, key)
    return {key: value for key, value in record.items() if value or key not in lacks}


def _kept(insight: Insight) -> Mapping[str, Any]:
    kept = insight.foreign.get(_KEY)
    return kept if isinstance(kept, dict) else {}


def _taxonomy_of(insight: Insight) -> dict[str, dict[str, list[str]]]:
    whole: dict[str, dict[str, list[str]]] = {}
    for track, level1, level2 in insight.labels:
        names = whole.setdefault(track, {}).setdefault(level1, [])
        names += [level2] if level2 != _NONE else []
    return whole


def _labels(taxonomy: object) -> Iterator[Label]:
    """The labels in an insight's taxonomy; one that stops at level 1, or is empty, is general below."""
    found = [_label(path) for path, _ in _leaves(taxonomy, "") if path] if isinstance(taxonomy, dict) else []
    yield from {label.key: label for label in found}.values() or [Label("AlphaOPT", _NONE, _NONE)]


def _leaves(value: object, name: str, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Paths of up to three names, and what stands at their end."""
    if len(path) == len(Label._fields):
        yield path, value
    elif isinstance(value, dict) and value:
        for key, below in value.items():
            yield from _leaves(below, name, (*path, str(key)))
    elif isinstance(value, list) and value and len(path) == len(Label._fields) - 1:
        yield from (((*path, str(each)), None) for each in value)
    elif not value or not name:
        yield path, value
    else:
        raise InputError(f"{name}: below {' > '.join(path)} there is {value!r}, and no labels.")


def _label(path: Iterable[str]) -> Label:
    names = [" ".join(part.replace(">", "›").split()) or _NONE for part in path]
    return Label(*names, *[_NONE] * (len(Label._fields) - len(names)))


def _put(whole: dict[str, Any], path: list[str], told: object) -> None:
    if not path:
        return
    for name in path[:-1]:
        whole = whole.setdefault(name, {})
    whole[path[-1]] = told


def _told(definition: Definition, told: object) -> object:
    """What a file says of a label, with what was changed since."""
    text = told if isinstance(told, dict) else {}
    now = {"definition": definition.definition, "condition": definition.condition}
    changed = {key: value for key, value in now.items() if value != str(text.get(key) or "")}
    return {**text, **changed} if changed else told


def _tasks(value: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(str, _flat(value))))


def _flat(value: object) -> list[Any]:
    """One id, or a list of them, or lists within it."""
    if isinstance(value, list):
        return [each for part in value for each in _flat(part)]
    return [] if value is None else [value]


def _stripped(value: object) -> object:
    return value.strip() if isinstance(value, str) else value or ""


def as_json(value: object) -> str:
    """JSON as AlphaOPT writes it."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
