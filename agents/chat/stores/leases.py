"""Who carries out a turn of a conversation: one process at a time, which says again and again that it still does.

A lease is a row. It ends with the turn; where its process was killed, as soon as somebody on the same machine looks,
and for others once it was not renewed for `LEASE_SECONDS`. A process that was held up for longer than that harms
nobody: the next event that it would keep has a number that is taken.
"""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from steepest.agents.chat.stores.dialects import Dialect
from steepest.agents.chat.stores.processes import is_gone, machine
from steepest.agents.periodic import every
from steepest.errors import SteepestError

__all__ = ["LEASE_SECONDS", "elsewhere", "free", "renew", "renewed", "take"]

log = logging.getLogger(__name__)

LEASE_SECONDS = 30.0
_EVERY_SECONDS = 10.0


def elsewhere(dialect: Dialect, database: Any, session: str, holder: str = "") -> datetime | None:
    """Since when somebody else carries out a turn.

    Args:
        dialect: The database.
        database: A connection to it.
        session: The conversation.
        holder: Who asks.

    Returns:
        The time; None where nobody else does.
    """
    statement = f"""SELECT machine, process, since FROM steepest_session_leases
        WHERE session = ? AND holder <> ? AND expires > {dialect.clock}"""  # noqa: S608  # the database's clock
    found = dialect.run(database, statement, (session, holder)).fetchone()
    if found is None:
        return None
    where, process, since = found
    return None if where == machine() and is_gone(process) else datetime.fromisoformat(since)


def take(dialect: Dialect, database: Any, session: str, holder: str) -> None:
    """Be the one who carries out a turn, in a transaction that has seen that nobody else does."""
    statement = f"""INSERT INTO steepest_session_leases VALUES (?, ?, ?, ?, ?, {dialect.clock} + ?)
        ON CONFLICT (session) DO UPDATE SET holder = excluded.holder, machine = excluded.machine,
            process = excluded.process, since = excluded.since, expires = excluded.expires"""  # noqa: S608  # the database's clock
    since = datetime.now(UTC).isoformat()
    dialect.run(database, statement, (session, holder, machine(), os.getpid(), since, LEASE_SECONDS))


def renew(dialect: Dialect, database: Any, session: str, holder: str) -> None:
    """Say that the turn still goes on."""
    statement = f"""UPDATE steepest_session_leases SET expires = {dialect.clock} + ?
        WHERE session = ? AND holder = ?"""  # noqa: S608  # the database's clock
    dialect.run(database, statement, (LEASE_SECONDS, session, holder))


def free(dialect: Dialect, database: Any, session: str, holder: str) -> None:
    """Say that the turn is over."""
    statement = "DELETE FROM steepest_session_leases WHERE session = ? AND holder = ?"
    dialect.run(database, statement, (session, holder))


@contextmanager
def renewed(renew: Callable[[], None], seconds: float = _EVERY_SECONDS) -> Iterator[None]:
    """Have a lease renewed while the block runs: in a thread of its own, since a long step may hold the event loop.

    Args:
        renew: Renews it.
        seconds: In between.
    """

    def beat() -> None:
        try:
            renew()
        except SteepestError as error:  # the next event that is kept meets the same, and tells it
            log.warning("the lease of a turn could not be renewed: %s", error)

    with every(seconds, beat):
        yield
