"""Propagators: what parameters are told, by the usual way, by sums, and by rules of single operations."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.traces.bundle import bundle
from steepest.traces.failures import ExecutionError, TraceError
from steepest.traces.feedback import Feedback, backward, cut_out, subgraph
from steepest.traces.graph import Node
from steepest.traces.parameters import node, state_of
from steepest.traces.propagators import (
    Propagated,
    SubgraphPropagator,
    SumPropagator,
    Total,
    propagate,
    propagate_all,
)

STEPS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=25)


def parameter(value: Any = 1, name: str = "x") -> Node[Any]:
    return node(value, name, trainable=True)


@bundle
def together(*items: float) -> float:
    return sum(items) % 7


def dense(start: Node[Any], layers: int, width: int = 10) -> Node[Any]:
    layer = [-start for _ in range(width)]
    for _ in range(layers - 1):
        layer = [together(*layer) for _ in range(width)]
    return together(*layer)


# --- the usual way


def test_a_parameter_is_told_which_feedback_is_about_it() -> None:
    x, y, z = parameter(1, "x"), parameter(2, "y"), parameter(3, "z")
    told = propagate(x * 2 + y, "too high", SubgraphPropagator(), score=0.25)
    assert [each.label for each, _ in told] == ["x", "y"]
    assert told.of(x) == told.of(y)
    assert [(said.text, said.score) for said in told.of(x)] == [("too high", 0.25)]
    with pytest.raises(TraceError, match="was told nothing"):
        told.of(z)


def test_propagating_changes_no_parameter() -> None:
    x = parameter()
    propagate(x + 1, "too high", SubgraphPropagator())
    assert state_of(x).feedback == []


@given(STEPS)
def test_the_usual_way_reaches_what_backward_reaches(steps: list[tuple[int, int]]) -> None:
    parameters, output = grown(steps)
    reached = backward(output, "wrong")
    told = propagate(output, "wrong", SubgraphPropagator())
    assert [id(each) for each in told.parameters] == [id(each) for each in reached]
    for each, said in told:
        ours, theirs = cut_out([each], said), subgraph([each])
        assert [id(between) for between in ours.nodes] == [id(between) for between in theirs.nodes]
        assert any(each is one for one in parameters)


def test_a_minibatch_is_carried_back_at_once() -> None:
    x, y = parameter(1, "x"), parameter(2, "y")
    first, second = Feedback((x + 1,), "too low"), Feedback((x * y,), "too high")
    told = propagate_all([first, second], SubgraphPropagator())
    assert set(told.of(x)) == {first, second}
    assert told.of(y) == (second,)


def test_feedback_goes_back_from_an_error() -> None:
    x = parameter(0)
    with pytest.raises(ExecutionError) as caught:
        1 / x
    told = propagate(caught.value, "no division, please", SubgraphPropagator())
    assert [each.text for each in told.of(x)] == ["no division, please"]


def test_feedback_that_reaches_no_parameter_is_an_error() -> None:
    with pytest.raises(TraceError, match="reaches no parameter"):
        propagate(node(1) + 1, "wrong", SubgraphPropagator())


def test_a_dense_graph_is_no_more_than_its_edges() -> None:
    x = parameter()
    told = propagate(dense(x, 200), "wrong", SubgraphPropagator())
    assert len(told.of(x)) == 1


def test_a_long_chain_needs_no_recursion() -> None:
    x = parameter(0)
    y = x
    for _ in range(20_000):
        y = -y
    assert len(propagate(y, "wrong", SumPropagator()).of(x).said) == 1


# --- sums


def test_scores_add_up_over_the_uses_and_words_are_told_once() -> None:
    x = parameter(2)
    total = propagate(x * x + x, "too high", SumPropagator(), score=0.5).of(x)
    assert total.score == 1.5
    assert total.text == "too high"


def test_scores_of_a_minibatch_add_up() -> None:
    x = parameter(2)
    said = [Feedback((x + 1,), "low", 1.0), Feedback((x + 2,), "high", 2.0), Feedback((x + 3,), "low", 4.0)]
    total = propagate_all(said, SumPropagator()).of(x)
    assert total.score == 7.0
    assert sorted(total.text.splitlines()) == ["high", "low"]


def test_words_alone_have_no_score() -> None:
    x = parameter()
    assert propagate(x + x, "wrong", SumPropagator()).of(x).score is None


def test_a_score_counts_beside_feedback_without_one() -> None:
    x = parameter()
    told = propagate_all([Feedback((x + 1,), "a", 2.0), Feedback((x + 1,), "b")], SumPropagator())
    assert told.of(x).score == 2.0


def test_words_do_not_grow_with_the_ways_through_a_dense_graph() -> None:
    x = parameter()
    total = propagate(dense(x, 40), "wrong", SumPropagator(), score=1).of(x)
    assert total.text == "wrong"
    assert total.score == pytest.approx(1e40)


@given(STEPS)
def test_a_score_is_multiplied_by_the_number_of_ways(steps: list[tuple[int, int]]) -> None:
    parameters, output = grown(steps)
    told = propagate(output, "wrong", SumPropagator(), score=1)
    for each, total in told:
        assert total.score == ways(output, each)
        assert any(each is one for one in parameters)


# --- rules of single operations


def halves(made: Node[Any], told: Total) -> list[Total | None]:
    assert told.score is not None
    return [replace(told, score=told.score / len(made.inputs)) for _ in made.inputs]


def test_an_operator_can_have_a_rule_of_its_own() -> None:
    x, y = parameter(1, "x"), parameter(2, "y")
    added = (x + y).operation
    assert added is not None
    told = propagate((x + y) * y, "wrong", SumPropagator().override(added, halves), score=1)
    assert told.of(x).score == 0.5
    assert told.of(y).score == 1.5


def test_a_bundle_can_stop_feedback_and_say_something_else() -> None:
    x, y = parameter("long", "x"), parameter("short", "y")

    @bundle
    def joined(left: str, right: str) -> str:
        return left + right

    def translated(made: Node[Any], told: tuple[Feedback, ...]) -> list[tuple[Feedback, ...] | None]:
        return [(Feedback((made,), f"your part: {told[0].text}"),), None]

    text = joined(x, y)
    told = propagate(text.upper(), "too long", SubgraphPropagator().override(joined, translated))
    assert [each.label for each in told.parameters] == ["x"]
    (said,) = told.of(x)
    assert said.text == "your part: too long"
    assert [id(each) for each in cut_out([x], [said]).nodes] == [id(x), id(text)]


def test_a_rule_is_no_other_operation_s_of_the_same_name() -> None:
    x = parameter()
    one, other = bundle(lambda value: value, name="same"), bundle(lambda value: value, name="same")
    stopping = SubgraphPropagator().override(one, lambda made, told: [None])
    assert len(propagate(other(x), "wrong", stopping)) == 1
    with pytest.raises(TraceError, match="reaches no parameter"):
        propagate(one(x), "wrong", stopping)


def test_a_method_s_rule_holds_for_every_instance() -> None:
    class Scaling:
        def __init__(self) -> None:
            self.factor = parameter(3, "factor")

        @bundle
        def scaled(self, value: float) -> float:
            return value * self.factor.value

    first, second = Scaling(), Scaling()
    x = parameter()
    weighed: list[Node[Any]] = []

    def rule(made: Node[Any], told: Total) -> list[Total | None]:
        weighed.append(made)
        return [told for _ in made.inputs]

    propagate(first.scaled(x) + second.scaled(x), "wrong", SumPropagator().override(first.scaled, rule))
    assert len(weighed) == 2


def test_a_rule_has_to_say_something_about_each_input() -> None:
    x = parameter()
    added = (x + 1).operation
    assert added is not None
    short = SumPropagator().override(added, lambda made, told: [told])
    with pytest.raises(TraceError, match="gives 1 messages, and the node has 2 inputs"):
        propagate(x + 1, "wrong", short)


def test_a_propagator_of_somebody_s_own_is_an_object_that_carries() -> None:
    class Outermost:
        """Tells nobody but the outputs themselves."""

        def carry(self, feedback: Any) -> list[tuple[Node[Any], str]]:
            return [(output, each.text.upper()) for each in feedback for output in each.outputs]

    x = parameter()
    told: Propagated[str] = propagate(x, "wrong", Outermost())
    assert list(told.messages) == ["WRONG"]


def grown(steps: list[tuple[int, int]]) -> tuple[list[Node[Any]], Node[Any]]:
    """A random graph over three parameters, and its last node."""
    parameters = [parameter(1, name) for name in "abc"]
    nodes = list(parameters)
    for left, right in steps:
        nodes.append(together(nodes[left % len(nodes)], nodes[right % len(nodes)]))
    return parameters, nodes[-1]


def ways(output: Node[Any], source: Node[Any]) -> int:
    """Paths from one node to another, counted by following them."""
    if output is source:
        return 1
    return sum(ways(each, source) for each in output.inputs)
