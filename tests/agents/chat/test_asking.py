"""The agent asks where a passage can be taken in two ways and the answer depends on it."""

from steepest.agents.chat.conversation import Conversation
from steepest.agents.llm import LLMError
from tests.agents.chat.talks import TOLD, Baker, say, session, told, words_of

OPEN = TOLD + " The mixer takes 7 kg at once."
"""The formulation does not use the 7: something shows that the text leaves room."""
READINGS = """\
QUESTION: Do the 30 cakes sell a day or a week?
ASSUMED: 30 a day
READING: 30 a week of five days
CHANGES: most_cakes = 6"""


class Asking(Baker):
    """Reads the problem in two ways."""

    def __call__(self, request):
        if "could take in another way" in request.messages[-1].content:
            self.requests.append(request)
            return READINGS
        if words_of(request).startswith("fail"):
            raise LLMError("no answer")
        return super().__call__(request)


def asked(store, tmp_path, wishes=None):
    talk = session(store, Asking(wishes), tmp_path)
    return talk, say(talk, OPEN)


def test_the_answer_comes_with_one_question(store, tmp_path):
    talk, events = asked(store, tmp_path)
    assert [each.type for each in events] == ["said", "answered", "asked", "ended"]
    assert talk.conversation.question.question == "Do the 30 cakes sell a day or a week?"
    assert talk.conversation.question.options == ("30 a day", "30 a week of five days")
    assert talk.conversation.current.solution.objective == 336


def test_the_other_option_is_solved_without_asking_the_model(store, tmp_path):
    baker = Asking()
    talk = session(store, baker, tmp_path)
    say(talk, OPEN)
    calls = len(baker.requests)
    say(talk, "2")
    assert talk.conversation.current.changes == ("most_cakes = 6",)
    assert talk.conversation.question is None
    assert len(baker.requests) == calls


def test_the_assumed_option_leaves_the_answer(store, tmp_path):
    talk, _ = asked(store, tmp_path)
    assert "stands: 30 a day" in told(say(talk, "30 a Day."))
    assert (talk.conversation.current_number, talk.conversation.question) == (1, None)


def test_who_says_something_else_is_understood_as_ever(store, tmp_path):
    talk, _ = asked(store, tmp_path, {"half the flour": "wish: change\nchanges: flour = 20"})
    say(talk, "half the flour", "flour = 50")
    assert talk.conversation.current.changes == ("flour = 50",)
    assert talk.conversation.current.parent == 2


def test_a_command_does_not_answer_and_a_failed_turn_neither(store, tmp_path):
    talk, _ = asked(store, tmp_path)
    question = talk.conversation.question
    say(talk, "/versions", "fail here")
    assert talk.conversation.question == question
    assert Conversation.replayed(talk.events) == talk.conversation


def test_a_text_that_leaves_no_room_costs_no_further_call(store, tmp_path):
    baker = Asking()
    events = say(session(store, baker, tmp_path), TOLD)
    assert [each.type for each in events] == ["said", "answered", "ended"]
    assert len(baker.requests) == 1


def test_the_question_may_be_left_out(store, tmp_path):
    baker = Asking()
    events = say(session(store, baker, tmp_path, readings="never"), OPEN)
    assert "asked" not in {each.type for each in events}
    assert len(baker.requests) == 1


def test_every_step_of_the_agent_is_shown_when_it_ends(store, tmp_path):
    talk, steps = session(store, Asking(), tmp_path), []
    talk.listen(lambda happened: steps.append(happened.step.name) if hasattr(happened, "step") else None)
    say(talk, OPEN, "flour = 50")
    assert {"formulate", "check", "solve", "readings"} <= set(steps)
    assert steps[-1] == "solve"
    assert [each.name for each in talk.conversation.versions[1].steps][:3] == ["formulate", "check", "solve"]
