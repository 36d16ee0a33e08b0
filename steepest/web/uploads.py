"""Files that come in: into the folder of the conversation, under a name that nothing else has."""

import re
from pathlib import Path

from nicegui import ui
from nicegui.events import MultiUploadEventArguments

from steepest.agents.chat.intents import Upload
from steepest.errors import SteepestError
from steepest.web.rooms import Room

__all__ = ["Uploads"]

_UNFIT = re.compile(r"[^\w.-]+")
_NO_NAME = re.compile(r"\W+")
_MOST_AT_ONCE = 10
_MOST_OF_ALL = 20
"""Times the most of one file; what a conversation keeps in all."""
_READABLE = ".csv,.tsv,.txt,.xlsx,.parquet,.json"


class Uploads:
    """A button that takes files, each of which is a table for the model.

    Args:
        room: The conversation.
        most: Bytes of a file.
    """

    def __init__(self, room: Room, most: int) -> None:
        self._room = room
        self._most = most
        self._picker = ui.upload(
            multiple=True,
            auto_upload=True,
            max_file_size=most,
            max_files=_MOST_AT_ONCE,
            on_multi_upload=self._take,
            on_rejected=lambda: ui.notify(
                f"files of at most {most >> 20} MB, {_MOST_AT_ONCE} at a time", type="warning"
            ),
        )
        self._picker.props(f'accept="{_READABLE}"').classes("waiting-files")
        button = ui.button(icon="attach_file", on_click=lambda: self._picker.run_method("pickFiles"))
        button.props('flat round aria-label="attach a table"')

    async def _take(self, event: MultiUploadEventArguments) -> None:
        self._picker.reset()
        try:
            for each in event.files:
                name = _free_name(self._room.folder, each.name)
                used = sum(path.stat().st_size for path in self._room.folder.iterdir())
                if each.size() > self._most or used + each.size() > _MOST_OF_ALL * self._most:
                    ui.notify(f"{each.name} is too large", type="warning")
                    return
                await each.save(self._room.folder / name)
                intent = Upload(file=name, name=_NO_NAME.sub("_", Path(each.name).stem))
                await self._room.session.turn(f"Attached {each.name}", intent)
        except SteepestError as error:
            ui.notify(str(error), type="warning")


def _free_name(folder: Path, name: str) -> str:
    """A name like the one given that no file in the folder has."""
    plain = _UNFIT.sub("_", Path(name).name).lstrip(".")[-100:] or "table"
    stem, suffix = Path(plain).stem, Path(plain).suffix
    names = (plain, *(f"{stem}-{count}{suffix}" for count in range(2, 10_000)))
    return next(each for each in names if not (folder / each).exists())
