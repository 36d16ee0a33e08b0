"""Stores of both kinds for the same tests, and a PostgreSQL server where one is installed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from steepest.evals.stores.places import continue_run
from tests.evals.stores.bakeries import bakeries, specification
from tests.postgres_server import postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Address of a server of our own."""
    with postgres_server() as address:
        yield address


@pytest.fixture(params=["folder", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new run may be kept."""
    if request.param == "folder":
        return str(tmp_path / "run")
    return f"{request.getfixturevalue('postgres')}#{tmp_path.name}"


@pytest.fixture
def begin(place):
    """Begins or continues the run and closes it in the end."""
    opened = []

    def begin(spec=None, problems=None):
        problems = bakeries(4) if problems is None else problems
        opened.append(continue_run(place, spec or specification(), problems))
        return opened[-1]

    yield begin
    for store in opened:
        store.close()
