"""Transactions in SQLite files for whatever is kept there."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["EMPTY_LOG", "SECURELY", "WAIT_SECONDS", "writing"]

WAIT_SECONDS = 30.0
"""How long a writer waits for another one that has the file."""
SECURELY = "PRAGMA secure_delete = ON"
"""Said of a connection: what it deletes is written over with zeros, and not only marked as free."""
EMPTY_LOG = "PRAGMA wal_checkpoint(TRUNCATE)"
"""Said after a delete: the write-ahead log has what was there before, until it is emptied into the file.

Where somebody reads the file for longer than a writer waits, the log is emptied by whoever closes the file last.
"""


@contextmanager
def writing(database: sqlite3.Connection) -> Iterator[None]:
    """A transaction that takes the right to write at once, so that what it reads is still so when it writes.

    Args:
        database: A connection that begins no transaction by itself (`isolation_level=None`).
    """
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:  # SQLite itself goes back when the disk is full
            database.execute("ROLLBACK")
        raise
