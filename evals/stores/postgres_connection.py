"""Connections to the PostgreSQL database that a run's address names; psycopg is an extra."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from steepest.agents import postgres
from steepest.agents.llm.redaction import redact
from steepest.errors import InputError

if TYPE_CHECKING:
    from psycopg import Connection

__all__ = ["Address", "connect", "connection", "told"]

TABLES = """
CREATE TABLE IF NOT EXISTS steepest_runs (
    name text PRIMARY KEY,
    specification text NOT NULL
);
CREATE TABLE IF NOT EXISTS steepest_problems (
    run text NOT NULL REFERENCES steepest_runs (name) ON DELETE CASCADE,
    position integer NOT NULL,
    id text NOT NULL,
    problem text NOT NULL,
    PRIMARY KEY (run, id)
);
CREATE TABLE IF NOT EXISTS steepest_samples (
    run text NOT NULL REFERENCES steepest_runs (name) ON DELETE CASCADE,
    id text NOT NULL,
    epoch integer NOT NULL,
    verdict text NOT NULL,
    finished timestamptz NOT NULL,
    sample text NOT NULL,
    PRIMARY KEY (run, id, epoch)
);
CREATE TABLE IF NOT EXISTS steepest_replies (
    run text NOT NULL REFERENCES steepest_runs (name) ON DELETE CASCADE,
    key text NOT NULL,
    reply text NOT NULL,
    money numeric NOT NULL,
    tokens bigint NOT NULL,
    PRIMARY KEY (run, key)
);
"""
"""Records are JSON in columns of text: the jsonb type refuses the character U+0000, which a model may write."""


@dataclass(frozen=True)
class Address:
    """A database and the name of a run in it: `postgresql://USER@HOST/DATABASE#RUN`."""

    database: str
    run: str

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Read an address.

        Raises:
            InputError: It names no run.
        """
        database, _, run = text.partition("#")
        if not run:
            raise InputError(f"{redact(text)} names a database but no run in it: write {redact(text)}#NAME.")
        return cls(database, unquote(run))

    def __str__(self) -> str:
        return redact(f"{self.database}#{self.run}")

    __repr__ = __str__


def connect(address: Address) -> "Connection[Any]":
    """Connect; every statement is a transaction of its own unless told otherwise.

    Raises:
        InputError: psycopg is not installed, or the database can't be reached.
    """
    postgres.require_driver("A run")
    with told(address):
        return postgres.connect(address.database)


@contextmanager
def connection(address: Address) -> "Iterator[Connection[Any]]":
    """A connection for a few statements, whose failures are told.

    Raises:
        InputError: The database can't be reached or refuses.
    """
    open_one = connect(address)
    with told(address), open_one:
        yield open_one


@contextmanager
def told(address: Address, kind: type[InputError] = InputError) -> Iterator[None]:
    """Tell what the database refuses, with the address and without its password."""
    with postgres.told(address, kind, then="What was recorded is whole; the same command goes on from there."):
        yield
