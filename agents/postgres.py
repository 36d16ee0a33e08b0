"""Connections to PostgreSQL for whatever is kept there; psycopg is an extra."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from steepest.agents.llm.redaction import redact
from steepest.errors import InputError

if TYPE_CHECKING:
    from psycopg import Connection

__all__ = ["SCHEMES", "connect", "require_driver", "told"]

SCHEMES = ("postgresql://", "postgres://")
"""What an address of a database begins with."""


def require_driver(what: str) -> None:
    """Make sure that psycopg is there.

    Args:
        what: What is kept in the database, for the message.

    Raises:
        InputError: It is not installed.
    """
    if find_spec("psycopg") is None:
        raise InputError(f"{what} in PostgreSQL needs psycopg: pip install 'steepest[postgres]'.")


def connect(database: str) -> "Connection[Any]":
    """Connect; every statement is a transaction of its own unless told otherwise.

    Args:
        database: `postgresql://USER@HOST/DATABASE`.

    Raises:
        psycopg.Error: The database can't be reached; `told` turns it into words.
    """
    import psycopg

    name = f"steepest: process {os.getpid()} on {socket.gethostname()}"
    return psycopg.connect(database, autocommit=True, application_name=name[:63])


@contextmanager
def told(place: object, kind: type[InputError] = InputError, *, then: str) -> Iterator[None]:
    """Tell what the database refuses, with the address and without its password.

    Args:
        place: The address as a person may see it.
        kind: What is raised.
        then: What became of the work, and what to do.
    """
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        reason = redact(" ".join(str(error).split()))
        raise kind(f"{place}: the database says: {reason}. {then}") from error
