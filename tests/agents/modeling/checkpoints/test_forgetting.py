"""The kept runs of a group are thrown away together, and nothing of them stays."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from steepest.agents.llm import ProviderError
from steepest.agents.modeling import answer_problem, solve_problem
from steepest.agents.modeling.checkpoints import CheckpointError, Checkpoints, forget_runs
from steepest.solvers.options import SolveOptions

SECRET = " It is for the takeover of Initech."
GONE = ProviderError("the server is gone", kind="network")


def files_have(folder: Path, words: str) -> bool:
    return any(words.encode() in path.read_bytes() for path in folder.iterdir())


def test_the_runs_of_a_group_are_gone_from_the_file(
    script: Callable[..., Any], tmp_path: Path, bakery: str, bakery_five: str
) -> None:
    place = tmp_path / "runs.db"
    with closing(sqlite3.connect(place)) as other, other:  # the file stays open elsewhere
        solve_problem(bakery, script(bakery_five), checkpoints=Checkpoints(place, "1", group="theirs"))
        for model in (script("Bake more!", GONE), script(bakery_five)):
            run = Checkpoints(place, str(id(model)), group="ours")
            solve_problem(bakery + SECRET, model, checkpoints=run)
        assert files_have(tmp_path, "takeover of Initech")
        assert asyncio.run(forget_runs(place, "ours")) == 2
        assert not files_have(tmp_path, "takeover of Initech")
        assert other.execute("SELECT COUNT(DISTINCT thread_id) FROM checkpoints").fetchone() == (1,)

    again = script()
    solve_problem(bakery, again, checkpoints=Checkpoints(place, "1", group="theirs"))
    assert again.requests == []
    other.close()


def test_the_run_of_a_group_goes_on_with_other_limits_of_the_solver(
    script: Callable[..., Any], tmp_path: Path, bakery: str, bakery_five: str
) -> None:
    kept = Checkpoints(tmp_path / "runs.db", "1", group="ours")
    solve_problem(bakery, script(bakery_five), checkpoints=kept)
    again = script()
    assert solve_problem(bakery, again, checkpoints=kept, options=SolveOptions(time_limit=60)).outcome == "solved"
    assert again.requests == []


def test_the_same_in_postgresql(
    script: Callable[..., Any], postgres_database: str, bakery: str, bakery_five: str
) -> None:
    import psycopg

    for group in ("ours", "theirs"):
        kept = Checkpoints(postgres_database, group=group)
        asyncio.run(answer_problem(bakery, script(bakery_five), tests=None, checkpoints=kept))
    assert asyncio.run(forget_runs(postgres_database, "ours")) == 1
    with psycopg.connect(postgres_database) as database:
        for statement in (
            "SELECT DISTINCT thread_id FROM checkpoints",
            "SELECT DISTINCT thread_id FROM checkpoint_blobs",
            "SELECT DISTINCT thread_id FROM checkpoint_writes",
        ):
            assert [name.partition(":")[0] for (name,) in database.execute(statement).fetchall()] == ["theirs"]


def test_where_nothing_is_kept_there_is_nothing_to_forget(tmp_path: Path) -> None:
    assert asyncio.run(forget_runs(tmp_path / "runs.db", "ours")) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_none_of_runs_is_told(tmp_path: Path) -> None:
    (tmp_path / "runs.db").write_text("no database at all, but words " * 100)
    with pytest.raises(CheckpointError, match="SQLite says"):
        asyncio.run(forget_runs(tmp_path / "runs.db", "ours"))
