"""Conversations that are open."""

import asyncio
import threading
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from steepest.agents.chat.events import Attached, Compared, TurnEnded
from steepest.agents.chat.intents import Upload
from steepest.agents.chat.means import Means
from steepest.agents.chat.session import Session
from steepest.agents.chat.stores.protocol import SessionError
from steepest.agents.chat.stores.sqlite import SqliteSessions
from steepest.agents.library.insights import Usage as Usages
from steepest.agents.library.retrieval.queries import Query
from steepest.agents.library.retrieval.recalled import Recall
from steepest.agents.library.stores.protocol import Entry
from steepest.agents.llm import ChatModel, FunctionModel
from steepest.errors import InputError
from steepest.web.rooms import Room, Rooms
from tests.agents.chat.talks import BAKERY, TOLD
from tests.agents.library.insights import insight

MEANS = Means(FunctionModel(lambda request: BAKERY, name="baker"))
_SECONDS = 60.0


@pytest.fixture
def rooms(store: SqliteSessions, tmp_path: Path) -> Rooms:
    return Rooms(store, MEANS, tmp_path / "conversations")


def entered(rooms: Rooms, id: str, owner: str) -> Room:
    """A conversation that a tab has opened."""
    return asyncio.run(rooms.enter(id, owner))


def test_tabs_share_a_conversation(rooms: Rooms) -> None:
    id = rooms.store.begin("anna")
    assert entered(rooms, id, "anna").session is entered(rooms, id, "anna").session


def test_the_conversation_of_somebody_else_is_closed(rooms: Rooms) -> None:
    id = rooms.store.begin("anna")
    entered(rooms, id, "anna")
    with pytest.raises(SessionError, match="no such conversation"):
        entered(rooms, id, "bert")


def test_a_conversation_that_there_is_not_leaves_no_folder(rooms: Rooms, tmp_path: Path) -> None:
    with pytest.raises(SessionError):
        entered(rooms, "made-up", "anna")
    assert not (tmp_path / "conversations").exists()


def test_a_conversation_that_nobody_shows_is_closed_and_comes_again(rooms: Rooms) -> None:
    id = rooms.store.begin("anna")
    room = entered(rooms, id, "anna")
    rooms.leave(room)
    assert entered(rooms, id, "anna") is not room


def test_a_turn_goes_on_when_the_tab_is_closed(rooms: Rooms) -> None:
    async def left() -> None:
        room = await rooms.enter(rooms.store.begin("anna"), "anna")
        turn = rooms.go_on(room, TOLD)
        await asyncio.sleep(0)
        rooms.leave(room)
        assert await rooms.enter(room.session.id, "anna") is room
        await turn
        assert isinstance(room.session.events[-1].event, TurnEnded)

    asyncio.run(left())


