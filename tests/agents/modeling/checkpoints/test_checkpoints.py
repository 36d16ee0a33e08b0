"""Which run a call goes on with, where runs are kept, and what is said when they can't be."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from steepest.agents.llm import ChatRequest, FunctionModel, ProviderError
from steepest.agents.modeling import Answer, answer_problem, solve_problem
from steepest.agents.modeling.checkpoints import CheckpointError, Checkpoints, places


@pytest.fixture
def kept(tmp_path: Path) -> Checkpoints:
    return Checkpoints(tmp_path / "runs.db")


def test_a_run_that_came_to_its_end_answers_again_without_a_call(
    script: Callable[..., Any], kept: Checkpoints, bakery: str, bakery_five: str
) -> None:
    model = script(bakery_five)
    first, second = (solve_problem(bakery, model, checkpoints=kept) for _ in range(2))

    assert len(model.requests) == 1
    assert second.explanation == first.explanation
    assert [step.name for step in second.steps] == [step.name for step in first.steps]
    assert [each.reply for each in second.transcript.records] == [each.reply for each in first.transcript.records]


def test_a_run_that_failed_goes_on_where_it_failed(
    script: Callable[..., Any], kept: Checkpoints, bakery: str, bakery_five: str
) -> None:
    model = script("Bake more!", ProviderError("the server is gone", kind="network"), bakery_five)
    said: list[str] = []
    first = solve_problem(bakery, model, checkpoints=kept)
    second = solve_problem(bakery, model, checkpoints=kept, on_progress=said.append)

    assert first.outcome == "stopped"
    assert second.outcome == "solved"
    assert len(model.requests) == 3
    assert "before: repair" in said[0]


@pytest.mark.parametrize(
    "other",
    [{"max_repairs": 1}, {"readings": "always"}, {"tests": None}, {"sample": 1}, {"checkpoints": "second"}],
)
def test_another_request_is_another_run(
    kept: Checkpoints, bakery: str, bakery_five: str, other: dict[str, Any]
) -> None:
    asked: list[object] = []
    model = FunctionModel(lambda request: asked.append(request) or bakery_five)
    if "checkpoints" in other:
        other = {"checkpoints": Checkpoints(kept.place, "second")}
    for settings in ({"checkpoints": kept}, {"checkpoints": kept, **other}):
        asyncio.run(answer_problem(bakery, model, **settings))

    assert len(asked) >= 2


def test_changed_data_are_another_run(
    script: Callable[..., Any], kept: Checkpoints, tmp_path: Path, bakery: str, bakery_five: str
) -> None:
    table = tmp_path / "profit.csv"
    model = script(bakery_five, bakery_five)
    for profit in (3, 4):
        table.write_text(f"Product,profit\nbread,{profit}\ncake,8\n")
        solve_problem(bakery, model, tables={"profit": table}, checkpoints=kept)

    assert len(model.requests) == 2


async def at_once(bakery: str, model: FunctionModel, kept: Checkpoints, count: int) -> list[Answer]:
    runs = [answer_problem(bakery, model, checkpoints=kept, sample=each) for each in range(count)]
    return await asyncio.gather(*runs)


def test_several_runs_keep_their_own_calls_in_one_file(kept: Checkpoints, bakery: str, bakery_five: str) -> None:
    model = FunctionModel(lambda _: bakery_five)
    asyncio.run(at_once(bakery, model, kept, 4))
    again = asyncio.run(at_once(bakery, model, kept, 4))

    assert [[record.request.sample for record in answer.transcript.records] for answer in again] == [[0], [1], [2], [3]]


def test_each_step_is_told_once_it_is_kept(script: Callable[..., Any], bakery: str, bakery_five: str) -> None:
    told: list[str] = []
    answer = solve_problem(bakery, script(bakery_five), on_step=lambda step: told.append(step.name))

    assert told == [step.name for step in answer.steps] == ["formulate", "check", "solve", "test", "conclude"]


def test_a_place_that_can_not_be_used_costs_no_call(script: Callable[..., Any], tmp_path: Path, bakery: str) -> None:
    model = script()
    (tmp_path / "text.db").write_text("this is no database, and it is long enough to be seen as none" * 20)
    for place, words in (("missing/runs.db", "there is no folder"), ("text.db", "SQLite says")):
        with pytest.raises(CheckpointError, match=words):
            solve_problem(bakery, model, checkpoints=Checkpoints(tmp_path / place))

    assert model.requests == []


def test_a_password_is_not_told(script: Callable[..., Any], bakery: str) -> None:
    pytest.importorskip("psycopg")
    place = "postgresql://ann:secret@127.0.0.1:1/none"
    with pytest.raises(CheckpointError, match="the database says") as error:
        solve_problem(bakery, script(), checkpoints=Checkpoints(place))

    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    "error", [ConnectionResetError(104, "Connection reset by peer"), sqlite3.OperationalError("database is locked")]
)
def test_what_fails_in_a_run_is_not_told_as_the_place_s_fault(
    script: Callable[..., Any], kept: Checkpoints, bakery: str, error: Exception
) -> None:
    with pytest.raises(type(error)) as told:
        solve_problem(bakery, script(error), checkpoints=kept)

    assert told.value is error


def test_a_place_that_fails_in_the_middle_of_a_run_is_told(kept: Checkpoints, bakery: str, bakery_five: str) -> None:
    def reply(_: ChatRequest) -> str:
        with closing(sqlite3.connect(kept.place)) as file, file:
            file.execute("DROP TABLE checkpoints")
        return bakery_five

    with pytest.raises(CheckpointError, match="SQLite says: no such table: checkpoints"):
        solve_problem(bakery, FunctionModel(reply), checkpoints=kept)


def test_a_database_that_fails_in_the_middle_of_a_run_is_told(
    postgres_database: str, bakery: str, bakery_five: str
) -> None:
    import psycopg

    def reply(_: ChatRequest) -> str:
        with psycopg.connect(postgres_database) as database:
            database.execute("DROP TABLE checkpoints")
        return bakery_five

    with pytest.raises(CheckpointError, match=r"the database says: .*checkpoints"):
        asyncio.run(answer_problem(bakery, FunctionModel(reply), checkpoints=Checkpoints(postgres_database)))


async def first_calls(place: str, count: int) -> None:
    async def opened(run: str) -> None:
        async with places.kept(Checkpoints(place), run):
            pass

    await asyncio.gather(*(opened(f"run {number}") for number in range(count)))


def test_first_calls_at_once_make_the_tables_once(postgres_database: str) -> None:
    import psycopg

    asyncio.run(first_calls(postgres_database, 8))
    with psycopg.connect(postgres_database) as database:
        assert database.execute("SELECT COUNT(*) FROM steepest_runs WHERE ended = 1").fetchone() == (8,)
