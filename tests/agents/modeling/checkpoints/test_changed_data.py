"""A kept run whose data have changed is solved again with what they are now, and no question is asked twice."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from steepest.agents.llm import ChatRequest, FunctionModel
from steepest.agents.modeling import Answer, solve_problem
from steepest.agents.modeling.checkpoints import Checkpoints
from steepest.agents.modeling.checkpoints.sources import content_digest
from steepest.agents.modeling.data.places import open_catalogue

TEXT = "Ship what the stores of {table} demand, as little as possible, and at most 100 to each store."
FIVE = """sets:
  table Store from "{table}" (store)
parameters:
  table demand[Store] from "{table}" (store, units)   # [unit]
variables:
  ship[Store]: >= 0   # [unit]
minimize: sum(ship[s] for s in Store)
constraints:
  met[s in Store]: ship[s] >= demand[s]
  room[s in Store]: ship[s] <= 100   # "at most 100 to each store"
"""
READINGS = (
    "QUESTION: Something at least?\nASSUMED: no\nREADING: yes\nCHANGES: add some: sum(ship[s] for s in Store) >= 1"
)
CONFIRMED = "REALLY: a store has no room for what it demands"


class Stores:
    """The stores' demands in a file that the problem's text names, and a run that is kept beside it."""

    def __init__(self, folder: Path, model: FunctionModel) -> None:
        self.model = model
        self.folder = folder / "data"
        self.folder.mkdir()
        self.kept = Checkpoints(folder / "runs.db")
        self.said: list[str] = []

    def demand(self, units: int) -> None:
        """The last store's demand: in a row that no model is told, and neither least nor most."""
        rows = [1, 2, 80, 5, units]
        (self.folder / "stores.csv").write_text(
            "store,units\n" + "".join(f"s{place},{each}\n" for place, each in enumerate(rows))
        )

    def answer(self, **options: Any) -> Answer:
        self.said = []
        text = options.pop("text", TEXT.format(table="stores.csv"))
        folder = options.pop("folder", self.folder)
        return solve_problem(
            text, self.model, folder=folder, checkpoints=self.kept, on_progress=self.said.append, **options
        )


@pytest.fixture
def stores(tmp_path: Path, script: Callable[..., Any]) -> Callable[..., Stores]:
    return lambda *answers: Stores(tmp_path, script(*answers))


def objective(answer: Answer) -> float | None:
    return answer.solution.objective if answer.solution is not None else None


def test_changed_rows_of_a_catalogue_are_solved_without_a_call(stores: Callable[..., Stores]) -> None:
    run = stores(FIVE.format(table="stores"))
    text = TEXT.format(table="the table stores")
    found = []
    for units in (50, 70):
        run.demand(units)
        found.append(objective(run.answer(text=text, catalogue=open_catalogue(run.folder))))

    assert found == [138, 158]
    assert len(run.model.requests) == 1


def test_a_changed_file_that_the_formulation_names_is_solved_without_a_call(stores: Callable[..., Stores]) -> None:
    run = stores(FIVE.format(table="stores.csv"))
    answers = []
    for units in (50, 70):
        run.demand(units)
        answers.append(run.answer())

    assert [objective(each) for each in answers] == [138, 158]
    assert [step.name for step in answers[1].steps] == [step.name for step in answers[0].steps]
    assert [len(each.transcript) for each in answers] == [1, 1]


def test_the_same_file_in_another_folder_is_other_data(stores: Callable[..., Stores], tmp_path: Path) -> None:
    run = stores(FIVE.format(table="stores.csv"))
    run.demand(50)
    run.answer()
    (tmp_path / "stores.csv").write_text("store,units\nb,3\n")

    assert objective(run.answer(folder=tmp_path)) == 3


def test_unchanged_data_are_not_solved_again(stores: Callable[..., Stores]) -> None:
    run = stores(FIVE.format(table="stores.csv"))
    run.demand(50)
    run.answer()

    assert objective(run.answer()) == 138
    assert run.said == []


def test_a_bound_file_that_changes_while_the_model_is_asked_is_not_mixed_up(
    tmp_path: Path, bakery: str, bakery_five: str
) -> None:
    table = tmp_path / "profit.csv"
    asked: list[ChatRequest] = []

    def profit(bread: int) -> None:
        table.write_text(f"Product,profit\nbread,{bread}\ncake,8\n")

    def reply(request: ChatRequest) -> str:
        asked.append(request)
        profit(30)
        return bakery_five

    found = []
    for _ in range(2):
        profit(3)
        answer = solve_problem(
            bakery, FunctionModel(reply), tables={"profit": table}, checkpoints=Checkpoints(tmp_path / "runs.db")
        )
        found.append(objective(answer))

    assert len(asked) == 1
    assert found[0] != found[1] == objective(solve_problem(bakery, FunctionModel(reply)))


def test_what_was_confirmed_of_other_data_is_forgotten(stores: Callable[..., Stores]) -> None:
    run = stores(FIVE.format(table="stores.csv"), CONFIRMED)
    outcomes = []
    for units in (500, 50, 500):
        run.demand(units)
        answer = run.answer()
        outcomes.append((answer.outcome, "has no room" in answer.explanation, objective(answer)))

    assert outcomes == [("infeasible", True, None), ("solved", False, 138), ("infeasible", True, None)]
    assert len(run.model.requests) == 2


