"""Conversations that are open."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from steepest.agents.chat.events import Attached, TurnEnded
from steepest.agents.chat.intents import Upload
from steepest.agents.chat.means import Means
from steepest.agents.chat.stores.protocol import SessionError
from steepest.agents.chat.stores.sqlite import SqliteSessions
from steepest.agents.library.insights import Usage as Usages
from steepest.agents.library.retrieval.queries import Query
from steepest.agents.library.retrieval.recalled import Recall
from steepest.agents.library.stores.protocol import Entry
from steepest.agents.llm import ChatModel, ChatReply, FunctionModel, Usage
from steepest.errors import InputError
from steepest.web.allowance import Allowance
from steepest.web.rooms import Rooms
from tests.agents.chat.talks import BAKERY, TOLD
from tests.agents.library.insights import insight

MEANS = Means(FunctionModel(lambda request: BAKERY, name="baker"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteSessions]:
    with closing(SqliteSessions(tmp_path / "sessions.db")) as opened:
        yield opened


@pytest.fixture
def rooms(store: SqliteSessions, tmp_path: Path) -> Rooms:
    return Rooms(store, MEANS, tmp_path / "conversations")


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
        turn = rooms.go_on(room, TOLD)
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


def test_turns_at_once_are_limited_for_each_person(store: SqliteSessions, tmp_path: Path) -> None:
    rooms = Rooms(store, MEANS, tmp_path / "conversations", allowance=Allowance(turns=1))

    async def several() -> None:
        one, other = (rooms.enter(store.begin("anna"), "anna") for _ in range(2))
        somebody_else = rooms.enter(store.begin("bert"), "bert")
        going_on = rooms.go_on(one, TOLD)
        with pytest.raises(InputError, match="the turn before is still going on"):
            rooms.go_on(one, TOLD)
        with pytest.raises(InputError, match=r"at once \(1\)"):
            rooms.go_on(other, TOLD)
        await rooms.go_on(somebody_else, TOLD)
        await going_on
        await rooms.go_on(other, TOLD)

    asyncio.run(several())


def test_conversations_are_limited_for_each_person(store: SqliteSessions, tmp_path: Path) -> None:
    rooms = Rooms(store, MEANS, tmp_path / "conversations", allowance=Allowance(conversations=1))
    first = rooms.begin("anna")
    asyncio.run(rooms.enter(first, "anna").session.turn(TOLD))
    with pytest.raises(InputError, match="delete one"):
        rooms.begin("anna")
    rooms.begin("bert")
    rooms.delete(first, "anna")
    assert rooms.begin("anna") != first


def test_one_that_was_begun_and_left_is_taken_again(rooms: Rooms) -> None:
    first = rooms.begin("anna")
    assert rooms.begin("anna") == first
    room = rooms.enter(first, "anna")
    assert rooms.begin("anna") != first
    rooms.leave(room)


def test_files_are_limited_for_each_person(store: SqliteSessions, tmp_path: Path) -> None:
    rooms = Rooms(store, MEANS, tmp_path / "conversations", allowance=Allowance(files=2**20))
    one, other = (rooms.enter(store.begin("anna"), "anna") for _ in range(2))
    (one.folder / "large.csv").write_bytes(bytes(2**20 - 10))
    rooms.require_space(other, 10)
    with pytest.raises(InputError, match="take 1 of 1 MB"):
        rooms.require_space(other, 11)
    rooms.require_space(rooms.enter(store.begin("bert"), "bert"), 11)


def test_who_has_used_up_a_day_is_told_and_changes_what_needs_no_model(store: SqliteSessions, tmp_path: Path) -> None:
    usage = Usage(input_tokens=8_000, output_tokens=1_500)
    reply = ChatReply(text=BAKERY, usage=usage, model="baker", provider="test")
    means = Means(FunctionModel(lambda request: reply, name="baker"))

    def told(words: str) -> str:
        rooms = Rooms(store, means, tmp_path / "conversations", allowance=Allowance(tokens=20_000))
        room = rooms.enter(rooms.begin("anna"), "anna")  # a restart of the server gives nothing back
        asyncio.run(room.session.turn(words))
        return repr(room.session.events)

    assert "336 $" in told(TOLD)
    assert "336 $" in told(TOLD)
    refused = told(TOLD)
    assert "19,000 of 20,000 tokens that you may use in a day" in refused
    assert "336 $" not in refused


def test_a_conversation_is_deleted_with_its_files(rooms: Rooms) -> None:
    room = rooms.enter(rooms.begin("anna"), "anna")
    (room.folder / "demand.csv").write_text("city,tons\nBern,3\n")
    with pytest.raises(SessionError):
        rooms.delete(room.session.id, "bert")
    rooms.delete(room.session.id, "anna")
    assert not room.folder.exists()
    with pytest.raises(InputError, match="was deleted"):
        rooms.go_on(room, TOLD)


def test_a_conversation_in_which_a_turn_goes_on_is_not_deleted(rooms: Rooms) -> None:
    async def deleted() -> None:
        room = rooms.enter(rooms.begin("anna"), "anna")
        turn = rooms.go_on(room, TOLD)
        with pytest.raises(InputError, match="cancel it first"):
            rooms.delete(room.session.id, "anna")
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
        one, other = (rooms.enter(rooms.begin(name), name) for name in ("anna", "bert"))
        turns = rooms.go_on(one, TOLD), rooms.go_on(other, TOLD.replace("cake", "tart"))
        await asyncio.gather(*turns)
        current = [room.session.conversation.current for room in (one, other)]
        return [each.title for version in current if version is not None for each in version.insights]

    assert asyncio.run(both()) == ["About cake", "About flour"]


def test_two_conversations_have_folders_of_their_own(rooms: Rooms) -> None:
    one, other = (rooms.enter(rooms.store.begin("anna"), "anna") for _ in range(2))
    assert one.folder != other.folder
