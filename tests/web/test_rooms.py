"""Conversations that are open."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from steepest.agents.chat.events import Attached, TurnEnded
from steepest.agents.chat.intents import Upload
from steepest.agents.chat.means import Means
from steepest.agents.chat.stores.protocol import SessionError
from steepest.agents.chat.stores.sqlite import SqliteSessions
from steepest.agents.llm import FunctionModel
from steepest.web.rooms import Rooms
from tests.agents.chat.talks import BAKERY, TOLD


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    store = SqliteSessions(tmp_path / "sessions.db")
    yield Rooms(store, Means(FunctionModel(lambda request: BAKERY, name="baker")), tmp_path / "conversations")
    store.close()


def test_tabs_share_a_conversation(rooms: Rooms) -> None:
    id = rooms.store.begin("anna")
    assert rooms.enter(id, "anna").session is rooms.enter(id, "anna").session


def test_the_conversation_of_somebody_else_is_closed(rooms: Rooms) -> None:
    id = rooms.store.begin("anna")
    rooms.enter(id, "anna")
    with pytest.raises(SessionError, match="no such conversation"):
        rooms.enter(id, "bert")


def test_a_conversation_that_there_is_not_leaves_no_folder(rooms: Rooms, tmp_path: Path) -> None:
    with pytest.raises(SessionError):
        rooms.enter("made-up", "anna")
    assert not (tmp_path / "conversations").exists()


def test_a_conversation_that_nobody_shows_is_closed_and_comes_again(rooms: Rooms) -> None:
    id = rooms.store.begin("anna")
    room = rooms.enter(id, "anna")
    rooms.leave(room)
    assert rooms.enter(id, "anna") is not room


def test_a_turn_goes_on_when_the_tab_is_closed(rooms: Rooms) -> None:
    async def left() -> None:
        room = rooms.enter(rooms.store.begin("anna"), "anna")
        turn = rooms.go_on(room, room.session.turn(TOLD))
        await asyncio.sleep(0)
        rooms.leave(room)
        assert rooms.enter(room.session.id, "anna") is room
        await turn
        assert isinstance(room.session.events[-1].event, TurnEnded)

    asyncio.run(left())


def test_a_page_reads_no_files_by_name(rooms: Rooms, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    room = rooms.enter(rooms.store.begin("anna"), "anna")
    asyncio.run(room.session.turn(f"/data {tmp_path / 'secret.csv'}"))
    asyncio.run(room.session.turn("Attached", Upload(file="../../secret.csv")))
    assert not any(isinstance(each.event, Attached) for each in room.session.events)


def test_an_upload_is_a_table(rooms: Rooms) -> None:
    room = rooms.enter(rooms.store.begin("anna"), "anna")
    (room.folder / "demand.csv").write_text("city,tons\nBern,3\n")
    asyncio.run(room.session.turn("Attached demand.csv", Upload(file="demand.csv", name="demand")))
    assert room.session.conversation.tables["demand"].description


def test_two_conversations_have_folders_of_their_own(rooms: Rooms) -> None:
    one, other = (rooms.enter(rooms.store.begin("anna"), "anna") for _ in range(2))
    assert one.folder != other.folder
