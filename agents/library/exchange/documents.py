"""A library as one JSON document: insights with their counts, and what labels mean. The history stays where it is."""

import json
from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from steepest.agents.library.exchange.parcels import Parcel
from steepest.agents.library.insights import Insight, Usage
from steepest.agents.library.labels import Definition
from steepest.agents.library.stores.protocol import Entry
from steepest.errors import InputError

__all__ = ["FORMAT", "document", "read_document"]

FORMAT = "steepest-library"


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    insight: Insight
    usage: Usage = Usage()


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["steepest-library"] = "steepest-library"
    version: Literal[1] = 1
    insights: tuple[_Kept, ...] = ()
    labels: tuple[Definition, ...] = ()


def document(entries: Iterable[Entry], definitions: Iterable[Definition]) -> str:
    """A library, or a part of it, as JSON text."""
    kept = tuple(_Kept(insight=each.insight, usage=each.usage) for each in entries)
    whole = _Document(insights=kept, labels=tuple(definitions))
    return json.dumps(whole.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n"


def read_document(value: object, name: str) -> Parcel:
    """What such a document holds.

    Args:
        value: The document, as `json.loads` gives it.
        name: The file, for messages.

    Raises:
        InputError: It is none, or a later version of steepest wrote it.
    """
    try:
        whole = _Document.model_validate_json(json.dumps(value))
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{name}: {'.'.join(map(str, first['loc']))}: {first['msg']}.") from error
    insights = {each.insight.id: each.insight for each in whole.insights}
    if len(insights) < len(whole.insights):
        raise InputError(f"{name}: it has two insights of one id.")
    return Parcel(insights, {each.insight.id: each.usage for each in whole.insights}, whole.labels)
