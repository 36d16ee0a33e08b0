"""Back and forth between versions, and their names."""

import pytest

from steepest.agents.chat.events import Compared, Moved
from tests.agents.chat.talks import TOLD, Baker, objectives, say, session, told


def test_undo_goes_back_step_by_step_and_to_nothing(store, tmp_path):
    talk = session(store, Baker(), tmp_path)
    say(talk, TOLD, "flour = 50", "flour = 60", "/undo")
    assert talk.conversation.current_number == 2
    say(talk, "/undo", "/undo")
    assert talk.conversation.current_number is None
    assert "nothing to undo" in told(say(talk, "/undo"))


def test_going_to_a_version_can_be_undone(store, tmp_path):
    talk = session(store, Baker(), tmp_path)
    assert Moved(number=1) in say(talk, TOLD, "flour = 50", "/name rich", "/go 1")
    assert talk.conversation.current_number == 1
    say(talk, "/undo")
    assert talk.conversation.current_number == 2
    say(talk, "/go 1", "/go rich")
    assert talk.conversation.current_number == 2


def test_a_change_after_an_undo_is_made_to_the_version_that_is_current(store, tmp_path):
    talk = session(store, Baker(), tmp_path)
    say(talk, TOLD, "flour = 50", "/undo", "most_cakes = 10")
    assert talk.conversation.current.parent == 1
    assert objectives(talk)[3] == pytest.approx(80 + 3 * 64)


def test_scenarios_have_names_and_are_compared_by_them(store, tmp_path):
    talk = session(store, Baker(), tmp_path)
    events = say(talk, TOLD, "/name base", "flour = 50", "/name rich", "flour = 60", "/compare base rich")
    assert events[-2] == Compared(numbers=(1, 2))
    assert say(talk, "/compare")[1] == Compared(numbers=(1, 2))
    assert say(talk, "/compare base")[1] == Compared(numbers=(1, 3))
    assert "there are: base, rich, 3" in told(say(talk, "/compare base poor"))


def test_an_undone_version_is_compared_with_and_redone(store, tmp_path):
    talk = session(store, Baker(), tmp_path)
    assert say(talk, TOLD, "flour = 50", "/undo", "/compare")[-2] == Compared(numbers=(1, 2))
    say(talk, "/redo")
    assert talk.conversation.current_number == 2
    assert "nothing to redo" in told(say(talk, "/redo"))
    say(talk, "/undo", "flour = 60", "/go 1")
    assert say(talk, "/compare")[1] == Compared(numbers=(1, 3))
