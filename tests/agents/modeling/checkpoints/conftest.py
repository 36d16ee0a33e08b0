"""A database of its own for the checkpoints of a test."""

from collections.abc import Iterator
from itertools import count

import pytest

from tests.postgres_server import postgres_server

_numbers = count()


@pytest.fixture(scope="session")
def postgres_for_runs() -> Iterator[str]:
    """The address of a server."""
    with postgres_server() as address:
        yield address


@pytest.fixture
def postgres_database(postgres_for_runs: str) -> str:
    """The address of an empty database."""
    import psycopg

    name = f"runs{next(_numbers)}"
    with psycopg.connect(postgres_for_runs, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    return postgres_for_runs.replace("/postgres?", f"/{name}?")
