"""Where conversations are kept unless somebody says otherwise."""

import os
from pathlib import Path

from steepest.agents.chat.stores.protocol import SessionError, SessionStore
from steepest.agents.chat.stores.sqlite import SqliteSessions

__all__ = ["default_sessions", "open_sessions"]


def open_sessions(place: str | Path | None = None) -> SessionStore:
    """Open the place where conversations are kept, or begin it.

    Args:
        place: A file; None is `default_sessions`.

    Raises:
        SessionError: It can't be opened.
    """
    if place is not None:
        return SqliteSessions(place)
    path = default_sessions()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SessionError(f"{path.parent} can't be made: {error.strerror}; name a file (--sessions FILE).") from error
    return SqliteSessions(path)


def default_sessions() -> Path:
    """STEEPEST_SESSIONS, or `steepest/sessions.db` under XDG_STATE_HOME or ~/.local/state."""
    named = os.environ.get("STEEPEST_SESSIONS")
    if named:
        return Path(named)
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "steepest" / "sessions.db"
