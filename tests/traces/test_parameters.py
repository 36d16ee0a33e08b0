"""Parameters: what a node may become, and what it has been."""

import asyncio
import json
import pickle
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from steepest.errors import InputError
from steepest.traces.bundle import bundle
from steepest.traces.failures import TraceError
from steepest.traces.feedback import backward
from steepest.traces.graph import Node
from steepest.traces.parameters import (
    RejectedValueError,
    Trainable,
    commit,
    node,
    state_of,
    update,
    value_at,
    value_read,
    zero_feedback,
)
from steepest.traces.scope import no_trace


def test_a_parameter_has_a_name_description_and_constraint() -> None:
    x = node(1, "x", trainable=True, description="how many", constraint=range(5))
    state = state_of(x)
    assert (x.label, state.description, state.constraint) == ("x", "how many", (0, 1, 2, 3, 4))


def test_a_plain_node_is_no_parameter() -> None:
    with pytest.raises(TraceError, match="is no parameter"):
        state_of(node(1))
    with pytest.raises(TraceError, match="trainable=True"):
        node(1, description="for nobody")


def test_a_node_of_a_node_is_the_node() -> None:
    x = node(1, "x")
    assert node(x) is x


def test_another_name_is_another_node_made_from_the_first() -> None:
    x = node(1, "x")
    y = node(x, "y")
    assert (x.label, y.label, y.value) == ("x", "y", 1)
    assert y.inputs == (x,)
    parameter = node(1, "p", trainable=True)
    assert backward(node(parameter, "other"), "told") == [parameter] or state_of(parameter).feedback


def test_a_parameter_from_a_node_begins_with_its_value() -> None:
    x = node(1) + 1
    p = node(x, "p", trainable=True)
    assert p is not x
    assert p.is_leaf
    assert p.value == 2
    assert x.trainable is None
    assert node(p, trainable=True) is p
    with pytest.raises(TraceError, match="a parameter already"):
        node(p, "other", trainable=True)


def test_a_container_of_nodes_is_a_node_of_values() -> None:
    a = node(1)
    made = node([a, 2], "pair")
    assert (made.value, made.label) == ([1, 2], "pair")
    assert made.inputs[0] is a


def test_the_first_value_has_to_meet_the_constraint() -> None:
    with pytest.raises(RejectedValueError, match="one of"):
        node(9, trainable=True, constraint=[1, 2])
    with pytest.raises(RejectedValueError, match="can't be 9"):
        node(9, constraint=lambda value: value < 5)


@pytest.mark.parametrize(
    ("present", "proposal", "outcome"),
    [
        (True, "False", "rejected"),
        (True, False, "committed"),
        (True, 0, "rejected"),
        (1, True, "rejected"),
        (1, 2, "committed"),
        (1, 2.5, "rejected"),
        (1.5, 2, "committed"),
        (1.5, np.float64(2), "committed"),
        (np.float64(1.5), 2, "committed"),
        ([1], "[3, 4]", "rejected"),
        ([1], [3, 4], "committed"),
        ([1], (3, 4), "rejected"),
        ({"a": 1}, {"b": 2}, "committed"),
        ("text", "The definition of default", "committed"),
        ("text", "TERMINATE", "committed"),
        ("text", 5, "rejected"),
        ("text", None, "rejected"),
        (None, "anything", "committed"),
    ],
)
def test_a_proposal_has_to_be_of_the_present_type(present: Any, proposal: Any, outcome: str) -> None:
    x = node(present, trainable=True)
    made = update(x, proposal)
    assert made.outcome == outcome
    expected = type(present)(proposal) if isinstance(present, float) else proposal
    assert x.value == (expected if outcome == "committed" else present)
    assert type(x.value) is type(present) or present is None
    if outcome == "rejected":
        assert type(proposal).__name__ in made.reason


def test_a_node_may_be_proposed() -> None:
    x = node(1, trainable=True)
    update(x, node(5) + 1)
    assert x.value == 6


def positive(value: int) -> bool:
    """More than zero."""
    return value > 0


def integral(value: float) -> None:
    if value != int(value):
        raise ValueError("has to be whole")


@pytest.mark.parametrize(
    ("constraint", "bad", "reason"),
    [
        (positive, -1.0, "More than zero."),
        (integral, 0.5, "ValueError: has to be whole"),
        ([1.0, 2.0, 3.0], 5.0, "has to be one of [1.0, 2.0, 3.0]"),
        (iter([1.0, 2.0, 3.0]), 5.0, "has to be one of [1.0, 2.0, 3.0]"),
        (lambda value: np.bool_(value > 0), -1.0, "does not meet"),
        (bundle(positive), -1.0, "More than zero."),
    ],
)
def test_a_constraint_refuses_with_its_reason(constraint: Any, bad: float, reason: str) -> None:
    x = node(1.0, "x", trainable=True, constraint=constraint)
    made = update(x, bad)
    assert (made.outcome, x.value) == ("rejected", 1.0)
    assert reason in made.reason
    assert made.reason.startswith("x can't be")
    assert update(x, 2.0).outcome == "committed"


