"""Who may work on a run in PostgreSQL: advisory locks, which the server lets go of when the connection ends."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from steepest.errors import InputError
from steepest.evals.stores.postgres_connection import Address

if TYPE_CHECKING:
    from psycopg import Connection

__all__ = ["setting_up", "take_shard"]

_SETUP = -1
_HOLDERS = """
SELECT l.objid::bigint, a.application_name
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.granted AND l.classid = %s
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.pid <> pg_backend_pid()
"""


@contextmanager
def setting_up(connection: "Connection[Any]") -> Iterator[None]:
    """Alone in the database while tables are made and a run begins."""
    space = _number("steepest")
    connection.execute("SELECT pg_advisory_lock(%s, %s)", (space, _SETUP))
    try:
        yield
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s, %s)", (space, _SETUP))


def take_shard(connection: "Connection[Any]", address: Address, shard: tuple[int, int] | None) -> None:
    """Lock a shard, or the whole run, for as long as the connection lives; to be called while `setting_up`.

    Raises:
        InputError: Another process makes some of the same attempts.
    """
    space, own = _number(f"run {address.run}"), _code(shard)
    division = {_code((part, shard[1])) for part in range(1, shard[1] + 1)} if shard else set()
    for code, name in connection.execute(_HOLDERS, (space,)).fetchall():
        if code == own or code not in division:
            raise InputError(
                f"{address}: {name.removeprefix('steepest: ')} works on this run. Wait for it or stop it; to share the "
                "work, give each runner a shard (--shard 1/2, --shard 2/2)."
            )
    connection.execute("SELECT pg_advisory_lock(%s, %s)", (space, own))


def _code(shard: tuple[int, int] | None) -> int:
    """A number for each shard of each division; 0 for a whole run."""
    if shard is None:
        return 0
    part, parts = shard
    return parts * (parts - 1) // 2 + part


def _number(name: str) -> int:
    """31 bits of a name's hash."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") >> 1
