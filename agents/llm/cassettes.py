"""Recorded exchanges as readable JSON: tests and demonstrations that need no model.

A cassette is keyed by the whole request. Asked something else, a recorded model fails and shows the nearest
request that it knows, because an answer to another question would be a lie.
"""

import difflib
import json
import os
import threading
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from steepest.agents.llm.chat import ChatModel, ChatReply, ChatRequest, Usage
from steepest.agents.llm.errors import CassetteMiss
from steepest.agents.llm.keys import request_key
from steepest.agents.llm.prices import price_of_model
from steepest.agents.llm.redaction import redact, redact_json
from steepest.errors import InputError

__all__ = ["Cassette", "Exchange", "RecordedModel", "Recording"]

DIFF_LINES = 20


class Exchange(BaseModel):
    """One request and its reply.

    Attributes:
        key: Hash of the request as it was sent, before secrets were masked in the copy below.
        request: What was asked.
        reply: What was answered.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    request: ChatRequest
    reply: ChatReply


class Cassette(BaseModel):
    """A recorded conversation with one model.

    Attributes:
        model: Name of the model that was recorded.
        structured: Whether that model was asked with a schema.
        exchanges: What was asked and answered, in order, each request once.
    """

    model_config = ConfigDict(frozen=True)

    model: str
    structured: bool = False
    exchanges: tuple[Exchange, ...] = ()

    def with_exchange(self, exchange: Exchange) -> "Cassette":
        """A cassette that holds `exchange` too, in place of an older one for the same request."""
        others = tuple(known for known in self.exchanges if known.key != exchange.key)
        return self.model_copy(update={"exchanges": (*others, exchange)})

    @classmethod
    def read(cls, path: Path) -> "Cassette":
        """Read a cassette.

        Raises:
            InputError: There is no such file, or it is no cassette.
        """
        try:
            return cls.model_validate(_joined(json.loads(path.read_text(encoding="utf-8"))))
        except OSError as error:
            raise InputError(f"Cannot read the cassette {path}: {error.strerror}.") from error
        except (ValidationError, ValueError, RecursionError) as error:
            raise InputError(f"{path} is no cassette: {str(error).splitlines()[0]}.") from error

    def write(self, path: Path) -> None:
        """Write the cassette whole or not at all, its secrets masked and its long texts split into lines."""
        content = _split(redact_json(self.model_dump(mode="json")))
        draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            draft.replace(path)
        except OSError as error:
            raise InputError(f"Cannot write the cassette {path}: {error.strerror}.") from error
        finally:
            draft.unlink(missing_ok=True)


TEXTS = ("system", "content", "text")


def _split(value: Any) -> Any:
    """Texts of several lines as lists of lines, so that a person can read and compare them."""
    if isinstance(value, list):
        return [_split(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: item.split("\n") if key in TEXTS and isinstance(item, str) and "\n" in item else _split(item)
        for key, item in value.items()
    }


def _joined(value: Any) -> Any:
    """The inverse of `_split`."""
    if isinstance(value, list):
        return [_joined(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: "\n".join(item) if key in TEXTS and _is_lines(item) else _joined(item) for key, item in value.items()}


def _is_lines(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 1 and all(isinstance(item, str) for item in value)


class RecordedModel:
    """A chat model that answers from a cassette."""

    def __init__(self, cassette: Cassette, name: str = "recorded") -> None:
        self.cassette = cassette
        self.name = name
        self.structured = cassette.structured
        self._replies = {exchange.key: exchange.reply for exchange in cassette.exchanges}

    def __repr__(self) -> str:
        return f"RecordedModel({self.name!r}, {len(self._replies)} exchanges)"

    @classmethod
    def open(cls, path: Path) -> "RecordedModel":
        """The model recorded in the file `path`."""
        return cls(Cassette.read(path), f"recorded:{path}")

    async def complete(self, request: ChatRequest) -> ChatReply:
        """The recorded reply, which now costs nothing.

        Raises:
            CassetteMiss: The cassette does not hold this request.
        """
        reply = self._replies.get(request_key(request))
        if reply is None:
            raise CassetteMiss(_miss(request, self.cassette, self.name))
        return reply.model_copy(
            update={"cached": True, "cost": Decimal(0), "seconds": 0.0, "first_token_seconds": None}
        )

    def price(self, usage: Usage) -> Decimal:
        """Nothing is paid for what was recorded."""
        return Decimal(0)


def _miss(request: ChatRequest, cassette: Cassette, name: str) -> str:
    if not cassette.exchanges:
        return f"{name} is empty: record it first."
    asked = _lines(request)
    known = [_lines(exchange.request) for exchange in cassette.exchanges]
    nearest = max(known, key=lambda lines: difflib.SequenceMatcher(None, asked, lines).ratio())
    difference = list(difflib.unified_diff(nearest, asked, "recorded", "asked", lineterm="", n=1))
    shown = difference[:DIFF_LINES]
    if len(difference) > DIFF_LINES:
        shown.append(f"... and {len(difference) - DIFF_LINES} more lines")
    return (
        f"{name} holds no reply to this request (it has {len(known)}). Record it again, or ask what was "
        "recorded. The nearest request differs so:\n" + "\n".join(shown)
    )


def _lines(request: ChatRequest) -> list[str]:
    content = redact_json(request.model_dump(mode="json", exclude_defaults=True))
    return json.dumps(_split(content), indent=1, ensure_ascii=False).splitlines()


class Recording:
    """A chat model that is recorded while it answers.

    An existing cassette is kept and added to; every reply is written at once, so that an interrupted run loses
    nothing that was paid for.
    """

    def __init__(self, model: ChatModel, path: Path) -> None:
        self.model = model
        self.path = path
        self.name = model.name
        self.structured = model.structured
        empty = Cassette(model=redact(model.name), structured=model.structured)
        self.cassette = Cassette.read(path) if path.exists() else empty
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"Recording({self.model!r}, {str(self.path)!r})"

    async def complete(self, request: ChatRequest) -> ChatReply:
        """Answer `request` and record the exchange."""
        reply = await self.model.complete(request)
        exchange = Exchange(key=request_key(request), request=request, reply=reply)
        with self._lock:
            self.cassette = self.cassette.with_exchange(exchange)
            self.cassette.write(self.path)
        return reply

    def price(self, usage: Usage) -> Decimal | None:
        """US dollars for `usage`; None when unknown."""
        return price_of_model(self.model, usage)
