"""The conversations that are open: one session for all the tabs that show it, and its turns, which outlive them."""

import asyncio
import re
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from steepest.agents.chat.means import Means
from steepest.agents.chat.session import Session
from steepest.agents.chat.stores.protocol import SessionStore

__all__ = ["Room", "Rooms"]

_UNFIT = re.compile(r"[^\w.-]+")


@dataclass
class Room:
    """A conversation that is open."""

    session: Session
    folder: Path
    """Where its uploads and exports are; nothing else is in it."""
    visitors: int = 0
    """Tabs that show it."""
    turn: "asyncio.Task[None] | None" = field(default=None, repr=False)


class Rooms:
    """Opens conversations, and carries out their turns.

    Args:
        store: Where they are kept.
        means: Whom to ask and how to solve; files come and go by upload and download.
        folder: Each conversation has a folder of its own in here.
        most_upload: Bytes of an uploaded file.
    """

    def __init__(self, store: SessionStore, means: Means, folder: Path, *, most_upload: int = 50 * 2**20) -> None:
        self.store = store
        self.most_upload = most_upload
        self._means = replace(means, reads_files=False)
        self._folder = folder
        self._open: dict[tuple[str, str], Room] = {}

    def enter(self, id: str, owner: str) -> Room:
        """Open a conversation, or join those who have it open.

        Raises:
            SessionError: The owner has no such conversation.
        """
        room = self._open.get((id, owner))
        if room is None:
            folder = self._folder / _UNFIT.sub("_", id)
            room = Room(Session(id, owner, self.store, replace(self._means, folder=folder)), folder)
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._open[id, owner] = room
        room.visitors += 1
        return room

    def leave(self, room: Room) -> None:
        """A tab is gone; a conversation that nobody shows and where nothing goes on is closed."""
        room.visitors -= 1
        self._close_empty()

    def go_on(self, room: Room, turn: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Carry out a turn, whoever still looks on."""
        room.turn = asyncio.get_running_loop().create_task(turn)
        room.turn.add_done_callback(lambda done: self._close_empty())
        return room.turn

    async def close(self) -> None:
        """End what goes on."""
        turns = [room.turn for room in self._open.values() if room.turn is not None and not room.turn.done()]
        for room in self._open.values():
            room.session.cancel()
        await asyncio.gather(*turns, return_exceptions=True)

    def _close_empty(self) -> None:
        empty = [key for key, room in self._open.items() if not room.visitors and not room.session.is_busy]
        for key in empty:
            del self._open[key]