def test_words_are_a_constraint_for_readers() -> None:
    x = node("a", trainable=True, constraint="at most ten words")
    assert update(x, "b " * 50).outcome == "committed"


def test_a_failing_trial_rolls_back() -> None:
    x = node(1, "x", trainable=True)
    seen: list[int] = []

    def trial() -> None:
        seen.append(x.value)
        raise ValueError("worse")

    made = update(x, 2, trial)
    assert (made.outcome, made.reason, x.value, seen) == ("rolled back", "ValueError: worse", 1, [2])
    assert update(x, 3, lambda: None).outcome == "committed"
    assert [(each.value, each.outcome) for each in state_of(x).history] == [(2, "rolled back"), (3, "committed")]


def test_an_interrupted_trial_rolls_back_and_goes_on_interrupting() -> None:
    x = node(1, trainable=True)

    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        update(x, 2, interrupted)
    assert x.value == 1
    assert state_of(x).history[-1].outcome == "rolled back"


def test_a_trace_keeps_what_a_parameters_value_was() -> None:
    x = node(1, "x", trainable=True)
    first = x + 1
    update(x, 10)
    second = x + 1
    tried: list[Node[int]] = []

    def trial() -> None:
        tried.append(x + 1)
        raise ValueError

    update(x, 20, trial)
    third = x + 1
    assert [each.value for each in (first, second, *tried, third)] == [2, 11, 21, 11]
    assert [value_at(x, each.order) for each in (first, second, *tried, third)] == [1, 10, 20, 10]
    assert value_at(first, second.order) == 2


def test_a_parameter_of_a_text_is_never_stale() -> None:
    prompt = node("be kind", "prompt", trainable=True)
    update(prompt, "be brief")
    assert f"{prompt}" == str(prompt) == "be brief"
    assert json.dumps([prompt]) == '["be brief"]'
    assert (prompt + "!").value == "be brief!"
    assert ("Now " + prompt).value == "Now be brief"
    assert prompt.upper().value == "BE BRIEF"
    assert ", ".join([str(prompt), prompt + ""]) == "be brief, be brief"
    with pytest.raises(TypeError, match="expected str instance"):
        ", ".join([prompt])  # type: ignore[list-item]
    assert not isinstance(prompt, str)


def test_parameters_made_without_tracing_are_parameters() -> None:
    with no_trace():
        x = node(1, trainable=True)
    assert backward(x + 1, "told")[0] is x


def test_feedback_is_forgotten_on_demand() -> None:
    x = node(1, trainable=True)
    backward(x + 1, "told")
    zero_feedback([x])
    assert state_of(x).feedback == []


def test_what_makes_a_parameter_can_be_made_by_itself() -> None:
    assert Trainable().feedback == []


# Updates while something else goes on


def test_a_call_has_read_what_a_parameter_was_when_it_began() -> None:
    prompt = node("old", "prompt", trainable=True)

    @bundle
    async def ask(words: str) -> str:
        await asyncio.sleep(0.01)
        return f"told {words}"

    async def updated_meanwhile() -> Node[str]:
        call = asyncio.ensure_future(ask(prompt))
        await asyncio.sleep(0)
        update(prompt, "new")
        return await call

    output = asyncio.run(updated_meanwhile())
    later = prompt + "!"
    assert output.value == "told old"
    assert value_read(prompt, output) == "old"
    assert value_read(prompt, later) == "new"
    update(prompt, "newest")
    assert [value_read(prompt, each) for each in (output, later, prompt + "?")] == ["old", "new", "newest"]


def test_an_update_waits_for_the_trial_of_another_thread() -> None:
    x = node("first", trainable=True)
    is_tried, is_over = threading.Event(), threading.Event()

    def trial() -> None:
        is_tried.set()
        is_over.wait(5)
        raise ValueError("worse")

    trying = threading.Thread(target=lambda: update(x, "tried", trial))
    trying.start()
    is_tried.wait(5)
    committing = threading.Thread(target=lambda: update(x, "committed"))
    committing.start()
    committing.join(0.05)
    assert committing.is_alive()
    is_over.set()
    trying.join()
    committing.join()
    assert x.value == "committed"
    assert [each.outcome for each in state_of(x).history] == ["rolled back", "committed"]


def test_a_parameter_is_not_updated_inside_of_its_own_trial() -> None:
    x, other = node(1, trainable=True), node(1, trainable=True)
    for inner in (lambda: update(x, 3), lambda: commit(x, 3), lambda: bundle(lambda: update(x, 3))()):
        with pytest.raises(TraceError, match="inside of its own trial"):
            update(x, 2, inner)
        assert x.value == 1
    assert update(x, 2, lambda: update(other, 5)).outcome == "committed"
    assert (x.value, other.value) == (2, 5)