def test_other_readings_are_solved_again_too(stores: Callable[..., Stores]) -> None:
    run = stores(FIVE.format(table="stores.csv"), READINGS)
    found = []
    for units in (50, 70):
        run.demand(units)
        answer = run.answer(readings="always")
        assert answer.ambiguity is not None
        found.append(answer.ambiguity.others[0].solution.objective)

    assert found == [138, 158]
    assert len(run.model.requests) == 2


def test_a_run_that_is_cut_short_while_it_is_solved_again_asks_nothing_twice(stores: Callable[..., Stores]) -> None:
    run = stores(FIVE.format(table="stores.csv"), READINGS)
    run.demand(50)
    run.answer(readings="always")
    run.demand(70)

    def die(step: Any) -> None:
        raise InterruptedError(step.name)

    cut_short = []
    for _ in range(3):
        with pytest.raises(InterruptedError) as died:
            run.answer(readings="always", on_step=die)
        cut_short.append(str(died.value))
    answer = run.answer(readings="always")

    assert cut_short == ["check", "solve", "test"]
    assert objective(answer) == 158
    assert answer.ambiguity is not None
    assert len(run.model.requests) == 2


def forget_states(place: str | Path, after: int) -> None:
    """Have a kept run be as if its process was killed when the step after this state was done, and no state yet."""
    with closing(sqlite3.connect(place)) as file, file:
        last = file.execute("SELECT checkpoint_id FROM checkpoints ORDER BY 1 LIMIT 1 OFFSET ?", (after,)).fetchone()
        file.execute("DELETE FROM checkpoints WHERE checkpoint_id > ?", last)
        file.execute("DELETE FROM writes WHERE checkpoint_id > ?", last)


@pytest.mark.parametrize(("step", "state", "calls"), [("formulate", 1, 3), ("solve", 3, 3), ("fork", 5, 2)])
@pytest.mark.parametrize("units", [50, 70])
def test_a_run_that_is_killed_before_a_step_is_a_state_goes_on_after_it(
    stores: Callable[..., Stores], step: str, state: int, calls: int, units: int
) -> None:
    run = stores(FIVE.format(table="stores.csv"), READINGS, READINGS)
    run.demand(50)
    run.answer(readings="always")
    forget_states(run.kept.place, state)
    run.demand(units)
    answer = run.answer(readings="always")

    assert (f"after: {step}" in run.said[0]) == (units == 50 or step == "formulate")
    assert objective(answer) == 88 + units
    assert answer.ambiguity is not None
    assert answer.ambiguity.others[0].solution.objective == 88 + units
    assert len(run.model.requests) == calls


def test_changed_data_of_a_run_in_postgresql(stores: Callable[..., Stores], postgres_database: str) -> None:
    run = stores(FIVE.format(table="stores.csv"), READINGS)
    run.kept = Checkpoints(postgres_database)
    found = []
    for units in (50, 70, 70):
        run.demand(units)
        answer = run.answer(readings="always")
        assert answer.ambiguity is not None
        found.append((objective(answer), answer.ambiguity.others[0].solution.objective))

    assert found == [(138, 138), (158, 158), (158, 158)]
    assert run.said == []
    assert len(run.model.requests) == 2


def test_a_repaired_run_keeps_its_repair(stores: Callable[..., Stores]) -> None:
    right = FIVE.format(table="stores.csv")
    run = stores(right.replace(">= demand[s]", ">= demnd[s]"), right)
    found = []
    for units in (50, 70):
        run.demand(units)
        found.append(objective(run.answer()))

    assert found == [138, 158]
    assert len(run.model.requests) == 2


def test_a_run_of_a_version_that_noted_no_data_is_solved_again(stores: Callable[..., Stores]) -> None:
    run = stores(FIVE.format(table="stores.csv"))
    run.demand(50)
    run.answer()
    unnoted = """UPDATE checkpoints
        SET checkpoint = CAST(replace(CAST(checkpoint AS TEXT), '"sources"', '"unknown"') AS BLOB)"""
    with closing(sqlite3.connect(run.kept.place)) as file, file:
        file.execute(unnoted)
        file.execute("DELETE FROM writes WHERE channel = 'sources'")
    run.demand(70)

    assert objective(run.answer()) == 158
    assert len(run.model.requests) == 1
    assert objective(run.answer()) == 158
    assert run.said == []


def test_a_file_that_comes_back_is_solved(stores: Callable[..., Stores]) -> None:
    run = stores(*[FIVE.format(table="stores.csv")] * 4)  # formulated, and repaired in vain
    run.demand(50)
    run.answer()
    (run.folder / "stores.csv").unlink()
    gone = run.answer()
    run.demand(50)

    assert "there is no file" in gone.explanation
    assert objective(gone) is None
    assert objective(run.answer()) == 138
    assert len(run.model.requests) == 4


@pytest.mark.parametrize(
    "values",
    [
        lambda last: np.array([*range(2000), last, *range(2000)], dtype=float),
        lambda last: {"a": np.array([*range(2000), last, *range(2000)], dtype=float)},
        lambda last: [np.array([last])],
        lambda last: np.array([*range(2000), last, *range(2000)], dtype=object),
    ],
)
def test_every_number_of_an_array_counts(values: Callable[[float], object]) -> None:
    assert content_digest(values(0.1)) == content_digest(values(0.1))
    assert content_digest(values(0.1)) != content_digest(values(0.1 + 1e-12))
