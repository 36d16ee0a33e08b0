"""Files that come in: into the folder of the conversation, under a name that nothing else has."""

import asyncio
import re
from pathlib import Path

from nicegui import ui
from nicegui.elements.upload_files import FileUpload
from nicegui.events import MultiUploadEventArguments

from steepest.agents.chat.intents import Upload
from steepest.errors import SteepestError
from steepest.web.rooms import Room, Rooms

__all__ = ["Uploads"]

_UNFIT = re.compile(r"[^\w.-]+")
_NO_NAME = re.compile(r"\W+")
_MOST_AT_ONCE = 10
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
                await self._attach(each)
        except SteepestError as error:
            ui.notify(str(error), type="warning")

    async def _attach(self, file: FileUpload) -> None:
        self._rooms.require_turn(self._room)
        self._rooms.require_space(self._room, file.size())
        name = _free_name(self._room.folder, file.name)
        await file.save(self._room.folder / name)
        intent = Upload(file=name, name=_NO_NAME.sub("_", Path(file.name).stem))
        turn = self._rooms.go_on(self._room, f"Attached {file.name}", intent)
        await asyncio.shield(turn)  # it goes on when the tab is closed


def _free_name(folder: Path, name: str) -> str:
    """A name like the one given that no file in the folder has."""
    plain = _UNFIT.sub("_", Path(name).name).lstrip(".")[-100:] or "table"
    stem, suffix = Path(plain).stem, Path(plain).suffix
    names = (plain, *(f"{stem}-{count}{suffix}" for count in range(2, 10_000)))
    return next(each for each in names if not (folder / each).exists())