@dataclass
class Settings:
    steps: list[int] = field(default_factory=list)


@pytest.mark.parametrize(
    ("first", "given", "change"),
    [
        ([0], [1], lambda value: value.append(2)),
        ({"a": [0]}, {"a": [1]}, lambda value: value["a"].append(2)),
        ({0}, {1}, lambda value: value.add(2)),
        (([0],), ([1],), lambda value: value[0].append(2)),
        (bytearray(b"a"), bytearray(b"b"), lambda value: value.append(2)),
        (Settings([0]), Settings([1]), lambda value: value.steps.append(2)),
        (defaultdict(list), defaultdict(list, a=[1]), lambda value: value["a"].append(2)),
    ],
)
def test_nobody_changes_a_parameter_or_its_history_in_place(first: Any, given: Any, change: Any) -> None:
    x = node(first, trainable=True)
    as_given, as_first = repr(given), repr(first)
    update(x, given)
    change(given)
    assert repr(x.value) == as_given
    assert [repr(each.value) for each in state_of(x).history] == [as_given]
    change(x.value)
    assert [repr(each.value) for each in state_of(x).history] == [as_given]
    assert repr(value_at(x, 0)) == as_first


def test_a_trial_that_changes_the_value_in_place_is_rolled_back() -> None:
    x = node([0], trainable=True)

    def trial() -> None:
        x.value.append(1)
        raise ValueError

    assert update(x, x.value, trial).outcome == "rolled back"
    assert x.value == [0]
    assert state_of(x).history[-1].value == [0, 1]


def test_arrays_are_copied_and_other_objects_are_shared() -> None:
    given = np.zeros(2)
    x = node(np.ones(2), trainable=True)
    update(x, given)
    given[0] = 5
    assert x.value.tolist() == [0, 0]
    shared = threading.Lock()
    y = node(shared, trainable=True)
    update(y, shared)
    assert y.value is shared
    endless: list[Any] = []
    endless.append(endless)
    z = node([1], trainable=True)
    update(z, endless)
    assert z.value[0] is z.value is not endless


def test_a_parameter_remembers_so_many_updates() -> None:
    x = node(0, trainable=True)
    first = x + 1
    state = state_of(x)
    assert state.most_kept == 1000
    state.most_kept = 3
    for value in range(1, 6):
        update(x, value)
    assert [each.value for each in state.history] == [3, 4, 5]
    assert len(state.past) == 3
    assert value_at(x, (x + 1).order) == 5
    assert repr(value_read(x, first)) == "<no longer kept>"
    for _ in range(5):
        update(x, "no number")
    assert [each.outcome for each in state.history] == ["committed", "rejected", "rejected"]


def _even(value: int) -> bool:
    return value % 2 == 0


def test_a_constraint_that_another_process_does_not_find_is_named() -> None:
    again = pickle.loads(pickle.dumps(node(2, trainable=True, constraint=_even)))  # noqa: S301
    assert update(again, 3).outcome == "rejected"
    with pytest.raises(pickle.PicklingError, match=r"constraint .*<lambda>.* define it there, with `def`"):
        pickle.dumps(node(2, trainable=True, constraint=lambda value: value > 1))


@pytest.mark.parametrize("wrong", ["s", 5, None])
def test_only_nodes_are_updated(wrong: Any) -> None:
    with pytest.raises(InputError, match="and no parameter: pass the node"):
        update(wrong, 6)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"constraint": 12}, r"constraint=\[12\]"),
        ({"name": 3}, "has to be a text"),
        ({"description": None}, "has to be a text"),
        ({"trainable": "yes"}, "True or False"),
    ],
)
def test_arguments_that_node_cannot_have_are_refused(options, words):
    with pytest.raises(InputError, match=words):
        node(5, **options)


def test_a_parameter_begins_with_a_copy_of_what_it_is_given() -> None:
    given = {"words": ["a"]}
    x = node(given, trainable=True)
    given["words"].append("b")
    assert x.value == {"words": ["a"]}


def test_trials_that_update_each_others_parameter_do_not_wait_for_ever() -> None:
    one, other = node("a", trainable=True), node("b", trainable=True)
    both_tried = threading.Barrier(2)
    ends: list[object] = []

    def run(own: Any, foreign: Any) -> None:
        def trial() -> None:
            both_tried.wait(5)
            update(foreign, "foreign")

        try:
            ends.append(update(own, "own", trial).outcome)
        except TraceError as error:
            ends.append(error)

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert "committed" in ends
    assert any("each would wait for the other" in str(end) for end in ends)
    assert update(one, "c").outcome == update(other, "c").outcome == "committed"
