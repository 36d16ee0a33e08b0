"""The parameters of a workflow are found by reading it."""

from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from steepest.agents.optimizers.discovery import parameters_of_workflow
from steepest.errors import InputError
from steepest.traces import bundle, model, node

STYLE = node("short", "style", trainable=True)
UNNAMED = node(1, trainable=True)
UNUSED = node(2, "unused", trainable=True)
CONSTANT = node(3, "constant")
CONFIG = SimpleNamespace(tone=node("kind", "tone", trainable=True), other=node("x", "other", trainable=True))
STEPS = [node("first", "first step", trainable=True), node("second", "second step", trainable=True)]


@bundle(trainable=True)
def rank(items: Any) -> Any:
    """Order."""
    return sorted(items)


@bundle
def write(text: str) -> str:
    """Use a global inside."""
    return f"{STYLE.value} {text}"


def helper(text: str) -> Any:
    return write(text) + CONFIG.tone


def names(workflow: Any) -> set[str]:
    return set(parameters_of_workflow(workflow))


def test_globals_of_the_function_and_of_those_that_it_calls() -> None:
    assert names(helper) == {"style", "tone"}
    assert names(lambda text: [helper(each) for each in text]) == {"style", "tone"}
    assert names(lambda: UNNAMED * 2 + CONSTANT) == {"UNNAMED"}


def test_closures_defaults_and_containers() -> None:
    inner = node(0, "inner", trainable=True)

    def outer(text: str, style: Any = STYLE) -> Any:
        return inner + style

    assert names(outer) == {"inner", "style"}
    assert names(lambda: STEPS[0] + STEPS[1]) == {"first step", "second step"}


def test_trainable_code() -> None:
    (code,) = parameters_of_workflow(rank).values()
    assert code is rank.code.node
    assert set(parameters_of_workflow(lambda items: rank(items)).values()) == {rank.code.node}


@model
class Planner:
    """Has a prompt of its own and uses a function's code."""

    def __init__(self) -> None:
        self.prompt = node("plan", trainable=True)
        self.parts = {"a": node(1, trainable=True)}

    def forward(self, items: Any) -> Any:
        """Plan."""
        return self.prompt + str(rank(items)) + STYLE


def test_a_module_and_what_its_functions_name() -> None:
    planner = Planner()
    assert names(planner) >= {"prompt", "style"}
    assert len(names(planner)) == 4
    assert names(lambda items: planner(items)) == names(planner) or len(names(lambda items: planner(items))) == 4
    assert names(planner.forward) >= {"style"}


def test_names_in_imported_modules() -> None:
    prompts = ModuleType("prompts")
    prompts.greeting = node("hi", "greeting", trainable=True)  # type: ignore[attr-defined]
    prompts.unused = UNUSED  # type: ignore[attr-defined]
    assert names(lambda: prompts.greeting) == {"greeting"}


def test_equal_names_are_told_apart() -> None:
    first, second = node(1, "x", trainable=True), node(2, "x", trainable=True)
    assert names(lambda: first + second) == {"x", "x_2"}


def test_functions_that_call_each_other_are_read_once() -> None:
    def even(n: int) -> Any:
        return odd(n - 1) if n else STYLE

    def odd(n: int) -> Any:
        return even(n - 1) if n else UNNAMED

    assert names(even) == {"style", "UNNAMED"}


def test_nothing_is_run() -> None:
    def explosive() -> Any:
        raise AssertionError("it ran")

    with pytest.raises(InputError, match="nothing to optimize"):
        parameters_of_workflow(explosive)
    with pytest.raises(InputError, match="nothing to optimize"):
        parameters_of_workflow(print)
