"""Rollouts by candidate, split and example: what was evaluated once is never paid for again.

A run is put down when it begins, so that one that nobody hears of, because the process was killed or the time was over,
counts all the same; when it is made again it takes that place, and is the same metric call.

They are in a SQLite file beside the search's records, or, for a search that keeps nothing, in a temporary one, so that
a long search takes no memory for them.
"""

import json
import sqlite3
import threading
from pathlib import Path

from steepest.agents.optimizers.search.limits import Costs
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
_BEGUN = "null"
"""The rollout, as JSON, of a run that nobody has heard of yet."""
_KEEP = """
INSERT INTO rollouts VALUES (?, ?, ?, ?)
ON CONFLICT DO UPDATE SET rollout = excluded.rollout WHERE rollouts.rollout = ?
"""
_FIGURES = ("tokens", "money", "unpriced", "seconds")
_FIELDS = ("score", "words", "objectives", "inputs", "output", "error", "account", *_FIGURES)


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
            query = "SELECT candidate, split, example FROM rollouts WHERE rollout = ?"
            self._begun: set[tuple[str, str, str]] = set(self._connection.execute(query, (_BEGUN,)))
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
        return None if row is None or row[0] == _BEGUN else Rollout(example=example, **json.loads(row[0]))

    def is_begun(self, digest: str, split: Split, example: str) -> bool:
        """Whether a run was begun and never heard of."""
        return (digest, split, example) in self._begun

    def begin(self, digest: str, split: Split, example: str) -> bool:
        """Put down that a run begins; False if it takes the place of one that was begun and never heard of."""
        place = digest, split, example
        if place in self._begun:
            return False
        self._begun.add(place)
        if self._path is not None:
            self._write("INSERT OR IGNORE INTO rollouts VALUES (?, ?, ?, ?)", (*place, _BEGUN))
        return True

    def keep(self, digest: str, split: Split, rollout: Rollout) -> None:
        """Keep a rollout; the first one of a candidate on an example stands."""
        written = json.dumps({name: getattr(rollout, name) for name in _FIELDS}, default=dict, allow_nan=False)
        self._write(_KEEP, (digest, split, rollout.example, written, _BEGUN))
        self._begun.discard((digest, split, rollout.example))

    def totals(self) -> tuple[int, int, float]:
        """How many runs were begun, and the tokens and US dollars that those took which were heard of."""
        costs = self.costs()
        return costs.runs + len(self._begun), costs.tokens, costs.money

    def costs(self) -> Costs:
        """Of the runs that were heard of."""
        sums = ", ".join(f"SUM(json_extract(rollout, '$.{name}'))" for name in ("tokens", "money", "seconds"))
        query = f"SELECT COUNT(*), {sums} FROM rollouts WHERE rollout <> ?"  # noqa: S608  (names of our own)
        try:
            with self._lock:
                runs, tokens, money, seconds = self._connection.execute(query, (_BEGUN,)).fetchone()
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        return Costs(runs, tokens or 0, money or 0.0, seconds or 0.0)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def _write(self, statement: str, values: tuple[str, ...]) -> None:
        try:
            with self._lock:
                self._connection.execute(statement, values)
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def _unusable(self, error: sqlite3.Error) -> InputError:
        return InputError(f"the evaluations in {self._path or 'a temporary file'} can't be read or kept: {error}")
