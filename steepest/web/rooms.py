"""The conversations that are open: one session for all the tabs that show it, and its turns, which outlive them."""

import asyncio
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from steepest.agents.chat.intents import Intent
from steepest.agents.chat.means import Means
from steepest.agents.chat.session import Session
from steepest.agents.chat.stores.protocol import SessionError, SessionStore
from steepest.agents.llm.budget import Budgeted
from steepest.agents.modeling.checkpoints import forget_runs
from steepest.errors import InputError
from steepest.web.allowance import Allowance, DailyBudget, budget_of
from steepest.web.comparisons import Comparisons
from steepest.web.reading import OneAtATime

__all__ = ["MOST_SHOWN", "Room", "Rooms"]

MOST_SHOWN = 200
"""Events, of a conversation that is opened again; the ones before come on demand."""
_UNFIT = re.compile(r"[^\w.-]+")
_UNTOUCHED = timedelta(days=7)
"""After which a conversation that was begun, and in which nothing was said, is forgotten."""


@dataclass
class Room:
    """A conversation that is open."""

    session: Session
    owner: str
    folder: Path
    """Where its uploads and exports are; nothing else is in it."""
    comparisons: Comparisons
    visitors: int = 0
    """Tabs that show it."""
    turn: "asyncio.Task[None] | None" = field(default=None, repr=False)

    @property
    def is_busy(self) -> bool:
        """Whether a turn goes on."""
        return self.session.is_busy or (self.turn is not None and not self.turn.done())


@dataclass(frozen=True)
class _Person:
    """What one person's conversations share."""

    budget: DailyBudget | None
    reads: OneAtATime = field(default_factory=OneAtATime)


