"""Examples from what people have: lists, JSONL files, nothing at all."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from steepest.agents.optimizers.search.rollouts import Example
from steepest.errors import InputError
from steepest.traces.modules.encoding import encoded
from steepest.traces.previews import preview

__all__ = ["Data", "digest_of_examples", "examples_of"]

Data: TypeAlias = Iterable[Any] | str | Path
"""Examples, or the path of a file with one on each line as JSON, or with a JSON array of them."""


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


def digest_of_examples(examples: Sequence[Example], split: str = "data") -> str:
    """Sixteen digits that change with any example, and are the same in every process.

    Raises:
        InputError: An example holds what can't be said exactly, such as an object of a class of one's own.
    """
    written = hashlib.sha256()
    for each in examples:
        written.update(_written(each, split).encode() + b"\n")
    return written.hexdigest()[:16]


def _written(example: Example, split: str) -> str:
    try:
        return json.dumps([example.key, encoded(example.data)], sort_keys=True)
    except (InputError, RecursionError) as error:
        why = error if isinstance(error, InputError) else "it holds itself"
        raise InputError(
            f"{split}: the example {example.key} can't be told from others in the folder of a search: {why}; make it "
            "of texts, numbers, arrays of numbers, lists, dicts and dataclasses, or leave out out="
        ) from error


def _listed(data: Iterable[Any], split: str) -> list[Any]:
    if not isinstance(data, Iterable) or isinstance(data, (bytes, Mapping)):
        raise InputError(f"{split}: pass a list of examples or the path of a JSONL file, not {preview(data, 80)}")
    return list(data)


def _read(path: Path) -> list[Any]:
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is no UTF-8 text: {error}") from error
    if text.lstrip().startswith("[") and (rows := _array(text)) is not None:
        return rows
    return [_row(path, number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]


def _array(text: str) -> list[Any] | None:
    """The rows of a file that is one JSON array; None if it is none."""
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return rows if isinstance(rows, list) else None


def _row(path: Path, number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        hint = "; CSV has to be turned into JSON lines" if path.suffix.lower() in (".csv", ".tsv") else ""
        raise InputError(
            f"{path}, line {number}, is no JSON: {error}; write one example on each line, or one array of them{hint}"
        ) from error
