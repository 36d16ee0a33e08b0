"""Files that come in: into the folder of the conversation, under a name that nothing else has."""

import asyncio
import re
from pathlib import Path

from nicegui import ui
from nicegui.elements.upload_files import FileUpload
from nicegui.events import MultiUploadEventArguments

from steepest.agents.chat.events import Attached
from steepest.agents.chat.intents import Upload
from steepest.errors import InputError, SteepestError
from steepest.web.rooms import Room, Rooms

__all__ = ["Uploads", "take_in"]

_UNFIT = re.compile(r"[^\w.-]+")
_NO_NAME = re.compile(r"\W+")
_MOST_AT_ONCE = 10
_MOST_ALIKE = 10_000
_READABLE = ".csv,.tsv,.txt,.xlsx,.parquet,.json"


class Uploads:
    """A button that takes files, each of which is a table for the model.

    Args:
        room: The conversation.
        rooms: Where it is open.
    """

    def __init__(self, room: Room, rooms: Rooms) -> None:
        self._room = room
        self._rooms = rooms
        most = rooms.most_upload
        bounds = f"tables ({_READABLE}) of at most {most / 2**20:.3g} MB together, {_MOST_AT_ONCE} at a time"
        self._picker = ui.upload(
            multiple=True,
            auto_upload=True,
            max_file_size=most,
            max_total_size=most,
            max_files=_MOST_AT_ONCE,
            on_multi_upload=self._take,
            on_rejected=lambda: ui.notify(bounds, type="warning"),
        )
        self._picker.on("failed", lambda: ui.notify(f"this could not be uploaded: {bounds}", type="warning"))
        self._picker.props(f'accept="{_READABLE}"').classes("waiting-files")
        button = ui.button(icon="attach_file", on_click=lambda: self._picker.run_method("pickFiles"))
        button.props('flat round aria-label="attach a table"')

    async def _take(self, event: MultiUploadEventArguments) -> None:
        self._picker.reset()
        try:
            for each in event.files:
                turn = await take_in(each, self._room, self._rooms)
                await asyncio.shield(turn)  # it goes on when the tab is closed
        except SteepestError as error:
            ui.notify(str(error), type="warning")


async def take_in(file: FileUpload, room: Room, rooms: Rooms) -> "asyncio.Task[None]":
    """Put a file that came into the folder of the conversation, and attach it.

    Returns:
        The turn that attaches it.

    Raises:
        InputError: It may not come in, or no turn may begin; nothing of it stays.
        OSError: It can't be written.
    """
    rooms.require_upload(room, file.size())
    path = _reserved(room.folder, file.name)
    intent = Upload(file=path.name, name=_NO_NAME.sub("_", Path(file.name).stem))
    try:
        await file.save(path)
        rooms.require_space(room.owner, 0)  # others may have come in meanwhile
        turn = rooms.go_on(room, f"Attached {file.name}", intent)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    turn.add_done_callback(lambda done: _drop_unless_attached(path, room, done))
    return turn


def _drop_unless_attached(path: Path, room: Room, turn: "asyncio.Task[None]") -> None:
    """A file that is no table would only take space; a turn that the program's end cuts short may still attach it."""
    names = {Path(each.event.path).name for each in room.session.events if isinstance(each.event, Attached)}
    if path.name not in names and not turn.cancelled():
        path.unlink(missing_ok=True)


def _reserved(folder: Path, name: str) -> Path:
    """An empty file in the folder, under a name like the one given that no other has."""
    plain = _UNFIT.sub("_", Path(name).name).lstrip(".")[-100:] or "table"
    stem, suffix = Path(plain).stem, Path(plain).suffix
    for each in (plain, *(f"{stem}-{count}{suffix}" for count in range(2, _MOST_ALIKE))):
        try:
            (folder / each).touch(exist_ok=False)
        except FileExistsError:
            continue
        return folder / each
    raise InputError(f"there are too many files called {name} here: rename it.")
