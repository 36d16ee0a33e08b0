"""Copies of containers that a function gets in the place of those that hold nodes: plain values, as it expects.

What it changes in them in place (`messages.append(...)`) is done to the containers themselves when the call is over,
as it would be without nodes. What stays keeps its nodes.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class WorkingCopy(NamedTuple):
    """A container and its copy, with the parts of both as they were when the copy was made, in the same order."""

    original: Any
    copy: Any
    parts: list[Any]
    """Of the original, nodes among them; of a dict, the values."""
    before: list[Any]
    """The same of the copy."""
    keys: dict[Any, Any]
    """Of a dict: those of the original by those of the copy."""


def working_copy(original: Any, copy: Any, held: list[Any]) -> WorkingCopy:
    """A copy that has just been made.

    Args:
        original: The container; other threads may have changed it since it was copied.
        copy: Its copy.
        held: What it held when it was copied: items, or of a dict pairs of key and value.
    """
    if isinstance(copy, dict):
        keys = {new: old for new, (old, _) in zip(copy, held, strict=False)}  # two keys may have become one
        return WorkingCopy(original, copy, [part for _, part in held], list(copy.values()), keys)
    return WorkingCopy(original, copy, held, list(copy), {})


def carry_back(copies: Iterable[WorkingCopy]) -> None:
    """Do to the containers what was done to their copies.

    Only the changes: what other threads and tasks have put in meanwhile stays.
    """
    copies = list(copies)
    changed = [each for each in copies if not _is_unchanged(each)]
    if not changed:
        return
    origins = {id(each.copy): each.original for each in copies}
    for each in copies:
        origins |= {id(new): old for new, old in zip(each.before, each.parts, strict=False) if new is not old}
    for each in changed:
        if isinstance(each.copy, dict):
            _carry_entries(each, origins)
        elif isinstance(each.copy, set):
            each.original.difference_update(set(each.before) - each.copy)
            each.original.update(each.copy - set(each.before))
        elif not isinstance(each.copy, (tuple, frozenset)):
            _carry_items(each, origins)


def _is_unchanged(each: WorkingCopy) -> bool:
    now = list(each.copy.values()) if isinstance(each.copy, dict) else list(each.copy)
    is_same = len(now) == len(each.before) and all(map(_is, now, each.before))
    return is_same and (not isinstance(each.copy, dict) or list(each.copy) == list(each.keys))


def _is(one: object, other: object) -> bool:
    return one is other


def _carry_entries(each: WorkingCopy, origins: Mapping[int, Any]) -> None:
    before = dict(zip(each.keys, each.before, strict=False))
    for key in before.keys() - each.copy.keys():
        each.original.pop(each.keys[key], None)
    for key, part in each.copy.items():
        if key not in before or part is not before[key]:
            each.original[each.keys.get(key, key)] = origins.get(id(part), part)


def _carry_items(each: WorkingCopy, origins: Mapping[int, Any]) -> None:
    now = list(each.copy)
    same = map(_is, now, each.before)
    stays = next((place for place, is_same in enumerate(same) if not is_same), min(len(now), len(each.before)))
    if stays == len(each.before):
        each.original.extend(origins.get(id(part), part) for part in now[stays:])
        return
    each.original.clear()
    each.original.extend([*each.parts[:stays], *(origins.get(id(part), part) for part in now[stays:])])
