"""The replies that a run paid for: kept before anything is done with them, found again as they were first given.

The reply cache (`cache`) saves money between runs, and what it finds costs nothing. These replies are a part of the
run, of an evaluation or of a search: work that is done again after a kill reads its replies here, with the tokens, the
money and the seconds that they took, and comes to the same result. So refused and cut-off replies are kept, too.
"""

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from shutil import disk_usage
from typing import Protocol

from pydantic import ValidationError

from steepest.agents.llm.chat import ChatModel, ChatReply, ChatRequest, Usage
from steepest.agents.llm.group_commit import GroupCommit
from steepest.agents.llm.keys import request_key
from steepest.agents.llm.prices import price_of_model
from steepest.errors import InputError

__all__ = ["KeptModel", "Paid", "Replies", "RepliesError", "ReplyFile"]

WAIT_SECONDS = 30.0  # for a runner of another shard that is writing
_LITTLE = 1 << 20
"""Bytes that are free on a disk that counts as full: SQLite's files grow by up to half a megabyte at once."""
TABLE = """
CREATE TABLE IF NOT EXISTS replies (
    key TEXT PRIMARY KEY,
    reply TEXT NOT NULL,
    money TEXT NOT NULL,
    tokens INTEGER NOT NULL
) WITHOUT ROWID
"""


class RepliesError(InputError):
    """The run's replies can't be read or kept, so that going on would pay for what is lost."""


@dataclass(frozen=True)
class Paid:
    """What a run has spent."""

    money: Decimal = Decimal(0)
    """US dollars; replies whose price is unknown count as nothing."""
    tokens: int = 0
    """Read and written; replies that were not counted count as nothing."""


class Replies(Protocol):
    """Replies by the key of their request (`steepest.agents.llm.keys.request_key`)."""

    def find(self, key: str) -> ChatReply | None:
        """The kept reply, as it was first given; None when there is none."""

    def keep(self, key: str, reply: ChatReply) -> "Future[None]":
        """Keep a reply; done when it would survive a power cut, or with the error that it can't be kept."""

    def paid(self) -> Paid:
        """What all kept replies took."""

    def close(self) -> None:
        """Finish what is being written."""


class ReplyFile:
    """Replies in an SQLite file, which the runners of several shards may share on one machine.

    Whatever is waiting to be kept goes onto the disk together, so that many replies at once cost one wait for it.

    Raises:
        RepliesError: The file can't be opened.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._reading = threading.Lock()
        with self._told():
            self._database = sqlite3.connect(self.path, timeout=WAIT_SECONDS, check_same_thread=False)
            self._database.execute("PRAGMA journal_mode=WAL")
            with self._database:
                self._database.execute(TABLE)
            self._reader = sqlite3.connect(self.path, timeout=WAIT_SECONDS, check_same_thread=False)
        self._writer = GroupCommit(self._insert)

    def __repr__(self) -> str:
        return f"ReplyFile({str(self.path)!r})"

    def find(self, key: str) -> ChatReply | None:
        """The kept reply, as it was first given; None when there is none that can be read.

        Raises:
            RepliesError: The file can't be read.
        """
        with self._told(), self._reading:
            row = self._reader.execute("SELECT reply FROM replies WHERE key = ?", (key,)).fetchone()
        return read_reply(row[0]) if row else None

    def keep(self, key: str, reply: ChatReply) -> "Future[None]":
        """Keep a reply; done when it would survive a power cut, or with a `RepliesError`."""
        return self._writer.add((key, reply))

    def paid(self) -> Paid:
        """What all kept replies took.

        Raises:
            RepliesError: The file can't be read.
        """
        with self._told(), self._reading:
            rows = self._reader.execute("SELECT money, tokens FROM replies").fetchall()
        return Paid(sum((Decimal(money) for money, _ in rows), Decimal(0)), sum(tokens for _, tokens in rows))

    def close(self) -> None:
        """Finish what is being written and close the file."""
        self._writer.close()
        self._reader.close()
        self._database.close()

    def _insert(self, batch: list[tuple[str, ChatReply]]) -> None:
        rows = [row_of(key, reply) for key, reply in batch]
        with self._told(), self._database:
            self._database.executemany("INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?)", rows)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise RepliesError(
                f"The replies of the run, {self.path}, can't be used ({self._why(error)}). What was recorded so far is "
                "whole: make room or repair the file, and give the same command again to continue."
            ) from error

    def _why(self, error: sqlite3.Error) -> str:
        """SQLite tells of a full disk as a failure of the disk where it maps a file that it can't make larger."""
        is_disk = getattr(error, "sqlite_errorname", "").startswith("SQLITE_IOERR")
        return "the disk is full" if is_disk and disk_usage(self.path.parent).free < _LITTLE else str(error)


class KeptModel:
    """A chat model that finds a request among the kept replies, or asks and keeps the reply before anybody sees it.

    It stands outside of the budget, `KeptModel(Budgeted(Retrying(model)), replies)`: what is found has been charged
    when it was paid for, so whoever goes on with a run begins its budget at `totals`. The same request, made again
    while it is under way, waits for the one reply.

    Args:
        model: The model that is asked.
        replies: Of the run; several models may share them.
    """

    def __init__(self, model: ChatModel, replies: Replies) -> None:
        self.model = model
        self.replies = replies
        self.name = model.name
        self.structured = model.structured
        self._under_way: dict[str, Future[None]] = {}
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"KeptModel({self.model!r})"

    async def complete(self, request: ChatRequest) -> ChatReply:
        """Answer `request` as it was answered before, or ask.

        Raises:
            RepliesError: The replies can't be read, or this one not be kept.
            LLMError: The model can't be asked, for good.
        """
        key = request_key(request, self.name)
        mine: Future[None] = Future()
        while (first := self._first_to_ask(key, mine)) is not mine:
            await asyncio.shield(asyncio.wrap_future(first))
        try:
            found = self.replies.find(key)
            if found is not None:
                self._let_ask(key, mine)
                return found
            reply = await self.model.complete(request)
            written = self.replies.keep(key, reply)
        except BaseException:
            self._let_ask(key, mine)
            raise
        written.add_done_callback(lambda _: self._let_ask(key, mine))  # not before: it would be paid for again
        # Whoever is cancelled here has paid: the reply is written all the same.
        await asyncio.shield(asyncio.wrap_future(written))
        return reply

    def totals(self) -> Paid:
        """What all kept replies took, those of other models in the same place included.

        Raises:
            RepliesError: They can't be read.
        """
        return self.replies.paid()

    def price(self, usage: Usage) -> Decimal | None:
        """US dollars for `usage`; None when unknown."""
        return price_of_model(self.model, usage)

    def _first_to_ask(self, key: str, mine: "Future[None]") -> "Future[None]":
        """Who asks this now, and is done when there is a reply or none to be had; `mine` if nobody else does."""
        with self._lock:
            return self._under_way.setdefault(key, mine)

    def _let_ask(self, key: str, mine: "Future[None]") -> None:
        """Let whoever waits for the same reply find it, or ask."""
        with self._lock:
            del self._under_way[key]
        mine.set_result(None)


def row_of(key: str, reply: ChatReply) -> tuple[str, str, str, int]:
    """Key, reply, money and tokens, as stores keep them."""
    tokens = (reply.usage.input_tokens or 0) + (reply.usage.output_tokens or 0)
    return key, reply.model_dump_json(), str(reply.cost or Decimal(0)), tokens


def read_reply(text: str) -> ChatReply | None:
    """A kept reply; None for one of another version of steepest, which is then asked for again."""
    try:
        return ChatReply.model_validate_json(text)
    except ValidationError:
        return None
