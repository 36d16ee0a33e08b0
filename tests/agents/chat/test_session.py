"""Turns of a session: one after another, cancelled, refused, and opened again."""

import asyncio
import threading
import time

import pytest

from steepest.agents.chat.conversation import Conversation
from steepest.agents.chat.means import Means
from steepest.agents.chat.session import Session
from steepest.agents.llm import ChatReply, FunctionModel, LLMError, Usage
from steepest.agents.llm.budget import Budget, Budgeted
from steepest.agents.llm.chat import run_sync
from steepest.errors import InputError
from steepest.solvers.solution import Solution, VariableValue
from tests.agents.chat.talks import BAKERY, TOLD, Baker, objectives, say, session, told

FIFTY = "what if there are 50 kg of flour?"
CHANGE = {FIFTY: "wish: change\nchanges: flour = 50"}


def test_a_problem_is_answered(store, tmp_path):
    talk = session(store, Baker(), tmp_path)
    events = say(talk, TOLD)
    assert [each.type for each in events] == ["said", "answered", "ended"]
    assert talk.conversation.current.outcome == "solved"
    assert objectives(talk) == {1: pytest.approx(336)}
    assert events[-1].outcome == "done"


def test_a_reply_that_can_never_be_used_is_told_and_nothing_is_lost(store, tmp_path):
    talk = session(store, Baker({"hm": "I do not know."}), tmp_path)
    events = say(talk, TOLD, "hm")
    assert events[-1].outcome == "failed"
    assert "could not be understood" in told(events)
    assert "wish" not in told(events)
    assert talk.conversation.current_number == 1


def test_a_conversation_that_is_opened_again_is_the_same(store, tmp_path):
    talk = session(store, Baker(CHANGE), tmp_path)
    say(talk, TOLD, FIFTY, "/name rich", "/undo", "/why")
    again = session(store, Baker(), tmp_path, talk.id)
    assert again.conversation == talk.conversation == Conversation.replayed(talk.events)
    say(again, "flour = 70")
    assert again.conversation.current.parent == 1
    [summary] = store.sessions("anna")
    assert (summary.title, summary.turns) == ("How many loaves and cakes to bake", 6)


def test_two_that_go_on_with_one_conversation_lose_nothing(store, tmp_path):
    first = session(store, Baker(), tmp_path)
    say(first, TOLD)
    second = session(store, Baker(), tmp_path, first.id)
    say(first, "flour = 50")
    with pytest.raises(InputError, match="somebody else has gone on"):
        say(second, "flour = 60")
    assert objectives(session(store, Baker(), tmp_path, first.id))[2] == pytest.approx(396)


def test_a_model_that_can_not_be_asked_is_told(store, tmp_path):
    def fails(request):
        raise LLMError("the key is wrong")

    talk = session(store, fails, tmp_path)
    events = say(talk, TOLD)
    assert "the key is wrong" in told(events)
    assert events[-1].outcome == "failed"


@pytest.mark.parametrize("words", ["", "   \n", "x" * 2_000_001])
def test_words_that_are_none_and_far_too_many_are_refused(store, tmp_path, words):
    with pytest.raises(InputError):
        say(session(store, Baker(), tmp_path), words)


def test_a_turn_waits_for_the_one_before(store, tmp_path):
    talk = session(store, Baker(), tmp_path)

    async def both():
        first = asyncio.create_task(talk.turn(TOLD))
        await asyncio.sleep(0)
        with pytest.raises(InputError, match="still going on"):
            await talk.turn("flour = 50")
        await first

    run_sync(both())
    assert objectives(talk) == {1: pytest.approx(336)}


def test_a_cancel_gives_up_a_call_to_the_model(store, tmp_path):
    asked = threading.Event()

    async def never(request):
        asked.set()
        await asyncio.sleep(60)

    talk = session(store, never, tmp_path)

    async def cancelled():
        turn = asyncio.create_task(talk.turn(TOLD))
        await asyncio.to_thread(asked.wait, 10)
        talk.cancel()
        await turn

    run_sync(cancelled())
    assert [each.event.type for each in talk.events] == ["said", "told", "ended"]
    assert talk.events[-1].event.outcome == "cancelled"
    assert not talk.is_busy


