"""Feedback is told run by run."""

import time
from typing import Any

from steepest.agents.optimizers.feedback_runs import runs_of
from steepest.traces import Node, backward, node, subgraph


def gathered(x: Node[Any], *said: tuple[Any, str, float | None]) -> list[list[str]]:
    for outputs, words, score in said:
        backward(outputs, words, score=score)
    return [each.words.splitlines() for each in runs_of(subgraph([x]), {"x": x})]


def test_outputs_that_share_only_parameters_are_runs_of_their_own() -> None:
    x = node(1.0, "x", trainable=True)

    assert gathered(x, (x + 1, "a", None), (x * 2, "b", None)) == [["a"], ["b"]]


def test_outputs_made_from_something_in_common_are_one_run() -> None:
    x = node(1.0, "x", trainable=True)
    shared = x + 1

    assert gathered(x, (shared * 2, "a", None), (x * 2, "b", None), (-shared, "c", None)) == [["a", "c"], ["b"]]


def test_outputs_that_feedback_was_given_on_together_are_one_run() -> None:
    x = node(1.0, "x", trainable=True)

    assert gathered(x, ([x + 1, x * 2], "both", None)) == [["both"]]


def test_several_words_on_one_output_are_one_run() -> None:
    x = node(1.0, "x", trainable=True)
    y = x + 1

    assert gathered(x, (y, "a", None), (y, "b", None)) == [["a", "b"]]


def test_a_parameter_can_be_the_output_itself() -> None:
    x = node(1.0, "x", trainable=True)

    assert gathered(x, (x, "larger", None)) == [["larger"]]


def test_a_run_with_one_score_has_it_and_others_have_the_mean() -> None:
    x = node(1.0, "x", trainable=True)
    y = x + 1
    backward(x * 2, "a", score=0.25)
    backward(y, "b", score=1.0)
    backward(y, "c", score=0.0)
    backward(-x, "d")

    runs = runs_of(subgraph([x]), {"x": x})

    assert [each.score for each in runs] == [0.25, 0.5, 0.0]
    assert [bool(each.example) for each in runs] == [True, False, False]


def test_many_outputs_of_one_large_run_are_taken_apart_in_linear_time() -> None:
    x = node(1.0, "x", trainable=True)
    y: Node[Any] = x
    for number in range(1000):
        y = y + 1
        if number % 4 == 0:
            backward(y, "larger")
    said = subgraph([x])

    begin = time.process_time()
    (run,) = runs_of(said, {"x": x})

    assert time.process_time() - begin < 2
    assert run.account is not None
