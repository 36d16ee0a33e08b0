"""A PostgreSQL server of our own for tests, where one is installed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def postgres_server() -> Iterator[str]:
    """The address of a server that is reached by a socket in a private folder.

    It is Debian's, the first on the path, or that of the folder of programs which STEEPEST_POSTGRES_BIN names.
    """
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
    if given := os.environ.get("STEEPEST_POSTGRES_BIN"):
        return Path(given)
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
