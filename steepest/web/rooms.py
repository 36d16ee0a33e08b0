"""The conversations that are open: one session for all the tabs that show it, and its turns, which outlive them."""

import asyncio
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from steepest.agents.chat.intents import Intent
from steepest.agents.chat.means import Means
from steepest.agents.chat.session import Session
from steepest.agents.chat.stores.protocol import SessionError, SessionStore
from steepest.agents.llm.budget import Budgeted
from steepest.errors import InputError
from steepest.web.allowance import Allowance, DailyBudget, budget_of

__all__ = ["Room", "Rooms"]

_UNFIT = re.compile(r"[^\w.-]+")


@dataclass
class Room:
    """A conversation that is open."""

    session: Session
    owner: str
    folder: Path
    """Where its uploads and exports are; nothing else is in it."""
    visitors: int = 0
    """Tabs that show it."""
    turn: "asyncio.Task[None] | None" = field(default=None, repr=False)

    @property
    def is_busy(self) -> bool:
        """Whether a turn goes on."""
        return self.session.is_busy or (self.turn is not None and not self.turn.done())


class Rooms:
    """Opens conversations, and carries out their turns.

    Args:
        store: Where they are kept.
        means: Whom to ask and how to solve; files come and go by upload and download.
        folder: Each conversation has a folder of its own in here.
        most_upload: Bytes of an uploaded file.
        allowance: What each person may take.
    """

    def __init__(
        self,
        store: SessionStore,
        means: Means,
        folder: Path,
        *,
        most_upload: int = 50 * 2**20,
        allowance: Allowance = Allowance(),  # noqa: B008  # it is frozen
    ) -> None:
        self.store = store
        self.most_upload = most_upload
        self._means = replace(means, reads_files=False)
        self._folder = folder
        self._allowance = allowance
        self._budgets: dict[str, DailyBudget | None] = {}
        self._open: dict[tuple[str, str], Room] = {}
        self._begun: dict[str, str] = {}
        """The conversation that each owner began last."""

    def begin(self, owner: str) -> str:
        """Begin a conversation; one that was begun before is taken where nothing was said in it and no tab shows it.

        Returns:
            Its id.

        Raises:
            InputError: The owner has as many as may be kept.
        """
        most = self._allowance.conversations
        if most is not None and len(self.store.sessions(owner)) >= most:
            raise InputError(f"you keep {most} conversations, which is the most: delete one in the list of them.")
        last = self._begun.get(owner)
        if last is None or (last, owner) in self._open or not self._is_untouched(last, owner):
            last = self._begun[owner] = self.store.begin(owner)
        return last

    def enter(self, id: str, owner: str) -> Room:
        """Open a conversation, or join those who have it open.

        Raises:
            SessionError: The owner has no such conversation.
        """
        room = self._open.get((id, owner))
        if room is None:
            folder = self._folder_of(id)
            room = Room(Session(id, owner, self.store, self._means_of(owner, folder)), owner, folder)
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._open[id, owner] = room
        room.visitors += 1
        return room

    def leave(self, room: Room) -> None:
        """A tab is gone; a conversation that nobody shows and where nothing goes on is closed."""
        room.visitors -= 1
        self._close_empty()

    def go_on(self, room: Room, words: str, intent: Intent | None = None) -> "asyncio.Task[None]":
        """Carry out a turn, whoever still looks on.

        Raises:
            InputError: It may not begin now.
        """
        self.require_turn(room)
        room.turn = asyncio.get_running_loop().create_task(room.session.turn(words, intent))
        room.turn.add_done_callback(lambda done: self._close_empty())
        return room.turn

    def require_turn(self, room: Room) -> None:
        """See whether a turn may begin.

        Raises:
            InputError: It may not; the text says why, and what to do.
        """
        if self._open.get((room.session.id, room.owner)) is not room:
            raise InputError("this conversation was deleted.")
        if room.is_busy:
            raise InputError("the turn before is still going on: wait for its end, or cancel it.")
        most = self._allowance.turns
        if most is not None and sum(each.is_busy for each in self._of(room.owner)) >= most:
            raise InputError(
                f"as many turns as you may have at once ({most}) go on in your other conversations: wait until one "
                "ends, or cancel it."
            )

    def require_space(self, room: Room, bytes: int) -> None:
        """See whether a file may come in.

        Raises:
            InputError: The person's files would be too many.
        """
        most = self._allowance.files
        if most is None:
            return
        ids = {each.id for each in self.store.sessions(room.owner)} | {each.session.id for each in self._of(room.owner)}
        used = sum(path.stat().st_size for id in ids for path in self._folder_of(id).glob("*"))
        if used + bytes > most:
            raise InputError(
                f"your files take {used / 2**20:.0f} of {most / 2**20:.0f} MB, and this one would be too much: delete "
                "a conversation with files that you need no more."
            )

    def delete(self, id: str, owner: str) -> None:
        """Forget a conversation, its files with it.

        Raises:
            InputError: A turn goes on in it, the owner has none, or the files can't be removed.
        """
        room = self._open.get((id, owner))
        if room is not None and room.is_busy:
            raise InputError("a turn goes on in this conversation: cancel it first.")
        self.store.delete(id, owner)
        self._open.pop((id, owner), None)
        if self._begun.get(owner) == id:
            del self._begun[owner]
        try:
            if self._folder_of(id).is_dir():
                shutil.rmtree(self._folder_of(id))
        except OSError as error:
            raise InputError(f"the files of the conversation can't be removed: {error.strerror or error}.") from error

    async def close(self) -> None:
        """End what goes on."""
        turns = [room.turn for room in self._open.values() if room.turn is not None and not room.turn.done()]
        for room in self._open.values():
            room.session.cancel()
        await asyncio.gather(*turns, return_exceptions=True)

    def _is_untouched(self, id: str, owner: str) -> bool:
        try:
            return not self.store.events(id, owner)
        except SessionError:  # deleted elsewhere
            return False

    def _of(self, owner: str) -> Iterable[Room]:
        return (room for (_, each), room in self._open.items() if each == owner)

    def _folder_of(self, id: str) -> Path:
        return self._folder / _UNFIT.sub("_", id)

    def _means_of(self, owner: str, folder: Path) -> Means:
        """What a person's conversations work with: the model is asked as long as the person may."""
        if owner not in self._budgets:
            self._budgets[owner] = budget_of(owner, self._allowance, self.store)
        budget, model = self._budgets[owner], self._means.model
        return replace(self._means, folder=folder, model=model if budget is None else Budgeted(model, budget))

    def _close_empty(self) -> None:
        empty = [key for key, room in self._open.items() if not room.visitors and not room.is_busy]
        for key in empty:
            del self._open[key]
