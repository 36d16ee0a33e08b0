"""One process at a time carries out a turn; what its death leaves does not keep others waiting."""

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest

from steepest.agents.chat.events import Said
from steepest.agents.chat.stores import leases
from steepest.agents.chat.stores.protocol import SessionError, TurnGoesOn

HOLDS = """
import sys
from steepest.agents.chat.events import Said
from steepest.agents.chat.stores.places import open_sessions

store = open_sessions(sys.argv[1])
store.begin_turn(sys.argv[2], Said(text="a"), after=0, holder="another process")
print("held", flush=True)
sys.stdin.read()
"""


def begun(store):
    return store.begin("anna")


def test_nobody_begins_a_turn_while_one_goes_on(open_again):
    first, second = open_again(), open_again()
    name = begun(first)
    first.begin_turn(name, Said(text="a"), after=0, holder="one")
    since = second.turn_elsewhere(name, "two")
    assert datetime.now(UTC) - since < timedelta(minutes=1)
    assert first.turn_elsewhere(name, "one") is None
    with pytest.raises(TurnGoesOn, match="going on in another window"):
        second.begin_turn(name, Said(text="b"), after=1, holder="two")
    assert second.last_number(name) == 1
    first.end_turn(name, "one")
    assert second.turn_elsewhere(name, "two") is None
    assert second.begin_turn(name, Said(text="b"), after=1, holder="two").number == 2


def test_a_turn_that_begins_from_an_old_state_is_not_held(open_again):
    first, second = open_again(), open_again()
    name = begun(first)
    first.add(name, Said(text="a"), after=0)
    with pytest.raises(SessionError, match="somebody else has gone on"):
        second.begin_turn(name, Said(text="b"), after=0, holder="two")
    assert first.turn_elsewhere(name, "one") is None


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
@pytest.mark.parametrize("is_reaped", [True, False])
def test_the_turn_of_a_killed_process_of_this_machine_is_free_at_once(open_again, place, is_reaped):
    store = open_again()
    name = begun(store)
    command = [sys.executable, "-c", HOLDS, place, name]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline().strip() == "held"
        assert store.turn_elsewhere(name, "one") is not None
        other.send_signal(signal.SIGKILL)
        if is_reaped:
            other.wait()
        else:
            os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)  # it is dead, and nobody has taken note
        assert store.turn_elsewhere(name, "one") is None
        store.begin_turn(name, Said(text="b"), after=1, holder="one")


def test_the_turn_of_another_machine_is_free_once_it_is_not_renewed(open_again, monkeypatch):
    store = open_again()
    name = begun(store)
    monkeypatch.setattr(leases, "machine", lambda: "far away")
    monkeypatch.setattr(leases, "LEASE_SECONDS", -5.0)
    store.begin_turn(name, Said(text="a"), after=0, holder="far")
    monkeypatch.undo()
    assert store.turn_elsewhere(name, "one") is None
    store.renew_turn(name, "far")
    assert store.turn_elsewhere(name, "one") is not None
    store.renew_turn(name, "somebody who does not hold it")
    store.end_turn(name, "somebody who does not hold it")
    assert store.turn_elsewhere(name, "one") is not None


def test_a_lease_is_renewed_until_the_turn_is_over_whatever_happens():
    renewed, enough = list[bool](), threading.Event()

    def renew():
        renewed.append(True)
        if len(renewed) == 1:
            raise SessionError("the disk is full")
        enough.set()

    with leases.renewed(renew, seconds=0.001):
        assert enough.wait(60)
    count = len(renewed)
    assert not [each for each in threading.enumerate() if each.name == "steepest lease"]
    assert len(renewed) == count >= 2


def test_a_conversation_in_which_a_turn_goes_on_is_not_forgotten(open_again):
    first, second = open_again(), open_again()
    name = begun(first)
    first.begin_turn(name, Said(text="a"), after=0, holder="one")
    with pytest.raises(TurnGoesOn):
        second.delete(name, "anna")
    first.end_turn(name, "one")
    second.delete(name, "anna")
    with pytest.raises(SessionError, match="was deleted"):
        first.begin_turn(name, Said(text="secret"), after=1, holder="one")
    with pytest.raises(SessionError, match="was deleted"):
        first.add(name, Said(text="secret"), after=1)
    assert second.last_number(name) == 0
