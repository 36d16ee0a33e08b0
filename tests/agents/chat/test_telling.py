"""Small events are told in the same words everywhere."""

import pytest

from steepest.agents.chat.conversation import Conversation
from steepest.agents.chat.events import Attached, Exported, Moved, Named, Said, TurnEnded
from steepest.agents.chat.exports.report import report_page
from steepest.agents.chat.exports.session_paper import session_document
from steepest.agents.chat.telling import told_in_a_line
from tests.agents.chat.talks import TOLD, Baker, say, session


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (Attached(name="profit", path="/a/p.csv", description="2 rows"), "attached profit: 2 rows"),
        (Moved(number=None), "back at the beginning"),
        (Moved(number=1), "back at version rich"),
        (Named(number=2, name="poor"), "version 2 is poor"),
        (Exported(format="csv", path="/a/b.csv"), "written: /a/b.csv"),
        (Exported(format="csv", path="b", replaced=True), "written: b, in place of the file that was there"),
        (TurnEnded(outcome="cancelled", seconds=1), "the turn was cancelled"),
        (TurnEnded(outcome="done", seconds=1), ""),
        (Said(text="hello"), ""),
    ],
)
def test_an_event_is_told_in_a_line(event, line):
    assert told_in_a_line(event, Conversation(names={"rich": 1})) == line


def test_reports_tell_moves_and_names_as_the_terminal_does(store, tmp_path):
    talk = session(store, Baker(), tmp_path)
    say(talk, TOLD, "/name poor", "flour = 50", "/undo", "/undo")
    for told in (report_page(talk.events), session_document(talk.events)):
        assert all(line in told for line in ("version 1 is poor", "back at version poor", "back at the beginning"))
