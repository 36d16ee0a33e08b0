"""What each person may take of the page, whichever way they try to take more."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from steepest.agents.chat.events import Exported, TurnEnded
from steepest.agents.chat.intents import Upload
from steepest.agents.chat.means import Means
from steepest.agents.chat.stores.sqlite import SqliteSessions
from steepest.agents.llm import ChatReply, ChatRequest, FunctionModel, Usage
from steepest.errors import InputError
from steepest.web.allowance import Allowance
from steepest.web.rooms import Room, Rooms
from tests.agents.chat.talks import BAKERY, TOLD

MEANS = Means(FunctionModel(lambda request: BAKERY, name="baker"))
_SECONDS = 60.0


def limited(store: SqliteSessions, folder: Path, means: Means = MEANS, **limits: int) -> Rooms:
    """Conversations of people who may take so much."""
    return Rooms(store, means, folder / "conversations", most_upload=2**20, allowance=Allowance(**limits))


def test_turns_at_once(store: SqliteSessions, tmp_path: Path) -> None:
    rooms = limited(store, tmp_path, turns=1)

    async def several() -> None:
        one, other = [await rooms.enter(store.begin("anna"), "anna") for _ in range(2)]
        somebody_else = await rooms.enter(store.begin("bert"), "bert")
        going_on = rooms.go_on(one, TOLD)
        with pytest.raises(InputError, match="the turn before is still going on"):
            rooms.go_on(one, TOLD)
        with pytest.raises(InputError, match=r"at once \(1\)"):
            rooms.go_on(other, TOLD)
        await rooms.go_on(somebody_else, TOLD)
        await going_on
        await rooms.go_on(other, TOLD)

    asyncio.run(several())


def test_a_read_that_was_given_up_holds_back_its_own_person_alone(
    store: SqliteSessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms, may_end, reads = limited(store, tmp_path, turns=1), threading.Event(), list[str]()

    def read(tables: dict[str, str]) -> list[str]:
        reads.extend(tables)
        assert may_end.wait(_SECONDS)
        return ["t: a table"]

    async def given_up() -> None:
        one, other = [await rooms.enter(rooms.begin(name), name) for name in ("anna", "bert")]
        (one.folder / "t.csv").touch()
        async with _let_go(may_end):
            for _ in range(20):  # more than there are threads
                turn = rooms.go_on(one, "Attached t.csv", Upload(file="t.csv", name="t"))
                await _begun(one)
                one.session.cancel()
                await turn
            await asyncio.wait_for(rooms.go_on(other, TOLD), _SECONDS / 2)

    monkeypatch.setattr("steepest.agents.chat.turns.files.describe_tables", read)
    asyncio.run(given_up())
    assert reads == ["t"]


@asynccontextmanager
async def _let_go(event: threading.Event) -> AsyncIterator[None]:
    try:
        yield
    finally:
        event.set()


async def _begun(room: Room) -> None:
    """Until a turn waits for something."""
    while not room.session.is_busy:
        await asyncio.sleep(0)
    await asyncio.sleep(0)


def test_conversations(store: SqliteSessions, tmp_path: Path) -> None:
    rooms = limited(store, tmp_path, conversations=1)

    async def said_and_deleted() -> None:
        first = await rooms.enter(rooms.begin("anna"), "anna")
        await rooms.go_on(first, TOLD)
        with pytest.raises(InputError, match="delete one"):
            rooms.begin("anna")
        rooms.begin("bert")
        await rooms.delete(first.session.id, "anna")
        assert rooms.begin("anna") != first.session.id

    asyncio.run(said_and_deleted())


def test_conversations_that_were_opened_before_the_limit_was_reached(store: SqliteSessions, tmp_path: Path) -> None:
    rooms = limited(store, tmp_path, conversations=3)

    async def said_in_each() -> list[str]:
        opened = [await rooms.enter(rooms.begin("anna"), "anna") for _ in range(12)]
        refused, turns = [], []
        for each in opened:
            try:
                turns.append(rooms.go_on(each, TOLD))
            except InputError as error:
                refused.append(str(error))
        await asyncio.gather(*turns)
        await rooms.go_on(opened[0], "flour = 50")  # what is kept goes on
        return refused

    refused = asyncio.run(said_in_each())
    assert len(refused) == 9
    assert "you keep 3 conversations" in refused[0]
    assert len(store.sessions("anna")) == 3


def test_files_that_come_in(store: SqliteSessions, tmp_path: Path) -> None:
    rooms = limited(store, tmp_path, files=2**20)

    async def come_in() -> None:
        one, other = [await rooms.enter(store.begin("anna"), "anna") for _ in range(2)]
        (one.folder / "large.csv").write_bytes(bytes(2**20 - 10))
        rooms.require_upload(other, 10)
        with pytest.raises(InputError, match="take 1 of 1 MB"):
            rooms.require_upload(other, 11)
        rooms.require_upload(await rooms.enter(store.begin("bert"), "bert"), 11)

    asyncio.run(come_in())


def test_a_file_alone(store: SqliteSessions, tmp_path: Path) -> None:
    rooms = limited(store, tmp_path)

    async def comes_in() -> None:
        room = await rooms.enter(rooms.begin("anna"), "anna")
        rooms.require_upload(room, 2**20)
        with pytest.raises(InputError, match="at most 1 MB"):
            rooms.require_upload(room, 2**20 + 1)

    asyncio.run(comes_in())


def test_files_that_go_out(store: SqliteSessions, tmp_path: Path) -> None:
    rooms = limited(store, tmp_path, files=2_000)

    async def exported() -> Room:
        room = await rooms.enter(rooms.begin("anna"), "anna")
        for words in (TOLD, "/export five", "/export five", "/export html"):
            await rooms.go_on(room, words)
        return room

    room = asyncio.run(exported())
    assert [each.event.format for each in room.session.events if isinstance(each.event, Exported)] == ["five", "five"]
    assert "this one would be too much" in repr(room.session.events[-2])
    assert sum(each.stat().st_size for each in room.folder.iterdir()) <= 2_000


def test_who_has_used_up_a_day_is_told_and_changes_what_needs_no_model(store: SqliteSessions, tmp_path: Path) -> None:
    usage = Usage(input_tokens=8_000, output_tokens=1_500)
    reply = ChatReply(text=BAKERY, usage=usage, model="baker", provider="test")
    means = Means(FunctionModel(lambda request: reply, name="baker"))

    async def told(words: str) -> str:
        rooms = limited(store, tmp_path, means, tokens=20_000)  # a restart of the server gives nothing back
        room = await rooms.enter(rooms.begin("anna"), "anna")
        await rooms.go_on(room, words)
        return repr(room.session.events)

    assert "336 $" in asyncio.run(told(TOLD))
    assert "336 $" in asyncio.run(told(TOLD))
    refused = asyncio.run(told(TOLD))
    assert "19,000 of 20,000 tokens that you may use in a day" in refused
    assert "336 $" not in refused


def test_a_restart_gives_nothing_back_of_a_call_that_was_cancelled(store: SqliteSessions, tmp_path: Path) -> None:
    asked = asyncio.Event()

    async def never(request: ChatRequest) -> str:
        asked.set()
        await asyncio.Event().wait()
        return ""

    async def cancelled() -> int:
        rooms = limited(store, tmp_path, Means(FunctionModel(never, name="baker")), tokens=100_000)
        room = await rooms.enter(rooms.begin("anna"), "anna")
        turn = rooms.go_on(room, TOLD)
        await asked.wait()
        room.session.cancel()
        await turn
        ended = room.session.events[-1].event
        assert isinstance(ended, TurnEnded)
        return ended.charged_tokens or 0

    async def asked_again() -> str:
        rooms = limited(store, tmp_path, MEANS, tokens=charged + 100)
        room = await rooms.enter(rooms.begin("anna"), "anna")
        await rooms.go_on(room, TOLD)
        return repr(room.session.events)

    charged = asyncio.run(cancelled())
    assert charged > 1_000
    assert f"{charged:,} of {charged + 100:,} tokens that you may use" in asyncio.run(asked_again())
