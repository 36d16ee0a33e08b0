"""Conversations that earlier versions of steepest kept, and those that later ones will."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from steepest.agents.chat.events import Version
from steepest.agents.chat.stores.protocol import SessionError
from steepest.agents.chat.stores.sqlite import SqliteSessions
from tests.agents.chat.talks import Baker, say, session, told

FIRST = [json.loads(line) for line in (Path(__file__).parent / "first_events.jsonl").read_text().splitlines()]
"""As the first version that kept conversations wrote them: a row each, never edited since."""


def keep_rows(path, rows):
    """A store as another version left it."""
    store = SqliteSessions(path)
    name = store.begin("anna")
    store.close()
    database = sqlite3.connect(path)
    texts = [(name, row["number"], row["time"], json.dumps(row["event"], separators=(",", ":"))) for row in rows]
    database.executemany("INSERT INTO steepest_session_events VALUES (?, ?, ?, ?)", texts)
    database.commit()
    database.close()
    return name


def test_a_conversation_of_the_first_version_is_read_whole_and_goes_on(tmp_path):
    name = keep_rows(tmp_path / "talks.db", FIRST)
    store = SqliteSessions(tmp_path / "talks.db")
    talk = session(store, Baker(), tmp_path, name)
    kinds = {each.event.type for each in talk.events}
    assert kinds >= {"said", "attached", "answered", "compared", "told", "moved", "named", "exported", "ended", "asked"}
    assert (len(talk.conversation.versions), talk.conversation.names) == (3, {"rich": 2})
    assert talk.conversation.question.options == ("one", "two")
    assert [each.turns for each in store.sessions("anna")] == [11]
    say(talk, "/go rich", "flour = 60")
    latest = talk.conversation.current
    assert latest.solution.objective == pytest.approx(456)
    assert [each.value for each in latest.reading.origins if each.kind == "changed"] == [60]
    assert any(each.kind == "text" for each in latest.reading.origins)
    assert "456" in told(say(talk, "/answer"))
    store.close()


def test_a_file_of_the_time_before_leases_opens_and_goes_on(tmp_path):
    name = keep_rows(tmp_path / "talks.db", FIRST)
    with closing(sqlite3.connect(tmp_path / "talks.db")) as database:
        database.execute("DROP TABLE steepest_session_leases")
    with closing(SqliteSessions(tmp_path / "talks.db")) as store:
        talk = session(store, Baker(), tmp_path, name)
        say(talk, "/go rich", "flour = 60")
        assert talk.conversation.current.solution.objective == pytest.approx(456)


@pytest.mark.parametrize(
    "event", [{"type": "danced"}, {"type": "said", "text": "a", "tempo": 3}, {"type": "said"}, [], "nonsense"]
)
def test_an_event_that_is_not_known_is_told_and_nothing_is_guessed(tmp_path, event):
    name = keep_rows(tmp_path / "talks.db", [*FIRST[:1], {**FIRST[0], "number": 2, "event": event}])
    store = SqliteSessions(tmp_path / "talks.db")
    with pytest.raises(SessionError, match=r"event 2 of conversation .* later version"):
        store.events(name, "anna")
    store.close()


def test_a_row_that_is_no_json_is_told(tmp_path):
    name = keep_rows(tmp_path / "talks.db", FIRST[:1])
    database = sqlite3.connect(tmp_path / "talks.db")
    database.execute("UPDATE steepest_session_events SET event = '{'")
    database.commit()
    database.close()
    store = SqliteSessions(tmp_path / "talks.db")
    with pytest.raises(SessionError, match="damaged"):
        store.events(name, "anna")
    store.close()


def test_a_file_that_is_no_database_is_told(tmp_path):
    (tmp_path / "notes.txt").write_text("flour: 40 kg\n" * 100)
    with pytest.raises(SessionError, match="SQLite says"):
        SqliteSessions(tmp_path / "notes.txt")
    with pytest.raises(SessionError, match="make it first"):
        SqliteSessions(tmp_path / "nowhere" / "talks.db")


def test_what_a_version_has_gained_has_a_value_for_the_old_ones():
    required = {name for name, field in Version.model_fields.items() if field.is_required()}
    assert required == {"number", "problem", "outcome"}
