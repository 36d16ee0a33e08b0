"""Examples from what people have: lists, JSONL files, nothing at all."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from steepest.agents.optimizers.search.rollouts import Example
from steepest.errors import InputError
from steepest.traces.previews import preview

__all__ = ["Data", "digest_of_examples", "examples_of"]

Data: TypeAlias = Iterable[Any] | str | Path
"""Examples, or the path of a JSONL file with one on each line."""


def examples_of(data: Data | None, split: str = "data") -> list[Example]:
    """Examples with keys.

    An example that is a mapping with an `id` that no other one has is named by it, and any other by its place.

    Args:
        data: Examples, or a JSONL file; None for the one example of a workflow that takes none.
        split: What messages call it.

    Raises:
        InputError: There are none, or the file can't be read.
    """
    if data is None:
        return [Example("0", None)]
    found = _read(Path(data)) if isinstance(data, (str, Path)) else _listed(data, split)
    if not found:
        raise InputError(f"{split}: there are no examples{f' in {data}' if isinstance(data, (str, Path)) else ''}")
    ids = [each.get("id") if isinstance(each, Mapping) else None for each in found]
    are_names = all(isinstance(each, (str, int)) and not isinstance(each, bool) for each in ids)
    are_names = are_names and len({str(each) for each in ids}) == len(ids)
    return [Example(str(ids[place]) if are_names else str(place), each) for place, each in enumerate(found)]


def digest_of_examples(examples: Sequence[Example]) -> str:
    """Sixteen digits that change with any example; what JSON has no word for counts by its text."""
    written = hashlib.sha256()
    for each in examples:
        written.update(json.dumps([each.key, each.data], sort_keys=True, default=repr).encode())
    return written.hexdigest()[:16]


def _listed(data: Iterable[Any], split: str) -> list[Any]:
    if not isinstance(data, Iterable) or isinstance(data, (bytes, Mapping)):
        raise InputError(f"{split}: pass a list of examples or the path of a JSONL file, not {preview(data, 80)}")
    return list(data)


def _read(path: Path) -> list[Any]:
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is no UTF-8 text: {error}") from error
    return [_row(path, number, line) for number, line in enumerate(lines, start=1) if line.strip()]


def _row(path: Path, number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}, line {number}, is no JSON: {error}; write one example on each line") from error
