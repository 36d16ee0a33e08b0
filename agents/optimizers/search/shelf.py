"""Things by key, the latest used in memory and the others in a temporary file: many take the memory of few."""

import sqlite3
import weakref
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from steepest.errors import InputError

__all__ = ["Shelf"]

K = TypeVar("K", int, str)
V = TypeVar("V")

_TABLE = "CREATE TABLE things (key PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID"


class Shelf(Generic[K, V]):
    """A mapping that does not grow in memory. It is for one thread at a time.

    What is changed in place has to be set again; what was got earlier is a copy once it has been put away. There is no
    file until there are more things than stay in memory.

    Args:
        write: Says a thing in JSON.
        read: Gives it back, equal to what it was.
        most: How many stay in memory.
    """

    def __init__(self, write: Callable[[V], str], read: Callable[[str], V], most: int = 256) -> None:
        self._write, self._read, self._most = write, read, most
        self._near: OrderedDict[K, V] = OrderedDict()
        self._changed: set[K] = set()
        self._connection: sqlite3.Connection | None = None

    def __contains__(self, key: K) -> bool:
        return key in self._near or self._found(key) is not None

    def __setitem__(self, key: K, thing: V) -> None:
        self._changed.add(key)
        self._keep(key, thing)

    def get(self, key: K) -> V | None:
        """The thing of a key, if there is one.

        Raises:
            InputError: The temporary file can't be read.
        """
        if key in self._near:
            self._near.move_to_end(key)
            return self._near[key]
        content = self._found(key)
        if content is None:
            return None
        thing = self._read(content)
        self._keep(key, thing)
        return thing

    def _keep(self, key: K, thing: V) -> None:
        self._near[key] = thing
        self._near.move_to_end(key)
        if len(self._near) > self._most:
            farthest, content = self._near.popitem(last=False)
            if farthest in self._changed:
                self._changed.remove(farthest)
                self._put_away(farthest, content)

    def _found(self, key: K) -> str | None:
        if self._connection is None:
            return None
        try:
            row = self._connection.execute("SELECT content FROM things WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error as error:
            raise _unusable(error) from error
        return None if row is None else str(row[0])

    def _put_away(self, key: K, thing: V) -> None:
        try:
            if self._connection is None:
                self._connection = self._opened()
            self._connection.execute("INSERT OR REPLACE INTO things VALUES (?, ?)", (key, self._write(thing)))
        except sqlite3.Error as error:
            raise _unusable(error) from error

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        weakref.finalize(self, connection.close)
        for setting in ("synchronous = OFF", "journal_mode = OFF", "cache_size = -512"):
            connection.execute(f"PRAGMA {setting}")
        connection.execute(_TABLE)
        return connection


def _unusable(error: sqlite3.Error) -> InputError:
    return InputError(f"a temporary file for candidates can't be used: {error}; is the disk full?")
