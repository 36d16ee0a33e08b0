"""Libraries in both kinds of store for the same tests, and a PostgreSQL server where one is installed."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from steepest.agents.library.library import Library
from tests.postgres_server import postgres_server

_names = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Address of a server of our own."""
    with postgres_server() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new library may be kept."""
    if request.param == "sqlite":
        return str(tmp_path / "library.db")
    return f"{request.getfixturevalue('postgres')}#library{next(_names)}"


@pytest.fixture
def open_library(place: str) -> Iterator[Callable[..., Library]]:
    """Opens the library as often as wanted, and closes it in the end."""
    opened: list[Library] = []

    def open_once(**options: object) -> Library:
        opened.append(Library.open(place, **options))
        return opened[-1]

    yield open_once
    for each in opened:
        each.close()


@pytest.fixture
def library(open_library: Callable[..., Library]) -> Library:
    """An empty library."""
    return open_library(author="ann")


@pytest.fixture
def sqlite_library(tmp_path: Path) -> Iterator[Library]:
    """An empty library in a file, for what no store changes."""
    with Library.open(tmp_path / "library.db", author="ann") as opened:
        yield opened
