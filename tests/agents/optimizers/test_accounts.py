"""Accounts tell what led from parameters to outputs, bounded, each thing once, the same every time."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steepest.agents.optimizers.accounts import Account, account_of
from steepest.traces import Between, ExecutionError, Node, bundle, node, subgraph
from steepest.traces.feedback import Feedback, cut_out, ends_of


@bundle()
def answer(prompt: str, question: str) -> str:
    """Answer a question."""
    return f"{prompt} {question}"


@bundle(trainable=True)
def shorten(text: str) -> str:
    """Make it short."""
    return text[:3]


@bundle()
def fail(text: str) -> str:
    """Never works."""
    raise ValueError(f"no {text}")


def parameter(value: Any, name: str, **options: Any) -> Node[Any]:
    return node(value, name, trainable=True, **options)


def account(output: Node[Any], *parameters: Node[Any], words: str = "larger", **names: Node[Any]) -> Account:
    cut = cut_out(parameters or names.values(), [Feedback(tuple(ends_of(output)), words, 0.5)])
    return account_of(cut, names or None)


def chain(length: int) -> Account:
    x = parameter(1.0, "x")
    y = x
    for _ in range(length):
        y = y + 1
    return account(y, x)


def test_a_line_says_how_a_value_was_made() -> None:
    x = parameter(2.0, "x", constraint=Between(0, 5), description="the rate")
    y = x * 3 + node(10, "offset")

    told = account(y, x)

    assert [(each["name"], each["expression"], each["value"], each["kind"]) for each in told["lines"]] == [
        ("x", "", "2.0", "parameter"),
        ("mul", "x * 3", "6.0", "operation"),
        ("offset", "", "10", "input"),
        ("add", "mul + offset", "16.0", "operation"),
    ]
    assert [each["is_output"] for each in told["lines"]] == [False, False, False, True]
    assert told["lines"][3]["inputs"] == ["mul", "offset"]
    assert told["lines"][3]["places"] == [1, 2]
    assert told["feedback"] == [{"text": "larger", "score": 0.5, "outputs": ["add"]}]
    assert told["parameters"] == [
        {"name": "x", "description": "the rate", "constraint": "from 0 to 5", "value": "2.0", "is_used": True}
    ]
    assert told["nodes"] == 4


def test_an_operation_is_documented_once_and_operators_are_not() -> None:
    prompt = parameter("Say:", "prompt")
    both = answer(prompt, "one") + answer(prompt, "two")

    told = account(both, prompt)

    (operation,) = told["operations"]
    assert (operation["name"], operation["documentation"]) == ("answer", "Answer a question.")
    assert operation["code"].startswith("@bundle()\ndef answer(prompt: str, question: str)")
    assert [each["operation"] for each in told["lines"]] == ["", "answer", "answer", ""]


def test_source_that_is_a_parameter_is_told_as_a_parameter_alone() -> None:
    assert shorten.code is not None
    told = account(shorten("abcdef"), code=shorten.code.node)

    assert told["operations"] == [{"name": "shorten", "documentation": "Make it short.", "code": ""}]
    assert "return text[:3]" in told["parameters"][0]["value"]
    assert told["lines"][-1]["expression"] == "shorten(text='abcdef', code=code)"


def test_a_failure_is_told_with_the_line_that_raised() -> None:
    prompt = parameter("Say", "prompt")
    with pytest.raises(ExecutionError) as caught:
        fail(prompt + "!")

    told = account_of(cut_out([prompt], [Feedback(ends_of(caught.value), "it raised", None)]))

    assert told["lines"][-1]["kind"] == "failure"
    assert "no Say!" in told["lines"][-1]["value"]
    assert 'raise ValueError(f"no {text}")' in told["lines"][-1]["value"]


def test_parameters_have_the_names_that_are_given_and_nothing_else_has() -> None:
    x = parameter(2.0, "x")
    other = node(3.0, "planner.rate")

    told = account(x * other, **{"planner.rate": x})

    assert [each["name"] for each in told["lines"]] == ["planner.rate", "planner_rate", "mul"]
    assert told["lines"][2]["expression"] == "planner.rate * planner_rate"
    assert [each["name"] for each in account(x * node(1.5, "y"), y=x)["lines"]] == ["y", "y_2", "mul"]


def test_a_parameter_that_took_no_part_is_told_so() -> None:
    x, unused = parameter(2.0, "x"), parameter("a", "prompt")

    told = account(x + 1, x, unused)

    assert [each["is_used"] for each in told["parameters"]] == [True, False]


def test_loops_are_folded_and_the_fold_says_what_it_holds() -> None:
    told = chain(1000)

    (fold,) = [each for each in told["lines"] if each["kind"] == "fold"]
    assert fold["expression"] == "996 more of add (add_3 to add_998)"
    assert fold["hidden"] == 996
    assert told["nodes"] == 1001


def test_an_account_is_bounded_whatever_the_graph() -> None:
    sizes = {length: len(json.dumps(chain(length))) for length in (100, 1000, 10_000)}

    assert max(sizes.values()) < 1.1 * min(sizes.values())
    x = parameter("a" * 10_000, "x")
    wide = [x + str(number) for number in range(3000)]
    assert len(json.dumps(account(sum_of(wide), x))) < 100_000


@bundle()
def join(*parts: str) -> str:
    """Join."""
    return "".join(parts)[:5]


def sum_of(nodes: list[Node[Any]]) -> Node[Any]:
    return join(*nodes)


def test_an_account_takes_time_linear_in_the_graph() -> None:
    def seconds(length: int) -> float:
        begin = time.process_time()
        chain(length)
        return time.process_time() - begin

    small, large = min(seconds(2000) for _ in range(3)), min(seconds(20_000) for _ in range(2))

    assert large < 40 * small  # quadratic would be 100


def test_the_same_program_gives_the_same_account() -> None:
    assert json.dumps(chain(30)) == json.dumps(chain(30))


def test_several_outputs_and_feedbacks_are_told() -> None:
    x = parameter(2.0, "x")
    first, second = x + 1, x * 2
    cut = cut_out([x], [Feedback((first,), "more", None), Feedback((first, second), "less", 1.0)])

    told = account_of(cut)

    assert [each["outputs"] for each in told["feedback"]] == [["add"], ["add", "mul"]]
    assert [each["name"] for each in told["lines"] if each["is_output"]] == ["add", "mul"]


def test_the_account_of_gathered_feedback_is_that_of_its_subgraph() -> None:
    from steepest.traces import backward

    x = parameter(2.0, "x")
    backward(x + 1, "more", score=0.25)

    assert account_of(subgraph([x]))["feedback"][0]["score"] == 0.25


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from("+*n"), st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=150))
def test_any_graph_has_an_account_that_json_can_say(steps: list[tuple[str, int, int]]) -> None:
    made: list[Node[Any]] = [parameter(1.0, "x"), parameter(2.0, "y")]
    for kind, left, right in steps:
        first, second = made[left % len(made)], made[right % len(made)]
        made.append({"+": lambda a, b: a + b, "*": lambda a, b: b - a, "n": lambda a, b: -a}[kind](first, second))
    told = account(made[-1], *made[:2])

    assert json.loads(json.dumps(told)) == told
    assert len(told["lines"]) <= 130
    for place, line in enumerate(told["lines"]):
        assert all(each < place for each in line["places"])
