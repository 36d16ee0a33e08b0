"""The chat in a terminal of its own, as a person has it."""

import sys
import time
from contextlib import closing

import pytest

from steepest.agents.chat.events import Said, TurnEnded
from steepest.agents.chat.means import Means
from steepest.agents.chat.session import Session
from steepest.agents.chat.stores.places import turns_place
from steepest.agents.chat.stores.protocol import TurnGoesOn
from steepest.agents.chat.stores.sqlite import SqliteSessions
from steepest.agents.llm.chat import run_sync
from steepest.settings import read_settings
from steepest.solvers.options import SolveOptions
from steepest.solving import budgeted
from tests.agents.chat.talks import BAKERY, TOLD

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a pseudo-terminal")


def kept(folder):
    """What was said in the latest conversation."""
    store = SqliteSessions(folder / "talks.db")
    [latest, *_] = store.sessions("me")
    said = [each.event.text for each in store.events(latest.id, "me") if each.event.type == "said"]
    store.close()
    return latest.id, said


def test_a_conversation_from_the_problem_to_the_end(terminal, tmp_path):
    chat = terminal()
    chat.wait_for("Tell a problem")
    chat.type(f"{TOLD}\n")
    assert "Solving" in chat.wait_for("The greatest possible value is 336")
    chat.wait_for("> ")
    chat.type("what if there are 50 kg of flour?\n")
    chat.wait_for("changed: flour = 50")
    table = chat.wait_for("+ flour = 50")
    assert "bake[bread]" in table
    assert "+60" in table
    chat.wait_for("> ")
    chat.type("\x04")
    chat.wait_for("kept: steepest chat --session")
    assert chat.ended() == 0
    assert kept(tmp_path)[1] == [TOLD, "what if there are 50 kg of flour?"]


def test_lines_are_edited_and_come_back(terminal, tmp_path):
    chat = terminal(TOLD)
    chat.wait_for("336")
    chat.wait_for("> ")
    chat.type("flour = 6\x7f50\n")
    chat.wait_for("+ flour = 50")
    chat.wait_for("> ")
    chat.type("\x1b[A\x7f\x7f60\n")  # the arrow up brings the last line back
    chat.wait_for("+ flour = 60")
    chat.wait_for("> ")
    chat.type("/ver\t\n")
    chat.wait_for("flour = 60: solved")
    chat.wait_for("> ")
    chat.type("/quit\n")
    assert chat.ended() == 0
    assert kept(tmp_path)[1] == [TOLD, "flour = 50", "flour = 60", "/versions"]


def test_a_turn_may_have_several_lines(terminal, tmp_path):
    chat = terminal(TOLD)
    chat.wait_for("336")
    chat.wait_for("> ")
    chat.type("hello\\\n")
    chat.wait_for(". ")
    chat.type("there\n")
    chat.wait_for("You said two lines.")
    chat.wait_for("> ")
    chat.type("\x1b[200~hello\nthere\x1b[201~\n")  # as a terminal pastes
    chat.wait_for("You said two lines.")
    chat.wait_for("> ")
    chat.type("\x04")
    assert chat.ended() == 0
    assert kept(tmp_path)[1][1:] == ["hello\nthere", "hello\nthere"]


def test_ctrl_c_ends_the_turn_and_the_conversation_goes_on(terminal, model):
    chat = terminal(TOLD)
    chat.wait_for("336")
    chat.wait_for("> ")
    chat.type("wait\n")
    assert model.asked.wait(30)
    chat.type("\x03")
    chat.wait_for("Cancelled.", seconds=10)
    chat.wait_for("> ")
    chat.type("flour = 7")
    chat.wait_for("flour = 7")
    chat.press_ctrl_c_at_the_prompt()  # it forgets the line
    chat.wait_for("> ")
    chat.type("flour = 50\n")
    chat.wait_for("+ flour = 50")
    chat.wait_for("> ")
    chat.type("\x04")
    assert chat.ended() == 0


def test_ctrl_d_in_the_middle_of_nothing_keeps_nothing(terminal, tmp_path):
    chat = terminal()
    chat.wait_for("> ")
    chat.type("\x04")
    assert chat.ended() == 0
    store = SqliteSessions(tmp_path / "talks.db")
    assert store.sessions("me") == []
    store.close()


def test_a_conversation_is_gone_on_with_by_the_beginning_of_its_id(terminal, tmp_path):
    first = terminal(TOLD)
    first.wait_for("336")
    first.wait_for("> ")
    first.type("flour = 50\n")
    first.wait_for("+ flour = 50")
    first.process.kill()
    name, _ = kept(tmp_path)
    again = terminal("--session", name[:6])
    again.wait_for("with flour = 50")
    again.wait_for("396")
    again.wait_for("> ")
    again.type("\x1b[A\x1b[A\x04")  # what was said before is there for the arrow keys
    again.wait_for("30 cakes sell.")
    again.press_ctrl_c_at_the_prompt()
    again.wait_for("> ")
    again.type("/undo\n")
    again.wait_for("back at version 1")


