"""Which kept runs are thrown away: never a recent one that is unfinished, and nothing of other programs."""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from steepest.agents.llm import ChatRequest, FunctionModel, ProviderError
from steepest.agents.modeling import answer_problem, solve_problem
from steepest.agents.modeling.checkpoints import CheckpointError, Checkpoints, Retention, places
from steepest.errors import InputError

DAY = 24 * 60 * 60.0


class Clock:
    """Says what time it is to the module that keeps runs."""

    def __init__(self) -> None:
        self.now = 1_000 * DAY

    def __call__(self) -> float:
        return self.now

    def passes(self, days: float) -> None:
        self.now += days * DAY


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(places, "time", clock)
    return clock


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "runs.db"


def counted(reply: str) -> tuple[FunctionModel, list[object]]:
    """A model, and what it was asked."""
    asked: list[object] = []
    return FunctionModel(lambda request: asked.append(request) or reply), asked


def runs_in(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as database, database:
        return {run for (run,) in database.execute("SELECT DISTINCT thread_id FROM checkpoints")}


def test_a_run_that_was_not_called_for_long_is_thrown_away(
    clock: Clock, file: Path, bakery: str, bakery_five: str
) -> None:
    model, asked = counted(bakery_five)
    solve_problem(bakery, model, checkpoints=Checkpoints(file))
    first = runs_in(file)
    clock.passes(days=31)
    solve_problem(bakery, model, checkpoints=Checkpoints(file, "another"))

    assert len(runs_in(file)) == 1
    assert not first & runs_in(file)
    solve_problem(bakery, model, checkpoints=Checkpoints(file))
    assert len(asked) == 3


def test_the_run_that_is_called_goes_on_however_old_it_is(
    clock: Clock, script: Callable[..., Any], file: Path, bakery: str, bakery_five: str
) -> None:
    model = script("Bake more!", ProviderError("the server is gone", kind="network"), bakery_five)
    solve_problem(bakery, model, checkpoints=Checkpoints(file))
    clock.passes(days=400)
    said: list[str] = []
    answer = solve_problem(bakery, model, checkpoints=Checkpoints(file), on_progress=said.append)

    assert "before: repair" in said[0]
    assert answer.outcome == "solved"
    assert len(model.requests) == 3


def test_a_run_that_is_under_way_stays_when_another_call_throws_away(
    clock: Clock, script: Callable[..., Any], file: Path, bakery: str, bakery_five: str
) -> None:
    none = Retention(ended=0)
    asked: list[ChatRequest] = []

    async def reply(request: ChatRequest) -> str:
        asked.append(request)
        if len(asked) > 1:
            raise ProviderError("the server is gone", kind="network")
        clock.passes(days=3)
        await answer_problem(bakery, script(bakery_five), checkpoints=Checkpoints(file, "another", none))
        assert len(runs_in(file)) == 2
        return "Bake more!"

    said: list[str] = []
    for _ in range(2):
        said.clear()
        solve_problem(
            bakery, FunctionModel(reply), checkpoints=Checkpoints(file, retention=none), on_progress=said.append
        )

    assert "before: repair" in said[0]
    assert len(asked) == 3


def test_of_runs_that_ended_the_newest_stay_and_of_those_of_the_last_day_all(
    clock: Clock, file: Path, bakery: str, bakery_five: str
) -> None:
    model, asked = counted(bakery_five)
    few = Retention(ended=1)
    for name in ("first", "second", "third"):
        solve_problem(bakery, model, checkpoints=Checkpoints(file, name, few))
        clock.passes(days=0.1)
    assert len(runs_in(file)) == 3

    clock.passes(days=2)
    solve_problem(bakery, model, checkpoints=Checkpoints(file, "third", few))
    assert len(asked) == 3
    solve_problem(bakery, model, checkpoints=Checkpoints(file, "fourth", few))
    assert len(runs_in(file)) == 2


def test_a_recent_run_that_was_cut_short_stays_whatever_the_number(
    clock: Clock, script: Callable[..., Any], file: Path, bakery: str, bakery_five: str
) -> None:
    gone = ProviderError("the server is gone", kind="network")
    none = Retention(ended=0)
    solve_problem(bakery, script("Bake more!", gone), checkpoints=Checkpoints(file, "cut short", none))
    for name in ("first", "second", "third"):
        clock.passes(days=3)
        solve_problem(bakery, script(bakery_five), checkpoints=Checkpoints(file, name, none))
    assert len(runs_in(file)) == 2

    said: list[str] = []
    again = Checkpoints(file, "cut short", none)
    solve_problem(bakery, script(bakery_five), checkpoints=again, on_progress=said.append)
    assert "before: repair" in said[0]


def test_what_other_programs_keep_in_the_file_is_left_alone(
    clock: Clock, file: Path, bakery: str, bakery_five: str
) -> None:
    model, _ = counted(bakery_five)
    solve_problem(bakery, model, checkpoints=Checkpoints(file))
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("INSERT INTO checkpoints (thread_id, checkpoint_id) VALUES ('theirs', '1')")
    clock.passes(days=100)
    solve_problem(bakery, model, checkpoints=Checkpoints(file, "another"))

    assert "theirs" in runs_in(file)
    assert len(runs_in(file)) == 2


async def keep_several(place: str | Path, problem: str, model: FunctionModel, names: list[str]) -> None:
    retention = Retention(ended=0)
    runs = [
        answer_problem(problem, model, tests=None, checkpoints=Checkpoints(place, each, retention)) for each in names
    ]
    await asyncio.gather(*runs)


def test_several_at_once_throw_away_the_same_runs(clock: Clock, file: Path, bakery: str, bakery_five: str) -> None:
    model, asked = counted(bakery_five)
    asyncio.run(keep_several(file, bakery, model, ["a", "b", "c"]))
    before = runs_in(file)
    clock.passes(days=2)
    asyncio.run(keep_several(file, bakery, model, ["d", "e", "f"]))

    assert len(asked) == 6
    assert len(runs_in(file)) == 3
    assert not before & runs_in(file)


def test_the_same_in_postgresql(clock: Clock, postgres_database: str, bakery: str, bakery_five: str) -> None:
    import psycopg

    model, asked = counted(bakery_five)
    asyncio.run(keep_several(postgres_database, bakery, model, ["a", "b", "c"]))
    clock.passes(days=2)
    asyncio.run(keep_several(postgres_database, bakery, model, ["d", "e"]))

    assert len(asked) == 5
    with psycopg.connect(postgres_database) as database:
        for count in (
            "SELECT COUNT(DISTINCT thread_id) FROM checkpoints",
            "SELECT COUNT(DISTINCT thread_id) FROM checkpoint_blobs",
            "SELECT COUNT(DISTINCT thread_id) FROM checkpoint_writes",
        ):
            assert database.execute(count).fetchone() == (2,)


def test_a_retention_without_sense_is_refused() -> None:
    for wrong in ({"days": 0}, {"days": float("nan")}, {"ended": -1}):
        with pytest.raises(InputError, match="give days above 0"):
            Retention(**wrong)


def test_a_table_of_another_program_is_told_before_a_call(
    script: Callable[..., Any], file: Path, bakery: str, bakery_five: str
) -> None:
    solve_problem(bakery, script(bakery_five), checkpoints=Checkpoints(file))
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("DROP TABLE steepest_runs")
        database.execute("CREATE TABLE steepest_runs (other TEXT)")
    model = script()
    with pytest.raises(CheckpointError, match="SQLite says"):
        solve_problem(bakery, model, checkpoints=Checkpoints(file))

    assert model.requests == []


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="nothing is read-only for root")
def test_a_file_that_can_only_be_read_is_told_before_a_call(
    script: Callable[..., Any], file: Path, bakery: str, bakery_five: str
) -> None:
    solve_problem(bakery, script(bakery_five), checkpoints=Checkpoints(file))
    file.chmod(0o400)
    model = script()
    with pytest.raises(CheckpointError, match="SQLite says"):
        solve_problem(bakery, model, checkpoints=Checkpoints(file))

    assert model.requests == []
