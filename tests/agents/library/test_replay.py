"""Events are the library: whatever is done, in whatever order, their fold is what the store says."""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from steepest.agents.library.events import Outcome, State
from steepest.agents.library.insights import Usage
from steepest.agents.library.labels import Definition, Label
from steepest.agents.library.library import Library
from steepest.agents.library.skills.skill import Skill
from steepest.errors import InputError
from tests.agents.library.insights import insight

NAMES = st.sampled_from("abcdefgh")
LABELS = st.sampled_from([Label("t", "one", str(number)) for number in range(4)])
STATUSES = st.sampled_from(["candidate", "active", "quarantined", "retired"])


class Changes(RuleBasedStateMachine):
    """A library to which anything happens; beside it what every version was."""

    @initialize()
    def begin(self):
        self.folder = tempfile.TemporaryDirectory()
        self.library = Library.open(Path(self.folder.name) / "library.db")
        self.past = {0: ({}, {}, {})}

    def teardown(self):
        if hasattr(self, "library"):
            self.library.close()
            self.folder.cleanup()

    def tried(self, act, *arguments):
        """Do something that may be refused; a refusal leaves everything as it is."""
        before = self.library.store.number()
        try:
            act(*arguments)
        except InputError:
            assert self.library.store.number() == before
        else:
            assert self.library.store.number() == before + 1
        state = self.library.state()
        self.past[state.number] = (dict(state.insights), dict(state.definitions), dict(state.skills))

    @rule(names=st.lists(NAMES, min_size=1, max_size=3, unique=True), label=LABELS)
    def add(self, names, label):
        self.tried(self.library.add, [insight(name, labels=(label,)) for name in names])

    @rule(names=st.lists(NAMES, min_size=2, max_size=3), whole=NAMES, label=LABELS)
    def merge(self, names, whole, label):
        self.tried(self.library.merge, names, insight(whole, labels=(label,), title="merged"))

    @precondition(lambda self: self.library.entries())
    @rule(data=st.data(), status=STATUSES, label=LABELS)
    def change(self, data, status, label):
        entry = data.draw(st.sampled_from(self.library.entries()))
        after = entry.insight.model_copy(update={"status": status, "labels": (label,)})
        self.tried(self.library.change, entry, after)

    @rule(label=LABELS, text=st.sampled_from(["", "so", "or so"]))
    def define(self, label, text):
        self.tried(self.library.define, [Definition(label=label, definition=text, is_given=bool(text))])

    @rule(kept=LABELS, other=LABELS)
    def merge_labels(self, kept, other):
        self.tried(self.library.merge_labels, kept, other)

    @rule(
        retrieved=st.lists(NAMES, max_size=3), helped=st.lists(NAMES, max_size=2), verified=st.lists(NAMES, max_size=1)
    )
    def record(self, retrieved, helped, verified):
        outcome = Outcome(task="t", retrieved=tuple(retrieved), helped=tuple(helped), verified=tuple(verified))
        self.tried(self.library.record, outcome)

    @rule(name=NAMES, count=st.integers(0, 5))
    def put(self, name, count):
        versions = {each.insight.id: each.version for each in self.library.entries()}
        put = insight(name, title="put")
        self.tried(
            lambda: self.library.put({name: put}, {name: versions.get(name, 0)}, usage={name: Usage(retrieved=count)})
        )

    @rule(names=st.lists(NAMES, min_size=1, max_size=2, unique=True), step=st.sampled_from(["", "do", "do more"]))
    def put_skills(self, names, step):
        skills = {name: Skill(name=name, when="so", workflow=(step,), insights={"a": "1"}) for name in names if step}
        self.tried(self.library.put_skills, dict.fromkeys(names) | skills)

    @rule(data=st.data())
    def undo(self, data):
        number = data.draw(st.integers(1, self.library.store.number() + 1))
        self.tried(self.library.undo, number)

    @rule(data=st.data())
    def restore(self, data):
        number = data.draw(st.integers(0, self.library.store.number()))
        self.tried(self.library.restore, number)
        state = self.library.state()
        assert (state.insights, state.definitions, state.skills) == self.past[number]

    @invariant()
    def the_store_is_what_the_events_say(self):
        if not hasattr(self, "library"):
            return
        state = State.replayed(self.library.store.events())
        entries = {each.insight.id: each for each in self.library.entries()}
        assert {name: each.insight for name, each in entries.items()} == state.insights
        assert {name: each.version for name, each in entries.items()} == {
            name: state.versions[name] for name in state.insights
        }
        assert {name: each.usage for name, each in entries.items()} == {
            name: state.usage.get(name, Usage()) for name in state.insights
        }
        assert {each.label.key: each for each in self.library.store.definitions()} == state.definitions
        assert {each.name: each for each in self.library.skills()} == state.skills

    @invariant()
    def numbers_have_no_gap(self):
        if hasattr(self, "library"):
            numbers = [event.number for event in self.library.history()]
            assert numbers == list(range(1, len(numbers) + 1))

    @invariant()
    def words_find_the_active_ones(self):
        if hasattr(self, "library"):
            found = {name for name, _ in self.library.store.matching(["flow"], 100)}
            assert found == {each.insight.id for each in self.library.entries("active")}


Changes.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestChanges = Changes.TestCase