HEEDLESS = """
import sys, time
import steepest.agents.chat.turns.changing as changing
from steepest.cli import main

def waits(*given, **options):
    print("waiting", flush=True)
    time.sleep(120)

changing.solver_for = lambda *given, **options: waits
sys.exit(main())
"""
"""The program with a solver that never comes to an end."""


def test_a_second_ctrl_c_leaves_although_the_solver_goes_on(terminal, command, tmp_path, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")  # where a clock runs
    (tmp_path / "bakery.five").write_text(BAKERY)
    command[1:3] = ["-c", HEEDLESS]
    chat = terminal("bakery.five")
    chat.wait_for("waiting")
    chat.type("\x03")
    chat.wait_for("Solving ...")  # two presses at one moment would be one
    chat.type("\x03")
    chat.wait_for("interrupted")
    assert chat.ended(10) == 130


def test_a_formulation_whose_first_solve_was_killed_is_solved_when_the_conversation_goes_on(
    terminal, command, tmp_path
):
    (tmp_path / "bakery.five").write_text(BAKERY)
    healthy = command[1:3]
    command[1:3] = ["-c", HEEDLESS]
    chat = terminal("bakery.five")
    chat.wait_for("waiting")
    chat.process.kill()
    command[1:3] = healthy
    (tmp_path / "bakery.five").unlink()
    again = terminal("--continue")
    again.wait_for("cut short and is carried out again")
    again.wait_for("336")
    again.wait_for("> ")
    again.type("flour = 50\n")
    again.wait_for("+ flour = 50")


def test_a_later_turn_that_was_killed_goes_on_by_itself(terminal, command, tmp_path):
    chat = terminal(TOLD)
    chat.wait_for("336")
    chat.wait_for("> ")
    chat.type("\x04")
    assert chat.ended() == 0
    healthy = command[1:3]
    command[1:3] = ["-c", HEEDLESS]
    chat = terminal("--continue")
    chat.wait_for("> ")
    chat.type("what if there are 50 kg of flour?\n")
    chat.wait_for("waiting")
    chat.process.kill()
    command[1:3] = healthy
    again = terminal("--continue")
    again.wait_for("cut short and is carried out again")
    again.wait_for("+ flour = 50")
    again.wait_for("> ")


DIES = HEEDLESS.replace("steepest.agents.chat.turns.changing as", "steepest.agents.modeling.problems as")
"""The same for the solve of a problem that was told in words."""


def test_a_turn_that_is_killed_here_goes_on_on_the_page_and_no_call_is_paid_twice(terminal, command, tmp_path, model):
    command[1:3] = ["-c", DIES]
    chat = terminal(TOLD)
    chat.wait_for("waiting")
    place = str(tmp_path / "talks.db")
    with closing(SqliteSessions(place)) as store:
        [only] = store.sessions("me")
        asked = budgeted(model.spec, max_cost=None, max_tokens=None, settings=read_settings())
        means = Means(asked, SolveOptions(time_limit=300), folder=tmp_path, checkpoints=turns_place(place))
        talk = Session(only.id, "me", store, means)
        with pytest.raises(TurnGoesOn):
            run_sync(talk.turn(TOLD))
        chat.process.kill()
        chat.process.wait()
        assert talk.cut_short == (TOLD, None)
        run_sync(talk.turn(TOLD))
        assert talk.conversation.current.solution.objective == pytest.approx(336)
    assert model.calls == 1


def test_words_are_refused_while_another_window_has_the_turn(terminal, tmp_path):
    chat = terminal(TOLD)
    chat.wait_for("336")
    chat.wait_for("> ")
    with closing(SqliteSessions(tmp_path / "talks.db")) as store:
        [only] = store.sessions("me")
        last = store.last_number(only.id)
        store.begin_turn(only.id, Said(text="/help"), after=last, holder="a page")
        chat.type("flour = 50\n")
        chat.wait_for("going on in another window")
        chat.wait_for("> ")
        store.add(only.id, TurnEnded(outcome="done", seconds=1), after=last + 1)
        store.end_turn(only.id, "a page")
    chat.type("flour = 50\n")
    chat.wait_for("somebody else has gone on")
    chat.wait_for("> ")
    chat.type("flour = 50\n")
    chat.wait_for("+ flour = 50")


def test_no_clock_runs_where_a_line_can_not_be_written_over(terminal, model):
    chat = terminal(TOLD)
    chat.wait_for("336")
    chat.wait_for("> ")
    chat.type("wait\n")
    assert model.asked.wait(30)
    time.sleep(2.5)
    model.released.set()
    assert " s  " not in chat.wait_for("I don't know.")


def test_ctrl_c_at_the_prompt_tells_how_to_leave_and_a_word_leaves(terminal):
    chat = terminal()
    chat.wait_for("> ")
    chat.press_ctrl_c_at_the_prompt()  # tells how to leave
    chat.wait_for("> ")
    chat.type("quit\n")
    assert chat.ended() == 0