def test_a_page_reads_no_files_by_name(rooms: Rooms, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    room = entered(rooms, rooms.store.begin("anna"), "anna")
    asyncio.run(room.session.turn(f"/data {tmp_path / 'secret.csv'}"))
    asyncio.run(room.session.turn("Attached", Upload(file="../../secret.csv")))
    assert not any(isinstance(each.event, Attached) for each in room.session.events)


def test_an_upload_is_a_table(rooms: Rooms) -> None:
    room = entered(rooms, rooms.store.begin("anna"), "anna")
    (room.folder / "demand.csv").write_text("city,tons\nBern,3\n")
    asyncio.run(room.session.turn("Attached demand.csv", Upload(file="demand.csv", name="demand")))
    assert room.session.conversation.tables["demand"].description


def test_one_that_was_begun_and_left_is_taken_again(rooms: Rooms) -> None:
    first = rooms.begin("anna")
    assert rooms.begin("anna") == first
    room = entered(rooms, first, "anna")
    second = rooms.begin("anna")
    assert second != first
    entered(rooms, second, "anna")
    rooms.leave(room)
    assert rooms.begin("anna") == first


def test_one_in_which_nothing_was_said_is_forgotten_in_time_with_its_folder(
    rooms: Rooms, store: SqliteSessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, said = (entered(rooms, store.begin("anna"), "anna") for _ in range(2))
    asyncio.run(said.session.turn(TOLD))
    after_a_restart = Rooms(store, MEANS, tmp_path / "conversations")
    after_a_restart.begin("anna")
    assert left.folder.exists()
    monkeypatch.setattr("steepest.web.rooms._UNTOUCHED", timedelta())
    after_a_restart.begin("anna")
    assert not store.owns(left.session.id, "anna")
    assert not left.folder.exists()
    assert said.folder.exists()


def test_tabs_that_open_a_conversation_at_once_share_it(rooms: Rooms) -> None:
    async def at_once() -> None:
        id = rooms.begin("anna")
        one, other = await asyncio.gather(rooms.enter(id, "anna"), rooms.enter(id, "anna"))
        assert one is other
        rooms.leave(one)
        await rooms.go_on(other, TOLD)

    asyncio.run(at_once())


def test_the_event_loop_goes_on_while_a_long_conversation_is_read(
    rooms: Rooms, store: SqliteSessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on, read = threading.Event(), store.events

    def events(*given: Any, **named: Any) -> Any:
        assert may_go_on.wait(_SECONDS)
        return read(*given, **named)

    async def meanwhile() -> None:
        entering = asyncio.create_task(rooms.enter(rooms.begin("anna"), "anna"))
        await asyncio.sleep(0)
        may_go_on.set()
        await entering

    monkeypatch.setattr(store, "events", events)
    asyncio.run(meanwhile())


def test_a_comparison_is_worked_out_once_for_all_tabs(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    room = entered(rooms, rooms.begin("anna"), "anna")
    for words in (TOLD, "flour = 50"):
        asyncio.run(room.session.turn(words))
    [compared] = [each.event for each in room.session.events if isinstance(each.event, Compared)]
    again = entered(Rooms(rooms.store, MEANS, room.folder.parent), room.session.id, "anna")
    monkeypatch.setattr("steepest.web.entries.comparison", None)
    assert "flour = 50" in again.comparisons.entry(compared, again.session.conversation)


def test_what_was_said_in_another_process_is_there_when_a_tab_is_loaded_again(rooms: Rooms, tmp_path: Path) -> None:
    room = entered(rooms, rooms.begin("anna"), "anna")
    asyncio.run(room.session.turn(TOLD))
    with closing(SqliteSessions(tmp_path / "sessions.db")) as of_the_terminal:
        asyncio.run(Session(room.session.id, "anna", of_the_terminal, MEANS).turn("flour = 50"))
    assert entered(rooms, room.session.id, "anna") is room
    assert len(room.session.conversation.versions) == 2

    async def gone_on() -> None:
        await rooms.go_on(room, "flour = 60")

    asyncio.run(gone_on())
    assert len(room.session.conversation.versions) == 3


def test_a_file_is_found_by_its_owner_and_by_its_name_alone(rooms: Rooms) -> None:
    room = entered(rooms, rooms.begin("anna"), "anna")
    (room.folder / "demand.csv").write_text("city,tons\nBern,3\n")
    (room.folder.parent / "secret.csv").touch()
    assert rooms.file(room.session.id, "anna", "demand.csv") == room.folder / "demand.csv"
    for name in ("secret.csv", "../secret.csv", "..", "."):
        assert rooms.file(room.session.id, "anna", name) is None
    with pytest.raises(SessionError, match="no such conversation"):
        rooms.file(room.session.id, "bert", "demand.csv")


def test_nothing_of_a_conversation_that_was_deleted_stays(store: SqliteSessions, tmp_path: Path) -> None:
    rooms = Rooms(store, replace(MEANS, checkpoints=tmp_path / "turns.db"), tmp_path / "conversations")

    async def told_and_deleted() -> None:
        room = await rooms.enter(rooms.begin("anna"), "anna")
        await rooms.go_on(room, f"Our takeover of Initech: {TOLD}")
        assert _holds(tmp_path, b"takeover of Initech")
        await rooms.delete(room.session.id, "anna")

    asyncio.run(told_and_deleted())
    assert not _holds(tmp_path, b"takeover of Initech")


def _holds(folder: Path, words: bytes) -> bool:
    return any(words in each.read_bytes() for each in folder.rglob("*") if each.is_file())


def test_a_conversation_is_deleted_with_its_files(rooms: Rooms) -> None:
    room = entered(rooms, rooms.begin("anna"), "anna")
    (room.folder / "demand.csv").write_text("city,tons\nBern,3\n")
    with pytest.raises(SessionError):
        asyncio.run(rooms.delete(room.session.id, "bert"))
    asyncio.run(rooms.delete(room.session.id, "anna"))
    assert not room.folder.exists()
    with pytest.raises(InputError, match="was deleted"):
        rooms.go_on(room, TOLD)


def test_a_conversation_in_which_a_turn_goes_on_is_not_deleted(rooms: Rooms) -> None:
    async def deleted() -> None:
        room = await rooms.enter(rooms.begin("anna"), "anna")
        turn = rooms.go_on(room, TOLD)
        with pytest.raises(InputError, match="cancel it first"):
            await rooms.delete(room.session.id, "anna")
        await turn

    asyncio.run(deleted())


class Finds:
    """Finds what the problem is about, once both were asked."""

    def __init__(self) -> None:
        self.both_asked = asyncio.Barrier(2)

    async def recall(self, query: Query, model: ChatModel) -> Recall:
        await self.both_asked.wait()
        found = "cake" if "cake" in query.text else "flour"
        return Recall((Entry(insight(found, title=f"About {found}"), 1, Usages()),))


def test_conversations_that_go_on_at_once_have_the_insights_of_their_own_problems(
    store: SqliteSessions, tmp_path: Path
) -> None:
    async def both() -> list[str]:
        rooms = Rooms(store, replace(MEANS, recaller=Finds()), tmp_path / "conversations")
        one, other = [await rooms.enter(rooms.begin(name), name) for name in ("anna", "bert")]
        turns = rooms.go_on(one, TOLD), rooms.go_on(other, TOLD.replace("cake", "tart"))
        await asyncio.gather(*turns)
        current = [room.session.conversation.current for room in (one, other)]
        return [each.title for version in current if version is not None for each in version.insights]

    assert asyncio.run(both()) == ["About cake", "About flour"]


def test_two_conversations_have_folders_of_their_own(rooms: Rooms) -> None:
    one, other = (entered(rooms, rooms.store.begin("anna"), "anna") for _ in range(2))
    assert one.folder != other.folder
