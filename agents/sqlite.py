"""Transactions in SQLite files for whatever is kept there."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["WAIT_SECONDS", "writing"]

WAIT_SECONDS = 30.0
"""How long a writer waits for another one that has the file."""


@contextmanager
def writing(database: sqlite3.Connection) -> Iterator[None]:
    """A transaction that takes the right to write at once, so that what it reads is still so when it writes.

    Args:
        database: A connection that begins no transaction by itself (`isolation_level=None`).
    """
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if database.in_transaction:  # SQLite itself goes back when the disk is full
            database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")
