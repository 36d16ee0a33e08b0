"""Replies kept in one SQLite file, found by the content of the request, shared by threads and processes."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path

from pydantic import ValidationError

from steepest.agents.llm.chat import ChatModel, ChatReply, ChatRequest, Usage
from steepest.agents.llm.keys import request_key
from steepest.agents.llm.prices import price_of_model
from steepest.errors import InputError

__all__ = ["Cached", "ReplyCache"]

WAIT_SECONDS = 30.0  # for another process that is writing
TABLE = """
CREATE TABLE IF NOT EXISTS replies (
    key TEXT PRIMARY KEY,
    model TEXT NOT NULL,
    reply TEXT NOT NULL,
    kept TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
) WITHOUT ROWID
"""


class ReplyCache:
    """Replies by model and request in the SQLite file `path`.

    Every operation opens its own connection, which takes a fraction of a millisecond and needs no lock of ours.
    The prompt itself is not stored, only its hash.

    Raises:
        InputError: The file cannot be opened or is no SQLite database.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._told():
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._connection() as database:
                database.execute("PRAGMA journal_mode=WAL")
                database.execute(TABLE)

    def __repr__(self) -> str:
        return f"ReplyCache({str(self.path)!r})"

    def find(self, model: str, request: ChatRequest) -> ChatReply | None:
        """The kept reply, which now costs nothing; None when there is none."""
        with self._told(), self._connection() as database:
            row = database.execute("SELECT reply FROM replies WHERE key = ?", (request_key(request, model),)).fetchone()
        if row is None:
            return None
        try:
            reply = ChatReply.model_validate_json(row[0])
        except ValidationError:  # kept by another version of steepest: asked again and replaced
            return None
        return reply.model_copy(
            update={"cached": True, "cost": Decimal(0), "seconds": 0.0, "first_token_seconds": None, "attempts": 0}
        )

    def keep(self, model: str, request: ChatRequest, reply: ChatReply) -> None:
        """Keep a finished reply. Refused, cut off or empty ones are not kept: the next try may go better."""
        if reply.stop != "end" or not reply.text or reply.cached:
            return
        with self._told(), self._connection() as database:
            database.execute(
                "INSERT OR REPLACE INTO replies (key, model, reply) VALUES (?, ?, ?)",
                (request_key(request, model), model, reply.model_dump_json()),
            )

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=WAIT_SECONDS)) as database, database:
            yield database

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise InputError(
                f"The reply cache {self.path} cannot be used ({error}): delete it or name another file."
            ) from error


class Cached:
    """A chat model that asks only what `cache` does not hold."""

    def __init__(self, model: ChatModel, cache: ReplyCache) -> None:
        self.model = model
        self.cache = cache
        self.name = model.name
        self.structured = model.structured

    def __repr__(self) -> str:
        return f"Cached({self.model!r})"

    async def complete(self, request: ChatRequest) -> ChatReply:
        """Answer `request` from the cache, or ask and keep the reply."""
        kept = await asyncio.to_thread(self.cache.find, self.name, request)
        if kept is not None:
            return kept
        reply = await self.model.complete(request)
        await asyncio.to_thread(self.cache.keep, self.name, request, reply)
        return reply

    def price(self, usage: Usage) -> Decimal | None:
        """US dollars for `usage`; None when unknown."""
        return price_of_model(self.model, usage)
