"""JSON records of a file with their places: JSON lines read one at a time, JSON documents read whole.

Numbers stay what the file writes (`NumberText`), since a label of 12.50 says more than the float 12.5.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Any, Protocol

from steepest.errors import InputError
from steepest.evals.datasets.findings import BadRecord

__all__ = ["Digest", "NumberText", "RepeatedKeys", "Row", "decode_json", "json_rows", "open_file"]

_LIMIT = 128 * 2**20
"""Bytes in a line, or in a file that is one JSON document."""

_OTHER_KINDS = (
    (b"\x1f\x8b", "a gzip file: unpack it first"),
    (b"PK\x03\x04", "a zip archive: unpack it first"),
    (b"BZh", "a bzip2 file: unpack it first"),
    (b"\xfd7zXZ", "an xz file: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a zstandard file: unpack it first"),
    (b"PAR1", "a Parquet file: write it as JSON lines first"),
    (b"\xff\xfe", "UTF-16 text: save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 text: save it as UTF-8"),
    (b"version https://git-lfs", "a Git LFS pointer, not the file itself: run `git lfs pull` in its repository"),
    (b"<!DOCTYPE", "a web page: download the raw file"),
    (b"<html", "a web page: download the raw file"),
)


class Digest(Protocol):
    """A hash that takes what is read."""

    def update(self, data: bytes, /) -> None:
        """Take some bytes."""


class NumberText(str):
    """A number as the file writes it."""

    __slots__ = ()


class RepeatedKeys(dict[str, Any]):
    """An object in which a key stands more than once; the last value counts, as in Python's own reader."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.repeated = [key for key, times in Counter(key for key, _ in pairs).items() if times > 1]


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a file, or why there is none."""

    place: str
    number: str
    """Its position from 0, or its key in a file that is one object."""
    value: dict[str, Any] | None
    trouble: str = ""


def json_rows(path: Path, digest: Digest) -> Iterator[Row]:
    """Read the records of a JSON lines file, of a JSON array, or of one object that holds objects.

    `digest` is fed all bytes of the file.

    Raises:
        InputError: The file can't be read, is empty or is of another kind.
    """
    with open_file(path) as stream:
        lines = _lines(stream, path, digest)
        head: list[tuple[int, bytes]] = []
        for number, line in lines:
            head.append((number, line))
            if sum(1 for _, text in head if text.strip()) == 2:
                break
        written = [(number, text) for number, text in head if text.strip()]
        if not written:
            raise InputError(f"{path} is empty")
        if _is_json_lines(written):
            yield from _line_rows(path, chain(head, lines))
        else:
            yield from _document_rows(path, b"".join(line for _, line in chain(head, lines)))


def decode_json(text: str) -> Any:
    """Read JSON with numbers as they are written.

    Raises:
        BadRecord: It is no JSON, or nested too deeply.
    """
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise BadRecord(f"no JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise BadRecord("JSON that is nested too deeply") from error


def open_file(path: Path) -> IO[bytes]:
    """Open a file for reading.

    Raises:
        InputError: It is not there, is no regular file, or may not be read.
    """
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"{path} is no regular file")
        return path.open("rb")
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror or error}") from error
    except ValueError as error:  # a zero byte in the name
        raise InputError(f"{str(path)!r} can't be read: {error}") from error


def decoded(line: bytes) -> str:
    """A line as text.

    Raises:
        BadRecord: It is not UTF-8.
    """
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRecord(f"not UTF-8 text: byte {error.start + 1} can't be read") from error


def _lines(stream: IO[bytes], path: Path, digest: Digest) -> Iterator[tuple[int, bytes]]:
    number = 0
    try:
        while line := stream.readline(_LIMIT + 1):
            number += 1
            digest.update(line)
            if number == 1:
                _refuse_other_kinds(path, line)
                line = line.removeprefix(b"\xef\xbb\xbf")
            if len(line) > _LIMIT:
                raise InputError(f"{path}, line {number} is longer than {_LIMIT // 2**20} MiB")
            yield number, line
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror or error}") from error


def _refuse_other_kinds(path: Path, start: bytes) -> None:
    for mark, kind in _OTHER_KINDS:
        if start.startswith(mark):
            raise InputError(f"{path} is {kind}")
    if b"\0" in start[:4096]:
        raise InputError(f"{path} is no text")


def _is_json_lines(written: list[tuple[int, bytes]]) -> bool:
    """Whether a file is JSON lines, told by its first two lines that are not blank."""
    if written[0][1].lstrip().startswith(b"["):
        return False
    values = [_object_or_none(line) for _, line in written]
    if len(values) == 1:
        return values[0] is None or not _is_keyed(values[0])
    return any(value is not None for value in values)


def _object_or_none(line: bytes) -> dict[str, Any] | None:
    try:
        value = decode_json(decoded(line))
    except BadRecord:
        return None
    return value if isinstance(value, dict) else None


def _line_rows(path: Path, lines: Iterator[tuple[int, bytes]]) -> Iterator[Row]:
    written = ((number, line) for number, line in lines if line.strip())
    for position, (number, line) in enumerate(written):
        place = f"{path}:{number}"
        try:
            value = decode_json(decoded(line))
        except BadRecord as error:
            yield Row(place, str(position), None, str(error).replace("at line 1, column", "at column"))
            continue
        yield _row(place, str(position), value)


def _document_rows(path: Path, content: bytes) -> Iterator[Row]:
    if len(content) > _LIMIT:
        raise InputError(f"{path} is one JSON document of more than {_LIMIT // 2**20} MiB: write it as JSON lines")
    try:
        value = decode_json(decoded(content))
    except BadRecord as error:
        raise InputError(f"{path}: {error}") from error
    if isinstance(value, list):
        for position, item in enumerate(value):
            yield _row(f"{path}, record {position + 1}", str(position), item)
    elif isinstance(value, dict) and _is_keyed(value):
        for key, item in value.items():
            yield _row(f'{path}, "{key}"', key, item)
    else:
        yield _row(str(path), "0", value)


def _is_keyed(value: dict[str, Any]) -> bool:
    """Whether an object is a table of records rather than a record."""
    return bool(value) and all(isinstance(item, dict) for item in value.values())


def _row(place: str, number: str, value: object) -> Row:
    if isinstance(value, RepeatedKeys):
        return Row(place, number, None, f'the key "{value.repeated[0]}" stands more than once')
    if isinstance(value, dict):
        return Row(place, number, value)
    return Row(place, number, None, f"an object was expected, here is {_kind(value)}")


def _kind(value: object) -> str:
    if isinstance(value, NumberText):
        return "a number"
    return {str: "a string", list: "a list", bool: "true or false"}.get(type(value), "null")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else RepeatedKeys(pairs)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=NumberText, parse_int=NumberText, parse_constant=NumberText
)
