"""Data inside a page that is read when somebody asks for it: compressed parts, and JSON that no text in it can end."""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator
from gzip import compress
from itertools import count, islice
from typing import Any

from steepest.traces.rendering.markup import Markup, element

__all__ = ["PER_PART", "json_island", "packed_island", "parts"]

PER_PART = 25
"""Records that are unpacked together when one of them is opened."""


def parts(records: Iterable[Any]) -> Iterator[Markup]:
    """Elements that hold the records, gzipped and in base64, `PER_PART` in each; one after another, to be streamed."""
    waiting = iter(records)
    for number in count():
        batch = list(islice(waiting, PER_PART))
        if not batch:
            return
        yield packed_island(f"part{number}", batch)


def packed_island(name: str, document: Any) -> Markup:
    """A script element with JSON, gzipped and in base64."""
    packed = compress(_json(document).encode(), compresslevel=6, mtime=0)
    return element("script", Markup(b64encode(packed).decode()), type="application/gzip", id=name)


def json_island(name: str, document: Any) -> Markup:
    r"""A script element with JSON; what could end the element is written as `\u003c`."""
    text = _json(document)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return element("script", Markup(text), type="application/json", id=name)


def _json(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
