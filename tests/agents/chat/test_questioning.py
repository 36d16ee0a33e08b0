"""Questions about the answer: why, what limits are worth, what else is as good."""

from steepest.agents.chat.events import TurnEnded
from tests.agents.chat.talks import BAKERY, TOLD, Baker, say, session, told


def test_questions_about_the_answer(store, tmp_path):
    talk = session(store, Baker(), tmp_path)
    say(talk, TOLD)
    assert "1 more kg of flour" in told(say(talk, "/limits"))
    assert "cakes_sold is met to the last at 30" in told(say(talk, "/why"))
    assert "no other answer is as good" in told(say(talk, "/another"))
    assert "nothing stands against the answer" in told(say(talk, "/test"))


def test_why_there_is_no_answer_names_what_conflicts(store, tmp_path):
    talk = session(store, Baker(), tmp_path)
    say(talk, TOLD, "add many: bake[cake] >= 31")
    assert talk.conversation.current.outcome == "infeasible"
    words = told(say(talk, "/why"))
    assert "30" in words
    assert "31" in words


def test_other_answers_are_told_by_what_they_do_otherwise(store, tmp_path):
    talk = session(store, Baker(formulation=BAKERY.replace("bread: 3, cake: 8", "bread: 5, cake: 8")), tmp_path)
    say(talk, TOLD, "drop cakes_sold")
    assert "instead of" in told(say(talk, "/another 2"))


def test_nothing_can_be_asked_before_there_is_an_answer(store, tmp_path):
    talk = session(store, Baker(), tmp_path)
    events = say(talk, "/why", "/another", "/export lp", "/name x", "/change flour = 3")
    assert [each.outcome for each in events if isinstance(each, TurnEnded)] == ["failed"] * 5
    assert "tell one first" in told(events)


def test_limits_that_change_nothing_share_a_line(store, tmp_path):
    spare = BAKERY + "  oven: bake[bread] <= trays\n  hands: bake[cake] <= helpers\n"
    spare = spare.replace("variables:", "  trays = 900   # [item]\n  helpers = 800   # [item]\nvariables:")
    talk = session(store, Baker(formulation=spare), tmp_path)
    words = told(say(talk, TOLD, "/limits"))
    assert "a little more or less changes nothing: " in words
    assert words.count("trays") == words.count("helpers") == 1
