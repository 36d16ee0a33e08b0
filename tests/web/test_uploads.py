"""Files that come in."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from steepest.agents.chat.events import Attached
from steepest.agents.chat.means import Means
from steepest.agents.chat.stores.sqlite import SqliteSessions
from steepest.agents.llm import FunctionModel
from steepest.errors import InputError
from steepest.web.allowance import Allowance
from steepest.web.rooms import Room, Rooms

pytest.importorskip("nicegui", reason="the page needs steepest[web]")

from nicegui.elements.upload_files import SmallFileUpload  # where there is one

from steepest.web.uploads import take_in

_BERN, _OTHERS = b"city,demand\nBern,1\n", b"city,demand\nChur,2\nGenf,3\n"


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    with closing(SqliteSessions(tmp_path / "sessions.db")) as store:
        means = Means(FunctionModel(lambda request: "", name="nobody"))
        yield Rooms(store, means, tmp_path / "conversations", most_upload=1000, allowance=Allowance(files=1500))


def upload(name: str, content: bytes) -> SmallFileUpload:
    return SmallFileUpload(name, "text/csv", content)


def attached(room: Room) -> dict[str, bytes]:
    """The content of what was attached, by the name of its file."""
    paths = [Path(each.event.path) for each in room.session.events if isinstance(each.event, Attached)]
    return {each.name: each.read_bytes() for each in paths}


def test_files_of_one_name_stay_apart(rooms: Rooms) -> None:
    async def one_after_the_other() -> Room:
        room = await rooms.enter(rooms.begin("anna"), "anna")
        for content in (_BERN, _OTHERS):
            await (await take_in(upload("demand.csv", content), room, rooms))
        return room

    assert attached(asyncio.run(one_after_the_other())) == {"demand.csv": _BERN, "demand-2.csv": _OTHERS}


def test_two_tabs_that_attach_files_of_one_name_at_once(rooms: Rooms) -> None:
    async def at_once() -> tuple[Room, list[object]]:
        room = await rooms.enter(rooms.begin("anna"), "anna")
        both = [take_in(upload("demand.csv", each), room, rooms) for each in (_BERN, _OTHERS)]
        found = await asyncio.gather(*both, return_exceptions=True)
        await asyncio.gather(*(each for each in found if isinstance(each, asyncio.Task)))
        return room, list(found)

    room, found = asyncio.run(at_once())
    [refused] = [each for each in found if isinstance(each, BaseException)]
    assert "the turn before is still going on" in str(refused)
    [(name, content)] = attached(room).items()
    assert content == (_BERN if name == "demand.csv" else _OTHERS)
    assert [each.name for each in room.folder.iterdir()] == [name]


def test_files_that_come_in_at_once_do_not_pass_the_limit_together(rooms: Rooms) -> None:
    async def at_once() -> int:
        opened = [await rooms.enter(rooms.begin("anna"), "anna") for _ in range(2)]
        both = [take_in(upload("t.csv", b"a\n" + b"1\n" * 400), each, rooms) for each in opened]
        found = await asyncio.gather(*both, return_exceptions=True)
        await asyncio.gather(*(each for each in found if isinstance(each, asyncio.Task)))
        return sum(each.stat().st_size for room in opened for each in room.folder.iterdir())

    assert asyncio.run(at_once()) <= 1500


@pytest.mark.parametrize("name", ["", "...", "../../x.csv", 'a" onmouseover="x.csv', "n" * 300 + ".csv"])
def test_odd_names_stay_in_the_folder(rooms: Rooms, name: str) -> None:
    async def taken_in() -> Room:
        room = await rooms.enter(rooms.begin("anna"), "anna")
        await (await take_in(upload(name, _BERN), room, rooms))
        return room

    room = asyncio.run(taken_in())
    [path] = room.folder.iterdir()
    assert path.read_bytes() == _BERN
    assert not set(path.name) & set('"/ ')


def test_a_file_that_is_too_large_leaves_nothing(rooms: Rooms) -> None:
    async def refused() -> Room:
        room = await rooms.enter(rooms.begin("anna"), "anna")
        with pytest.raises(InputError, match="at most"):
            await take_in(upload("t.csv", bytes(1001)), room, rooms)
        return room

    assert list(asyncio.run(refused()).folder.iterdir()) == []


def test_a_file_that_is_no_table_leaves_nothing(rooms: Rooms) -> None:
    async def told() -> Room:
        room = await rooms.enter(rooms.begin("anna"), "anna")
        await (await take_in(upload("t.xlsx", b"no workbook"), room, rooms))
        return room

    room = asyncio.run(told())
    assert attached(room) == {}
    assert list(room.folder.iterdir()) == []
