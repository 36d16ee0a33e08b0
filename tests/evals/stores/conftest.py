"""Stores of both kinds for the same tests, and a PostgreSQL server where one is installed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from steepest.evals.stores.places import continue_run
from tests.evals.stores.bakeries import bakeries, specification


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Address of a server of our own, reached by a socket in a private folder."""
    pytest.importorskip("psycopg", reason="psycopg (the extra `postgres`) is not installed")
    programs = _server_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="steepest-pg-"))
    as_user = _ordinary_user(folder)
    try:
        data = folder / "data"
        _run([*as_user, programs / "initdb", "-D", data, "-U", "steepest", "-A", "trust", "--no-sync"])
        options = f"-k {folder} -c listen_addresses='' -c max_connections=60"
        _run([*as_user, programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"])
        try:
            yield f"postgresql:///postgres?host={folder}&user=steepest"
        finally:
            _run([*as_user, programs / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _server_programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def _ordinary_user(folder: Path) -> list[str]:
    """The server refuses to run as root: there the user that comes with its package runs it."""
    if os.geteuid() != 0:
        return []
    if shutil.which("runuser") is None or subprocess.run(["id", "postgres"], capture_output=True).returncode:
        pytest.skip("PostgreSQL does not run as root, and there is no user `postgres`")
    shutil.chown(folder, "postgres")
    return ["runuser", "-u", "postgres", "--"]


def _run(command: list[object]) -> None:
    subprocess.run([str(part) for part in command], check=True, cwd="/", capture_output=True, timeout=120)


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
