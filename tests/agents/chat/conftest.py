"""Places for conversations of both kinds, and a PostgreSQL server where one is installed."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from steepest.agents.chat.stores.places import open_sessions
from steepest.agents.chat.stores.protocol import SessionStore
from steepest.agents.chat.stores.sqlite import SqliteSessions
from tests.postgres_server import postgres_server

_databases = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Address of a server of our own."""
    with postgres_server() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where nobody has talked yet."""
    if request.param == "sqlite":
        return str(tmp_path / "talks.db")
    import psycopg

    address, name = request.getfixturevalue("postgres"), f"talks{next(_databases)}"
    with psycopg.connect(address, autocommit=True) as database:
        database.execute(f"CREATE DATABASE {name}")
    return address.replace("/postgres?", f"/{name}?")


@pytest.fixture
def open_again(place: str) -> Iterator[Callable[[], SessionStore]]:
    """Opens the place as often as wanted, and closes it in the end."""
    opened: list[SessionStore] = []

    def open_once() -> SessionStore:
        opened.append(open_sessions(place))
        return opened[-1]

    yield open_once
    for each in opened:
        each.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SessionStore]:
    """A file, for what no store changes."""
    opened = SqliteSessions(tmp_path / "talks.db")
    yield opened
    opened.close()
