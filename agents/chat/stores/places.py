"""Where conversations are kept unless somebody says otherwise."""

import os
from pathlib import Path

from steepest.agents.chat.stores.postgres import PostgresSessions
from steepest.agents.chat.stores.protocol import SessionError, SessionStore
from steepest.agents.chat.stores.sqlite import SqliteSessions
from steepest.agents.postgres import SCHEMES

__all__ = ["default_sessions", "open_sessions", "sessions_place", "turns_place"]


def open_sessions(place: str | Path | None = None) -> SessionStore:
    """Open the place where conversations are kept, or begin it.

    Args:
        place: A file, or `postgresql://USER@HOST/DATABASE`; None is `sessions_place()`.

    Raises:
        InputError: It is a database, and psycopg is not installed.
        SessionError: It can't be opened.
    """
    named = str(place) if place is not None else sessions_place()
    return PostgresSessions(named) if named.startswith(SCHEMES) else SqliteSessions(named)


def sessions_place() -> str:
    """What STEEPEST_SESSIONS names, or else the default file, whose folder is made.

    Raises:
        SessionError: The folder can't be made.
    """
    named = os.environ.get("STEEPEST_SESSIONS")
    if named:
        return named
    path = default_sessions()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SessionError(f"{path.parent} can't be made: {error.strerror}; name a file (--sessions FILE).") from error
    return str(path)


def turns_place(sessions: str) -> str:
    """Where the work on turns is kept step by step: in the database of the conversations, or in a file beside theirs.

    One SQLite file for both would have the event loop wait for a transaction that only the event loop can end. All
    faces have the same place, so that a turn that was cut short in one goes on in another.

    Args:
        sessions: Where the conversations are.
    """
    return sessions if sessions.startswith(SCHEMES) else f"{sessions}.turns"


def default_sessions() -> Path:
    """The file `steepest/sessions.db` under XDG_STATE_HOME or ~/.local/state."""
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "steepest" / "sessions.db"
