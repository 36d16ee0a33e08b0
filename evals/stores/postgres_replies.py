"""The replies that a run paid for, in the run's PostgreSQL database."""

import threading
from concurrent.futures import Future
from decimal import Decimal

from steepest.agents.llm.chat import ChatReply
from steepest.agents.llm.group_commit import GroupCommit
from steepest.agents.llm.kept_replies import Paid, RepliesError, read_reply, row_of
from steepest.evals.stores.postgres_connection import Address, connect, told

__all__ = ["PostgresReplies"]

_KEEP = """
INSERT INTO steepest_replies (run, key, reply, money, tokens) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (run, key) DO UPDATE SET reply = excluded.reply, money = excluded.money, tokens = excluded.tokens
"""


class PostgresReplies:
    """Replies of the run at this address, which a `PostgresWriter` has begun.

    Raises:
        InputError: The database can't be reached.
    """

    def __init__(self, place: str) -> None:
        self.address = Address.parse(place)
        self._reader = connect(self.address)
        self._database = connect(self.address)
        self._writer = GroupCommit(self._insert)
        self._reading = threading.Lock()

    def __repr__(self) -> str:
        return f"PostgresReplies({str(self.address)!r})"

    def find(self, key: str) -> ChatReply | None:
        """The kept reply, as it was first given; None when there is none that can be read.

        Raises:
            RepliesError: The database can't be read.
        """
        query = "SELECT reply FROM steepest_replies WHERE run = %s AND key = %s"
        with told(self.address, RepliesError), self._reading:
            row = self._reader.execute(query, (self.address.run, key)).fetchone()
        return read_reply(row[0]) if row else None

    def keep(self, key: str, reply: ChatReply) -> "Future[None]":
        """Keep a reply; done when it would survive a power cut, or with a `RepliesError`."""
        return self._writer.add((key, reply))

    def paid(self) -> Paid:
        """What all kept replies took.

        Raises:
            RepliesError: The database can't be read.
        """
        query = "SELECT coalesce(sum(money), 0), coalesce(sum(tokens), 0) FROM steepest_replies WHERE run = %s"
        with told(self.address, RepliesError), self._reading:
            row = self._reader.execute(query, (self.address.run,)).fetchone()
        money, tokens = row if row else (0, 0)
        return Paid(Decimal(money), int(tokens))

    def close(self) -> None:
        """Finish what is being written and close the connections."""
        self._writer.close()
        self._reader.close()
        self._database.close()

    def _insert(self, batch: list[tuple[str, ChatReply]]) -> None:
        rows = [(self.address.run, *row_of(key, reply)) for key, reply in batch]
        with told(self.address, RepliesError), self._database.transaction(), self._database.cursor() as cursor:
            cursor.executemany(_KEEP, rows)
