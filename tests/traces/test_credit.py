"""Importance: 1 goes back from the outputs by weights, and nothing of it is lost or made on the way."""

import itertools
import math
import time
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.errors import InputError
from steepest.traces import Importance, importance, mean_importance
from steepest.traces.bundle import bundle
from steepest.traces.failures import ExecutionError, TraceError
from steepest.traces.graph import Node, ancestors
from steepest.traces.parameters import node

GRAPHS = st.lists(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5)), min_size=1, max_size=4), max_size=25)
"""For each node the places of its inputs among the nodes before it, and their weights."""


def parameter(value: Any = 1, name: str = "x") -> Node[Any]:
    return node(value, name, trainable=True)


@bundle
def mixed(*items: float) -> float:
    return float(len(items))


def built(steps: list[list[tuple[int, int]]]) -> tuple[list[Node[Any]], dict[int, list[int]]]:
    """The nodes of a random graph that begins with three parameters, and the weights of their inputs."""
    nodes, weights = [parameter(name=f"p{place}") for place in range(3)], {}
    for step in steps:
        made = mixed(*(nodes[place % len(nodes)] for place, _ in step))
        weights[id(made)] = [weight for _, weight in step]
        nodes.append(made)
    return nodes, weights


def exact(output: Node[Any], weights: dict[int, list[int]]) -> dict[int, Fraction]:
    """The shares by definition: over every way from the output."""
    shares: dict[int, Fraction] = {}

    def go(each: Node[Any], share: Fraction) -> None:
        shares[id(each)] = shares.get(id(each), Fraction(0)) + share
        figures = weights.get(id(each), [])
        figures = figures if any(figures) else [1] * len(figures)
        for source, figure in zip(each.inputs, figures, strict=True):
            if figure:
                go(source, share * Fraction(figure, sum(figures)))

    go(output, Fraction(1))
    return shares


# --- what is kept


@given(GRAPHS)
def test_every_cut_of_the_graph_has_one(steps: list[list[tuple[int, int]]]) -> None:
    nodes, weights = built(steps)
    everyone = ancestors([nodes[-1]])
    shares = importance(nodes[-1], everyone, weights=lambda each: weights.get(id(each)))
    of = {id(each): share for each, share in shares}
    for number in [each.order for each in everyone]:  # the edges from later nodes to earlier ones, and earlier outputs
        late = [each for each in everyone if each.order >= number]
        crossing = 0.0
        for each in late:
            figures = weights.get(id(each), [])
            figures = figures if any(figures) else [1] * len(figures)
            crossing += sum(
                of[id(each)] * figure / sum(figures)
                for source, figure in zip(each.inputs, figures, strict=True)
                if source.order < number
            )
        kept = sum(of[id(each)] for each in late if not each.inputs)
        assert crossing + kept == pytest.approx(1)


@given(GRAPHS.filter(lambda steps: len(steps) < 9))
def test_the_shares_are_those_over_all_ways(steps: list[list[tuple[int, int]]]) -> None:
    nodes, weights = built(steps)
    shares = importance(nodes[-1], nodes, weights=lambda each: weights.get(id(each)))
    expected = exact(nodes[-1], weights)
    for each, share in shares:
        assert share == pytest.approx(float(expected.get(id(each), 0)))


@given(GRAPHS)
def test_the_parameters_have_one_together(steps: list[list[tuple[int, int]]]) -> None:
    nodes, _ = built(steps)
    assert math.fsum(share for _, share in importance(nodes[-1])) == pytest.approx(1)


@given(st.integers(2, 5), st.integers(1, 4), st.randoms(use_true_random=False))
def test_every_round_of_agents_who_rate_each_other_has_one(agents: int, rounds: int, rng: Any) -> None:
    replies, ratings = [[mixed(parameter()) for _ in range(agents)]], {}
    for _ in range(rounds):
        replies.append([mixed(*replies[-1]) for _ in range(agents)])
        ratings.update({id(each): [rng.randint(1, 5) for _ in range(agents)] for each in replies[-1]})
    final = replies[-1][: rng.randint(1, agents)]  # those who have the final answer
    shares = importance(final, itertools.chain(*replies), weights=lambda each: ratings.get(id(each)))
    for each in replies:
        assert math.fsum(map(shares.of, each)) == pytest.approx(1)


# --- what counts


def test_what_is_no_parameter_gets_nothing_unless_asked_for() -> None:
    x = parameter()
    question = node(5, "question")
    output = mixed(x + 1, question)
    assert [(each.label, share) for each, share in importance(output)] == [("x", 1.0)]
    assert importance(output, [x, question]).by_name() == {"x": 0.5, "question": 0.5}


