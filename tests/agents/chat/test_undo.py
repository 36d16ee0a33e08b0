"""Undo and redo as an algebra: two stacks, whatever the order of the turns."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.chat.conversation import Conversation
from steepest.agents.chat.events import Answered, Recorded, Version
from steepest.agents.chat.intents import GoTo, Name, Redo, Undo
from steepest.agents.chat.means import Means
from steepest.agents.chat.turns import carry_out
from steepest.agents.chat.work import Work
from steepest.agents.llm import FunctionModel
from steepest.agents.llm.chat import run_sync
from steepest.agents.llm.transcripts import Transcript
from steepest.errors import InputError
from steepest.solvers.control import SolveControl

STEPS = st.lists(
    st.one_of(
        st.just(("change",)),
        st.just(("undo",)),
        st.just(("redo",)),
        st.tuples(st.just("go"), st.integers(1, 6)),
        st.tuples(st.just("name"), st.sampled_from(["base", "rich"])),
    ),
    max_size=30,
)


class Talk:
    """A conversation whose answers cost nothing, beside the two stacks that it has to agree with."""

    def __init__(self):
        self.events = []
        self.conversation = Conversation()
        self.current, self.past, self.future = None, [], []
        model = FunctionModel(lambda request: "")
        self.work = Work(
            self.conversation, Means(model), model, Transcript(), SolveControl(), self.keep, lambda signal: None
        )

    def keep(self, event):
        recorded = Recorded(number=len(self.events) + 1, time=datetime.now(UTC), event=event)
        self.events.append(recorded)
        self.conversation.apply(recorded)

    def step_to(self, number):
        self.past.append(self.current)
        self.current, self.future = number, []

    def change(self):
        number = len(self.conversation.versions) + 1
        self.keep(Answered(version=Version(number=number, problem="p", outcome="solved")))
        self.step_to(number)

    def undo(self):
        self.carry_out(Undo(), bool(self.past))
        if self.past:
            self.future.append(self.current)
            self.current = self.past.pop()

    def redo(self):
        self.carry_out(Redo(), bool(self.future))
        if self.future:
            self.past.append(self.current)
            self.current = self.future.pop()

    def go(self, number):
        is_there = number in self.conversation.versions
        self.carry_out(GoTo(name=str(number)), is_there)
        if is_there and number != self.current:
            self.step_to(number)

    def name(self, name):
        self.carry_out(Name(name=name), self.current is not None)

    def carry_out(self, intent, is_possible):
        if is_possible:
            run_sync(carry_out(intent, self.work))
            return
        with pytest.raises(InputError):
            run_sync(carry_out(intent, self.work))


@given(STEPS)
def test_undo_and_redo_are_two_stacks(steps):
    talk = Talk()
    for name, *arguments in steps:
        getattr(talk, name)(*arguments)
        assert talk.conversation.current_number == talk.current
        assert talk.conversation.trail == talk.past
        assert talk.conversation.undone == talk.future


@given(STEPS)
def test_a_replay_of_the_events_is_the_conversation(steps):
    talk = Talk()
    for name, *arguments in steps:
        getattr(talk, name)(*arguments)
    assert Conversation.replayed(talk.events) == talk.conversation


@given(STEPS, st.integers(1, 10))
def test_as_many_redos_as_undos_lead_back(steps, count):
    talk = Talk()
    for name, *arguments in steps:
        getattr(talk, name)(*arguments)
    before, count = talk.conversation.current_number, min(count, len(talk.past))
    for _ in range(count):
        talk.undo()
    for _ in range(count):
        talk.redo()
    assert talk.conversation.current_number == before