def test_the_end_of_a_turn_tells_what_a_budget_was_charged(store, tmp_path):
    asked, budget = threading.Event(), Budget()

    async def never(request):
        asked.set()
        await asyncio.sleep(60)

    counted = ChatReply(text=BAKERY, usage=Usage(input_tokens=80, output_tokens=20), model="baker", provider="test")
    uncounted = ChatReply(text=BAKERY, usage=Usage(), model="baker", provider="test")

    def charged(reply, cancels=False):
        talk = Session(store.begin("anna"), "anna", store, Means(Budgeted(FunctionModel(reply), budget)))

        async def turn():
            going = asyncio.create_task(talk.turn(TOLD))
            if cancels:
                await asyncio.to_thread(asked.wait, 30)
                talk.cancel()
            await going

        before = budget.spent_tokens
        run_sync(turn())
        ended = talk.events[-1].event
        assert (ended.charged_tokens, ended.charged_cost) == (budget.spent_tokens - before, budget.spent_money)
        return ended

    assert charged(lambda request: counted).charged_tokens == 100
    cancelled, silent = charged(never, cancels=True), charged(lambda request: uncounted)
    assert (cancelled.outcome, cancelled.input_tokens, cancelled.charged_tokens > 1_000) == ("cancelled", 0, True)
    assert (silent.input_tokens, silent.charged_tokens > 1_000) == (None, True)


def test_a_defect_ends_its_turn_and_not_the_conversation(store, tmp_path, monkeypatch, caplog):
    talk = session(store, Baker(), tmp_path)

    def broken(*_, **__):
        raise ZeroDivisionError("with key sk-abcdefghijklmnopqrstuvwxyz012345")

    with monkeypatch.context() as patched:
        patched.setattr("steepest.agents.chat.turns.stating.answer_problem", broken)
        events = say(talk, TOLD)
    assert [each.type for each in events] == ["said", "told", "ended"]
    assert events[-1].outcome == "failed"
    assert "unexpected ZeroDivisionError" in told(events)
    assert "a bug in steepest" in told(events)
    assert "Traceback" in caplog.text
    assert "sk-abcdef" not in told(events) + caplog.text
    say(talk, TOLD)
    assert objectives(talk) == {1: pytest.approx(336)}


def test_what_does_not_fit_into_memory_is_no_bug(store, tmp_path):
    def full(request):
        raise MemoryError

    said = told(say(session(store, full, tmp_path), TOLD))
    assert "does not fit into memory" in said
    assert "bug" not in said


def test_bytes_that_are_no_text_do_not_end_the_conversation(store, tmp_path):
    talk = session(store, Baker(), tmp_path)
    say(talk, TOLD, "/name bakery \udcff or b?", "/name bakery")
    assert talk.conversation.names == {"bakery": 1}


def test_a_cancelled_solve_keeps_its_best_answer(store, tmp_path, monkeypatch):
    talk = session(store, Baker(), tmp_path)
    say(talk, TOLD)
    begun = threading.Event()
    best = Solution(status="interrupted", objective=300.0, variables=[VariableValue("bake", ("cake",), 30.0)])

    def slow_solver(tables, folder, options, tell, control, start):
        def solve(formulation):
            begun.set()
            while not control.cancelled:
                time.sleep(0.01)
            return best

        return solve

    monkeypatch.setattr("steepest.agents.chat.turns.changing.solver_for", slow_solver)

    async def cancelled():
        turn = asyncio.create_task(talk.turn("flour = 50"))
        await asyncio.to_thread(begun.wait, 10)
        talk.cancel()
        await turn

    run_sync(cancelled())
    assert talk.conversation.current.outcome == "stopped"
    assert talk.conversation.current.solution == best
    assert talk.events[-1].event.outcome == "cancelled"
    assert session(store, Baker(), tmp_path, talk.id).conversation == talk.conversation
