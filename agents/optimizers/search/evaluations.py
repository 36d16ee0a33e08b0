"""Rollouts by candidate, split and example: what was evaluated once is never paid for again.

They are in a SQLite file beside the search's records, or, for a search that keeps nothing, in a temporary one, so that
a long search takes no memory for them.
"""

import json
import sqlite3
import threading
from pathlib import Path

from steepest.agents.optimizers.search.rollouts import Rollout, Split
from steepest.errors import InputError

__all__ = ["Evaluations"]

_TABLE = """
CREATE TABLE IF NOT EXISTS rollouts (
    candidate TEXT NOT NULL,
    split TEXT NOT NULL,
    example TEXT NOT NULL,
    rollout TEXT NOT NULL,
    PRIMARY KEY (candidate, split, example)
) WITHOUT ROWID
"""
_FIELDS = ("score", "words", "objectives", "inputs", "output", "error", "account", "tokens", "money", "seconds")


class Evaluations:
    """Rollouts that are kept.

    Args:
        path: The file; None for one that vanishes when this is closed.

    Raises:
        InputError: The file can't be used.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        try:
            self._connection = sqlite3.connect(path or "", check_same_thread=False, isolation_level=None, timeout=30)
            if path is not None:
                self._connection.execute("PRAGMA journal_mode=WAL")
                self._connection.execute("PRAGMA synchronous=NORMAL")
            else:
                self._connection.execute("PRAGMA synchronous=OFF")
            self._connection.execute(_TABLE)
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def find(self, digest: str, split: Split, example: str) -> Rollout | None:
        """The rollout of a candidate on an example, if there was one."""
        query = "SELECT rollout FROM rollouts WHERE candidate = ? AND split = ? AND example = ?"
        try:
            with self._lock:
                row = self._connection.execute(query, (digest, split, example)).fetchone()
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        return None if row is None else Rollout(example=example, **json.loads(row[0]))

    def keep(self, digest: str, split: Split, rollout: Rollout) -> None:
        """Keep a rollout; the first one of a candidate on an example stands."""
        written = json.dumps({name: getattr(rollout, name) for name in _FIELDS}, default=dict, allow_nan=False)
        try:
            with self._lock:
                self._connection.execute(
                    "INSERT OR IGNORE INTO rollouts VALUES (?, ?, ?, ?)", (digest, split, rollout.example, written)
                )
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def totals(self) -> tuple[int, int, float]:
        """How many rollouts there are, and the tokens and US dollars that they took."""
        sums = ", ".join(f"SUM(json_extract(rollout, '$.{name}'))" for name in ("tokens", "money"))
        query = f"SELECT COUNT(*), {sums} FROM rollouts"  # noqa: S608  (names of our own)
        try:
            with self._lock:
                count, tokens, money = self._connection.execute(query).fetchone()
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        return count, tokens or 0, money or 0.0

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def _unusable(self, error: sqlite3.Error) -> InputError:
        return InputError(f"the evaluations in {self._path or 'a temporary file'} can't be read or kept: {error}")
