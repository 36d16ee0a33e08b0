"""Problems are stated: by one formulation or by a vote, and beside a problem that is there already."""

import pytest

from steepest.agents.chat.conversation import Conversation
from tests.agents.chat.talks import BAKERY, TOLD, Baker, objectives, say, session, told

NOT_ONE = "NOT AN OPTIMIZATION PROBLEM: It asks for a fact."


def test_a_text_that_is_no_problem_leaves_the_one_that_there_is(store, tmp_path):
    baker = Baker()
    talk = session(store, baker, tmp_path)
    say(talk, TOLD)
    baker.formulation = NOT_ONE
    events = say(talk, "/problem What is the capital of France?")
    assert "It asks for a fact" in told(events)
    assert "told before stays" in told(events)
    assert list(talk.conversation.versions) == [1]
    say(talk, "flour = 50")
    assert objectives(talk)[2] == pytest.approx(396)


def test_words_of_which_nothing_can_be_made_leave_it_too(store, tmp_path):
    baker = Baker({"more": "wish: revise"})
    talk = session(store, baker, tmp_path, repairs=0)
    say(talk, TOLD)
    baker.formulation = "Sorry."
    say(talk, "more")
    assert talk.conversation.current_number == 1


def test_a_conversation_may_begin_with_a_text_that_is_no_problem(store, tmp_path):
    talk = session(store, Baker(formulation=NOT_ONE), tmp_path)
    say(talk, "What is the capital of France?")
    assert talk.conversation.current.outcome == "not_a_problem"
    assert not talk.conversation.has_formulation


class Divided(Baker):
    """Makes of the second sample another problem."""

    def __call__(self, request):
        self.requests.append(request)
        return BAKERY.replace("flour = 40", "flour = 50") if request.sample == 1 else BAKERY


def test_several_formulations_vote_and_the_version_keeps_how_sure_the_answer_is(store, tmp_path):
    baker = Divided()
    talk = session(store, baker, tmp_path, samples=5, sure_at=0.99, checkpoints=tmp_path / "talks.db")
    say(talk, TOLD)
    version = talk.conversation.current
    assert objectives(talk) == {1: pytest.approx(336)}
    assert (version.agreement.agreeing, version.agreement.drawn, version.agreement.is_sure) == (3, 4, False)
    assert version.explanation.startswith("Not sure: confidence")
    assert sorted({each.sample for each in baker.requests}) == [0, 1, 2, 3]
    assert Conversation.replayed(store.events(talk.id, "anna")).current.agreement == version.agreement


def test_a_change_is_made_without_a_vote(store, tmp_path):
    baker = Baker()
    talk = session(store, baker, tmp_path, samples=3)
    say(talk, TOLD, "flour = 50")
    assert talk.conversation.current.agreement is None
    assert len(baker.requests) == 3
