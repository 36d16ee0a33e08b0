"""What every store of conversations does, in SQLite and in PostgreSQL."""

import math
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from steepest.agents.chat.conversation import Conversation
from steepest.agents.chat.events import Answered, Named, Said, TurnEnded, Version
from steepest.agents.chat.stores.places import open_sessions
from steepest.agents.chat.stores.protocol import SessionError
from steepest.solvers.solution import Solution
from tests.agents.chat.talks import TOLD, Baker, say, session

WRITER = """
import sys
from steepest.agents.chat.events import Said
from steepest.agents.chat.stores.places import open_sessions

store = open_sessions(sys.argv[1])
print(name := store.begin("anna"), flush=True)
for number in range(100_000):
    store.add(name, Said(text=str(number)), after=number)
    print(number + 1, flush=True)
"""


def test_what_is_kept_is_read_as_it_was_by_whoever_opens_it(open_again):
    store = open_again()
    name = store.begin("anna")
    solution = Solution(status="optimal", objective=0.1 + 0.2, bound=math.inf)
    events = [
        Said(text="\x00 \ud800 ☕ 'quoted' {json}"),
        Answered(version=Version(number=1, problem="p", outcome="solved", solution=solution, changes=("a = 1",))),
        TurnEnded(outcome="done", seconds=0.5, input_tokens=None, cost=Decimal("0.0001")),
    ]
    kept = [store.add(name, each, after=number) for number, each in enumerate(events)]
    assert open_again().events(name, "anna") == kept
    assert [each.number for each in kept] == [1, 2, 3]
    assert [each.event for each in kept] == events


def test_a_whole_conversation_goes_on_in_another_process(open_again, tmp_path):
    talk = session(open_again(), Baker(), tmp_path)
    say(talk, TOLD, "flour = 50", "/name rich", "/undo")
    again = session(open_again(), Baker(), tmp_path, talk.id)
    assert again.conversation == talk.conversation
    say(again, "/redo")
    assert again.conversation.current_number == 2


def test_only_one_of_two_writers_goes_on(open_again):
    first, second = open_again(), open_again()
    name = first.begin("anna")
    first.add(name, Said(text="one"), after=0)
    with pytest.raises(SessionError, match="somebody else has gone on"):
        second.add(name, Said(text="other"), after=0)
    assert [each.event.text for each in second.events(name, "anna")] == ["one"]


def test_conversations_of_others_are_not_there(open_again):
    store = open_again()
    name = store.begin("anna")
    store.add(name, Said(text="secret"), after=0)
    assert store.sessions("ben") == []
    for refused in (
        lambda: store.events(name, "ben"),
        lambda: store.delete(name, "ben"),
        lambda: store.events("", "ben"),
    ):
        with pytest.raises(SessionError, match="no such conversation"):
            refused()
    assert len(store.events(name, "anna")) == 1


def test_the_list_has_the_latest_first_and_counts_turns(open_again):
    store = open_again()
    empty, old, new = (store.begin("anna") for _ in range(3))
    store.add(old, Said(text="a"), after=0)
    store.add(new, Said(text="b"), after=0)
    store.add(new, Named(number=1, name='{"type": "said"'), after=1)
    store.put_title(new, "newest")
    assert [(each.id, each.title, each.turns) for each in store.sessions("anna")] == [(new, "newest", 1), (old, "", 1)]
    assert empty not in {each.id for each in store.sessions("anna")}


def test_a_conversation_can_be_forgotten(open_again):
    store = open_again()
    name = store.begin("anna")
    store.add(name, Said(text="a"), after=0)
    store.delete(name, "anna")
    assert store.sessions("anna") == []
    with pytest.raises(SessionError, match="no such conversation"):
        store.events(name, "anna")


def test_whose_a_conversation_is_and_how_far_it_is_are_told_without_reading_it(open_again):
    store = open_again()
    name = store.begin("anna")
    assert (store.owns(name, "anna"), store.owns(name, "ben"), store.owns("", "anna")) == (True, False, False)
    assert store.last_number(name) == 0
    for number, text in enumerate(["a", "b", "c"]):
        store.add(name, Said(text=text), after=number)
    assert store.last_number(name) == 3
    assert [each.event.text for each in store.events(name, "anna", after=1)] == ["b", "c"]


def test_conversations_in_which_nothing_was_said_are_forgotten_after_a_while(open_again):
    store = open_again()
    empty, used, of_ben = store.begin("anna"), store.begin("anna"), store.begin("ben")
    store.add(used, Said(text="a"), after=0)
    assert store.forget_untouched("anna", datetime.now(UTC) - timedelta(days=1)) == []
    assert store.forget_untouched("anna", datetime.now(UTC) + timedelta(days=1)) == [empty]
    assert [store.owns(empty, "anna"), store.owns(used, "anna"), store.owns(of_ben, "ben")] == [False, True, True]


def test_nothing_of_a_forgotten_conversation_stays_in_its_file(tmp_path):
    with closing(open_sessions(tmp_path / "talks.db")) as store, closing(open_sessions(tmp_path / "talks.db")):
        kept, gone = store.begin("anna"), store.begin("anna")
        store.add(kept, Said(text="the bakery"), after=0)
        for number in range(50):
            store.add(gone, Said(text=f"takeover of Initech {number} " * 100), after=number)
        store.delete(gone, "anna")
        files = [path.read_bytes() for path in tmp_path.iterdir()]
        assert not any(b"takeover of Initech" in each for each in files)
        assert any(b"the bakery" in each for each in files)


@pytest.mark.skipif(os.name == "nt", reason="the bits of a file's mode")
def test_nobody_else_on_the_machine_reads_conversations(tmp_path):
    with closing(open_sessions(tmp_path / "talks.db")):
        assert (tmp_path / "talks.db").stat().st_mode & 0o077 == 0


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_a_kill_between_events_loses_none_that_was_acknowledged(open_again, place):
    writer = subprocess.Popen([sys.executable, "-c", WRITER, place], stdout=subprocess.PIPE, text=True)
    name = writer.stdout.readline().strip()
    acknowledged = [int(writer.stdout.readline()) for _ in range(50)]
    time.sleep(0.05)
    writer.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in writer.stdout.read().splitlines() if line.strip()]
    writer.wait()
    writer.stdout.close()
    kept = open_again().events(name, "anna")
    assert len(kept) - acknowledged[-1] in (0, 1)
    assert [each.number for each in kept] == list(range(1, len(kept) + 1))
    assert Conversation.replayed(kept).first_words == "0"
