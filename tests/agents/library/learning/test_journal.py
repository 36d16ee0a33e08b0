"""The journal, and learning that goes on after a kill at any moment."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from steepest.agents.library.events import Outcome
from steepest.agents.library.learning import journal
from steepest.agents.library.learning.journal import Journal, StepRecord, TaskRecord
from steepest.agents.library.library import Library
from steepest.agents.llm import ChatReply
from steepest.agents.llm.chat import run_sync
from steepest.agents.llm.kept_replies import KeptModel, ReplyFile
from steepest.errors import InputError
from tests.agents.library.learning.kiosks import free_kiosk, kiosk, learning, share_insight, student, teacher

TASKS = [free_kiosk("Free"), kiosk("Anna's"), kiosk("Ben's", 90), free_kiosk("Cleo's", 90)]
RECORD = TaskRecord(iteration=0, task="a", solved=True, outcome="solved")


class Killed(BaseException):
    """As a kill: nothing catches it."""


def test_records_are_read_again(tmp_path: Path):
    Journal(tmp_path / "j").add(RECORD)
    Journal(tmp_path / "j").add(RECORD.model_copy(update={"iteration": 1, "solved": False}))
    read = Journal(tmp_path / "j")
    assert read.done(0) == {"a": RECORD}
    assert not read.latest()["a"].solved


def test_steps_are_read_again_beside_tasks(tmp_path: Path):
    step = StepRecord(iteration=1, name="refine x", note="refused")
    for each in (RECORD, step, RECORD.model_copy(update={"iteration": 1})):
        Journal(tmp_path / "j").add(each)
    read = Journal(tmp_path / "j")
    assert read.steps_done(1) == {"refine x": step}
    assert read.steps_done(0) == {}
    assert [each.iteration for each in read.tasks] == [0, 1]
    assert read.records[1] == step


def test_a_journal_of_an_older_version_is_read(tmp_path: Path):
    known = {"type": "task", "iteration": 0, "task": "a", "solved": True, "outcome": "solved", "refused": [], "size": 3}
    (tmp_path / "j").write_text(
        json.dumps({**known, "effects": {"outcome": None, "accepted": [], "definitions": []}}) + "\n"
    )
    [record] = Journal(tmp_path / "j").tasks
    assert (record.size, record.diagnosis, record.right) == (3, None, None)


def test_the_formulation_that_was_last_found_to_be_right_is_known():
    journal = Journal()
    for iteration, right in enumerate(("first", "second", None)):
        journal.add(RECORD.model_copy(update={"iteration": iteration, "right": right}))
    assert journal.right_of("a") == "second"
    assert journal.right_of("b") is None


@pytest.mark.parametrize("kept", range(1, 40, 6))
def test_a_last_line_that_was_torn_is_written_over(tmp_path: Path, kept: int):
    path = tmp_path / "j"
    Journal(path).add(RECORD)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:kept])
    torn = Journal(path)
    assert torn.records == [RECORD]
    torn.add(RECORD.model_copy(update={"task": "b"}))
    assert [each.task for each in Journal(path).records] == ["a", "b"]


def test_a_line_in_the_middle_that_can_not_be_read_is_told_with_its_number(tmp_path: Path):
    path = tmp_path / "j"
    Journal(path).add(RECORD)
    path.write_bytes(path.read_bytes() + b"{}\n" + path.read_bytes())
    with pytest.raises(InputError, match="line 2"):
        Journal(path)


def test_a_journal_that_can_not_be_written_is_told(tmp_path: Path):
    with pytest.raises(InputError, match="can't be written"):
        Journal(tmp_path / "none" / "j").add(RECORD)


def run(folder: Path, kill_at: str = "", nth: int = 0, monkeypatch: Any = None) -> int:
    """Learn in a folder, killed before the n-th call of something; how many calls there were."""
    calls = 0

    def before(function: Any) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == nth:
                raise Killed
            return function(*arguments, **named)

        return call

    folder.mkdir(exist_ok=True)
    replies = ReplyFile(folder / "replies.sqlite")
    with Library.open(folder / "library.db", author="learn", run="r") as library, monkeypatch.context() as patch:
        if not library.store.number():
            library.add([share_insight(condition="when vehicles visit places", explanation="each place is left again")])
        if kill_at == "journal":
            patch.setattr(Journal, "add", before(Journal.add))
        elif kill_at == "write":
            patch.setattr(journal, "write", before(journal.write))
        elif kill_at == "event":
            patch.setattr(type(library.store), "write", before(type(library.store).write))
        asked = student()
        model = KeptModel(asked.model, replies)
        if kill_at == "reply":
            patch.setattr(model, "complete", before(model.complete))
        online_learning = learning(
            library,
            folder,
            student=replace(asked, model=model),
            teacher=KeptModel(teacher(), replies),
        )
        try:
            for iteration in range(2):
                run_sync(online_learning.learn(TASKS, iteration))
        except Killed:
            pass
        finally:
            replies.close()
    return calls


def came_of(folder: Path) -> tuple[Any, ...]:
    """The library and the journal of a run, without times."""
    with Library.open(folder / "library.db") as library:
        events = [event.body for event in library.history()]
        state = library.state()
    records = [each.model_copy(update={"seconds": 0.0}) for each in Journal(folder / "journal.jsonl").records]
    usage = {name: each.model_copy(update={"verified": None}) for name, each in state.usage.items()}
    return events, state.insights, state.definitions, usage, records


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, ...]:
    folder = tmp_path_factory.mktemp("whole") / "run"
    run(folder, monkeypatch=pytest.MonkeyPatch())
    return came_of(folder)


def test_a_run_counts_each_task_once_an_iteration(uninterrupted: tuple[Any, ...]):
    outcomes = [body for body in uninterrupted[0] if isinstance(body, Outcome)]
    counted = [(each.task, each.iteration) for each in outcomes]
    assert len(set(counted)) == len(counted) > 4


@pytest.mark.parametrize(
    ("place", "nth"),
    [*((place, n) for place in ("journal", "write") for n in range(1, 9)), ("event", 2), ("event", 5), ("event", 8)],
)
def test_a_run_that_was_killed_goes_on_to_the_same_library_and_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uninterrupted: tuple[Any, ...], place: str, nth: int
):
    run(tmp_path / "run", place, nth, monkeypatch)
    run(tmp_path / "run", monkeypatch=monkeypatch)
    assert came_of(tmp_path / "run") == uninterrupted


@pytest.mark.parametrize("nth", [1, 4, 9])
def test_a_kill_before_a_reply_changes_nothing_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uninterrupted: tuple[Any, ...], nth: int
):
    run(tmp_path / "run", "reply", nth, monkeypatch)
    run(tmp_path / "run", monkeypatch=monkeypatch)
    assert came_of(tmp_path / "run") == uninterrupted


def test_what_was_paid_for_is_not_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    paid: list[str] = []
    keep = ReplyFile.keep

    def counted(self: ReplyFile, key: str, reply: ChatReply) -> Any:
        paid.append(key)
        return keep(self, key, reply)

    monkeypatch.setattr(ReplyFile, "keep", counted)
    run(tmp_path / "run", "journal", 3, monkeypatch)
    run(tmp_path / "run", monkeypatch=monkeypatch)
    assert len(paid) == len(set(paid)) > 8