class Rooms:
    """Opens conversations, and carries out their turns; all of it in the thread of the event loop.

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
        self._people: dict[str, _Person] = {}
        self._open: dict[tuple[str, str], Room] = {}
        self._begun: dict[str, list[str]] = {}
        """The conversations that each owner began here, and in which nothing was said yet."""

    def begin(self, owner: str) -> str:
        """Begin a conversation; one that was begun before is taken where nothing was said in it and no tab shows it.

        Returns:
            Its id.

        Raises:
            InputError: The owner has as many as may be kept.
        """
        self._require_place(owner)
        for id in self.store.forget_untouched(owner, datetime.now(UTC) - _UNTOUCHED):
            with suppress(OSError):  # there is none, or there is something in it
                self._folder_of(id).rmdir()
        begun = self._begun[owner] = [id for id in self._begun.get(owner, ()) if self._is_untouched(id, owner)]
        left = next((id for id in begun if (id, owner) not in self._open), None)
        if left is not None:
            return left
        begun.append(self.store.begin(owner))
        return begun[-1]

    async def enter(self, id: str, owner: str) -> Room:
        """Open a conversation, or join those who have it open; what was said in another process since is read.

        Raises:
            SessionError: The owner has no such conversation.
        """
        room = self._open.get((id, owner)) or await self._opened(id, owner)
        room.visitors += 1
        try:
            self._require_own(id, owner)
            if not room.is_busy:
                room.session.catch_up()
        except SessionError:
            self.leave(room)
            raise
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
        if not room.session.events:
            self._require_place(room.owner)

    def require_upload(self, room: Room, bytes: int) -> None:
        """See whether a file may come in.

        Raises:
            InputError: No turn may begin, the file is too large, or the person's files would be.
        """
        self.require_turn(room)
        if bytes > self.most_upload:
            raise InputError(
                f"this file has {bytes / 2**20:.3g} MB, and one may have at most {self.most_upload / 2**20:.3g} MB."
            )
        self.require_space(room.owner, bytes)

    def require_space(self, owner: str, bytes: int) -> None:
        """See whether a file may be written.

        Raises:
            InputError: The person's files would take too much.
        """
        most = self._allowance.files
        if most is None:
            return
        used = sum(map(_size, self._folders_of(owner)))
        if used + bytes > most:
            raise InputError(
                f"your files take {used / 2**20:.3g} of {most / 2**20:.3g} MB, and this one would be too much: delete "
                "a conversation with files that you need no more."
            )

    def file(self, id: str, owner: str, name: str) -> Path | None:
        """A file of a conversation; None where it has none of that name.

        Raises:
            SessionError: The owner has no such conversation.
        """
        self._require_own(id, owner)
        path = self._folder_of(id) / Path(name).name
        return path if path.is_file() else None

    async def delete(self, id: str, owner: str) -> None:
        """Forget a conversation: its text, the steps of its turns, its files.

        Raises:
            InputError: A turn goes on in it, the owner has none, or something of it can't be removed.
        """
        room = self._open.get((id, owner))
        if room is not None and room.is_busy:
            raise InputError("a turn goes on in this conversation: cancel it first.")
        self.store.delete(id, owner)
        self._open.pop((id, owner), None)
        try:
            if self._means.checkpoints is not None:
                await forget_runs(self._means.checkpoints, id)
        finally:
            await asyncio.to_thread(_remove, self._folder_of(id))

    async def close(self) -> None:
        """End what goes on."""
        turns = [room.turn for room in self._open.values() if room.turn is not None and not room.turn.done()]
        for room in self._open.values():
            room.session.cancel()
        await asyncio.gather(*turns, return_exceptions=True)

    async def _opened(self, id: str, owner: str) -> Room:
        """Read a conversation, which may be long, in another thread."""
        if owner not in self._people:
            budget = await asyncio.to_thread(budget_of, owner, self._allowance, self.store)
            self._people.setdefault(owner, _Person(budget))
        room = await asyncio.to_thread(self._read, id, owner, self._people[owner])
        room.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._open.setdefault((id, owner), room)  # another tab may have been quicker

    def _read(self, id: str, owner: str, person: _Person) -> Room:
        folder, model = self._folder_of(id), self._means.model
        means = replace(
            self._means,
            folder=folder,
            model=model if person.budget is None else Budgeted(model, person.budget),
            read=person.reads,
            room_for=partial(self.require_space, owner),
        )
        session, comparisons = Session(id, owner, self.store, means), Comparisons(id)
        comparisons.draw(session.events[-MOST_SHOWN:], session.conversation)
        return Room(session, owner, folder, comparisons)

    def _require_own(self, id: str, owner: str) -> None:
        if not self.store.owns(id, owner):
            raise SessionError("there is no such conversation.")

    def _require_place(self, owner: str) -> None:
        """See whether one more conversation may be kept: those count in which something was said, or is being said."""
        most = self._allowance.conversations
        if most is None:
            return
        beginning = sum(each.is_busy and not each.session.events for each in self._of(owner))
        if len(self.store.sessions(owner)) + beginning >= most:
            raise InputError(f"you keep {most} conversations, which is the most: delete one in the list of them.")

    def _is_untouched(self, id: str, owner: str) -> bool:
        return self.store.owns(id, owner) and not self.store.last_number(id)

    def _of(self, owner: str) -> Iterable[Room]:
        return (room for (_, each), room in self._open.items() if each == owner)

    def _folders_of(self, owner: str) -> Iterator[Path]:
        ids = {each.id for each in self.store.sessions(owner)} | {each.session.id for each in self._of(owner)}
        return map(self._folder_of, ids)

    def _folder_of(self, id: str) -> Path:
        return self._folder / _UNFIT.sub("_", id)

    def _close_empty(self) -> None:
        empty = [key for key, room in self._open.items() if not room.visitors and not room.is_busy]
        for key in empty:
            del self._open[key]


def _size(folder: Path) -> int:
    """Bytes of the files in a folder."""
    sizes = 0
    for path in folder.glob("*"):
        with suppress(FileNotFoundError):  # it was removed meanwhile
            sizes += path.stat().st_size
    return sizes


def _remove(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except OSError as error:
        raise InputError(f"the files of the conversation can't be removed: {error.strerror or error}.") from error