def test_an_input_that_is_passed_twice_counts_twice() -> None:
    x, y = parameter(), parameter(name="y")
    assert importance(mixed(x, x, y)).by_name() == pytest.approx({"x": 2 / 3, "y": 1 / 3})


def test_ratings_are_weights() -> None:
    x, y = parameter(), parameter(name="y")
    assert importance(mixed(x, y), weights=lambda _: [1, 4]).by_name() == pytest.approx({"y": 0.8, "x": 0.2})
    assert list(importance(mixed(x, y), weights=lambda _: [1, 4]).by_name()) == ["y", "x"]


def test_weights_that_are_all_0_are_equal_and_those_of_the_others_do_not_count() -> None:
    x, y = parameter(), parameter(name="y")
    output = mixed(x, y, 7)
    assert importance(output, weights=lambda _: [0, 0, 9]).by_name() == {"x": 0.5, "y": 0.5}
    assert importance(output, weights=lambda _: [0, 3, 9]).by_name() == {"y": 1.0, "x": 0.0}


def test_huge_weights_do_not_overflow() -> None:
    x, y = parameter(), parameter(name="y")
    assert importance(mixed(x, y), weights=lambda _: [1e308, 1e308]).by_name() == {"x": 0.5, "y": 0.5}


def test_several_outputs_begin_with_equal_shares() -> None:
    x, y = parameter(), parameter(name="y")
    outputs = [x + 1, y + 1, y + 2, node(3) + 1]  # the last comes from no parameter
    assert importance(outputs).by_name() == pytest.approx({"y": 2 / 3, "x": 1 / 3})


def test_an_error_has_importance_too() -> None:
    @bundle
    def broken(given: int) -> int:
        return given // 0

    x = parameter()
    with pytest.raises(ExecutionError) as caught:
        broken(x)
    assert importance(caught.value).of(x) == 1.0


def test_the_code_of_a_function_is_a_parameter_like_any_other() -> None:
    @bundle(trainable=True)
    def doubled(number):  # type: ignore[no-untyped-def]
        return 2 * number

    x = parameter()
    assert sorted(importance(doubled(x)).by_name().values()) == [0.5, 0.5]


def test_the_mean_over_runs_counts_what_is_missing_as_0() -> None:
    x, y = parameter(), parameter(name="y")
    found = mean_importance([importance(mixed(x, y)), importance(mixed(y))])
    assert list(found.items()) == [("y", 0.75), ("x", 0.25)]


def test_names_may_be_given_by_a_function() -> None:
    x, y = parameter(1, "a.first"), parameter(2, "a.second")
    shares = importance(mixed(x, y, parameter(3, "other")))
    team = shares.by_name(lambda each: (each.label or "").partition(".")[0] if each.label != "other" else None)
    assert team == pytest.approx({"a": 2 / 3})


# --- size


def test_a_chain_of_thousands_has_no_depth() -> None:
    x = output = parameter()
    for _ in range(3000):
        output = output + 1
    assert importance(output).of(x) == pytest.approx(1)


def test_a_hundred_thousand_nodes_take_seconds() -> None:
    layer = [parameter(name=f"p{place}") for place in range(10)]
    for _ in range(10_000):
        layer = [each & layer[3 * place % 10] for place, each in enumerate(layer)]
    output = mixed(*layer)
    begin = time.perf_counter()
    shares = importance(output)
    assert time.perf_counter() - begin < 60
    assert math.fsum(shares.shares) == pytest.approx(1)


def test_a_wide_node_takes_linear_time() -> None:
    inputs = [parameter() for _ in range(20_000)]
    output = mixed(*inputs)
    begin = time.perf_counter()
    shares = importance(output, weights=lambda each: range(len(each.inputs)))
    assert time.perf_counter() - begin < 60
    assert math.fsum(shares.shares) == pytest.approx(1)


# --- what is refused


def test_outputs_without_parameters_are_refused() -> None:
    with pytest.raises(TraceError, match="depend on none of these nodes"):
        importance(node(1) + 1)


@pytest.mark.parametrize("weights", [[1], [1, 2, 3], [1, -1], [1, math.nan], [1, math.inf]])
def test_weights_that_do_not_fit_are_refused(weights: list[float]) -> None:
    with pytest.raises(TraceError, match="2 inputs"):
        importance(parameter() + parameter(), weights=lambda _: weights)


def test_a_value_is_no_node() -> None:
    with pytest.raises(InputError, match="given on nodes"):
        importance(3)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="divided among nodes"):
        importance(parameter() + 1, [1])  # type: ignore[list-item]


def test_no_runs_have_no_mean() -> None:
    with pytest.raises(InputError, match="no runs"):
        mean_importance([])
    assert len(Importance((), ())) == 0
