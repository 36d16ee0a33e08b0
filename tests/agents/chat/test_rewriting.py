"""The formulation, edited as a text by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from steepest.agents.chat.events import Answered, Event
from steepest.agents.chat.intents import Rewrite
from steepest.agents.chat.session import Session
from steepest.agents.chat.stores.sqlite import SqliteSessions
from steepest.agents.chat.turns.rewriting import examined
from steepest.agents.llm.chat import run_sync
from tests.agents.chat.talks import BAKERY, TOLD, Baker, say, session, told


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Session]:
    store = SqliteSessions(tmp_path / "sessions.db")
    yield session(store, Baker(), tmp_path)
    store.close()


def edit(talk: Session, text: str) -> list[Event]:
    before = len(talk.events)
    run_sync(talk.turn("I edited the text of the model.", Rewrite(text=text)))
    return [each.event for each in talk.events[before:]]


def test_an_edited_text_is_solved_and_compared(talk: Session) -> None:
    say(talk, TOLD)
    events = edit(talk, BAKERY.replace("flour = 40", "flour = 50").replace("most_cakes\n", "most_cakes + 1\n"))
    assert [each.type for each in events] == ["said", "understood", "answered", "compared", "ended"]
    version = talk.conversation.current
    assert version is not None
    assert version.changes == ("edited: flour, cakes_sold",)
    assert (version.parent, version.solution and version.solution.objective) == (1, 398.0)


def test_an_edit_is_undone(talk: Session) -> None:
    say(talk, TOLD)
    edit(talk, BAKERY.replace("flour = 40", "flour = 50"))
    say(talk, "/undo")
    assert talk.conversation.current_number == 1


@pytest.mark.parametrize("text", [BAKERY.replace("<= flour", "<= flor"), "nothing of the kind", ""])
def test_a_text_with_errors_changes_nothing(talk: Session, text: str) -> None:
    say(talk, TOLD)
    events = edit(talk, text)
    assert not any(isinstance(each, Answered) for each in events)
    assert told(events)
    assert talk.conversation.current_number == 1


def test_a_conversation_may_begin_with_a_text(talk: Session) -> None:
    edit(talk, BAKERY)
    version = talk.conversation.current
    assert version is not None
    assert (version.parent, version.changes, version.solution and version.solution.objective) == (None, (), 336.0)


def test_many_edits_are_counted(talk: Session) -> None:
    say(talk, TOLD)
    edit(talk, "variables:\n  x: real >= 0\nminimize: x\n")
    version = talk.conversation.current
    assert version is not None
    assert version.changes == ("edited: x, the objective, Product, profit, flour_use and 5 more",)


def test_findings_have_their_lines(talk: Session) -> None:
    [error] = [each for each in examined(BAKERY.replace("<= flour", "<= flor"), {}) if each.severity == "error"]
    assert error.place is not None
    assert "flor" in BAKERY.replace("<= flour", "<= flor").splitlines()[error.place.line - 1]
    assert examined(BAKERY, {}) == []
