"""Nodes of texts that a function reads by names of its own are inputs, also where code in C takes the text."""

import functools
import json
import re
from types import SimpleNamespace
from typing import Any

import pytest

from steepest.traces.bundle import bundle
from steepest.traces.failures import TraceError
from steepest.traces.graph import Node
from steepest.traces.parameters import node, update

PROMPT = node("Be kind", "prompt", trainable=True)
SYSTEM: Node[str] = PROMPT + "!"
CONFIG = SimpleNamespace(prompt=SYSTEM, other=1)


def joined(question: str) -> str:
    return "".join([SYSTEM, question])


def dumped(question: str) -> str:
    return json.dumps({"system": SYSTEM, "q": question})


def substituted(question: str) -> str:
    return re.sub("X", SYSTEM, question)


def of_an_attribute(question: str) -> str:
    return "".join([CONFIG.prompt, question])


def in_a_function_inside(question: str) -> str:
    return "".join(map(lambda each: "".join([each, SYSTEM]), [question]))


def in_a_comprehension(question: str) -> str:
    return "".join(each for each in [question] for each in ["".join([each, SYSTEM])])


def by_default(question: str, system: Any = SYSTEM) -> str:
    return "".join([system, question])


def by_default_and_name(question: str, *, system: Any = SYSTEM) -> str:
    return "".join([system, question])


def within() -> Any:
    system = SYSTEM

    def of_a_closure(question: str) -> str:
        return "".join([system, question])

    return of_a_closure


def decorated(function: Any) -> Any:
    @functools.wraps(function)
    def around(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return around


FUNCTIONS = [
    joined, dumped, substituted, of_an_attribute, in_a_function_inside, in_a_comprehension, by_default,
    by_default_and_name, within(), decorated(joined), functools.partial(joined), lambda question: "".join([SYSTEM]),
]  # fmt: skip


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_text_that_is_read_by_name_is_an_input(function: Any) -> None:
    call = bundle(function)("aX")
    assert type(call.value) is str
    assert [each is SYSTEM for each in call.inputs] == [False, True]
    assert call.record.externals == 1


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_text_that_is_read_by_name_is_refused(function: Any) -> None:
    with pytest.raises(TraceError, match="without being passed"):
        bundle(function, externals="refuse")("aX")


class Asker:
    def __init__(self) -> None:
        self.prompt = PROMPT + "?"
        self.asked = 0

    @property
    def counted(self) -> str:
        self.asked += 1
        return "never by us"

    @bundle
    def ask(self, question: str) -> str:
        return "".join([self.prompt, question])

    @bundle
    def ask_inside(self, question: str) -> str:
        def inner() -> str:
            return "".join([self.prompt, question])

        return inner()

    @bundle
    def ask_nothing(self, question: str) -> str:
        return question if self.asked == 0 else self.counted


def test_a_text_in_an_attribute_of_the_instance_is_an_input() -> None:
    asker = Asker()
    for call in (asker.ask("q"), asker.ask_inside("q"), asker.ask(question="q")):
        assert any(each is asker.prompt for each in call.inputs)
    assert asker.ask_nothing("q").value == "q"
    assert asker.asked == 0


def test_what_is_passed_or_not_named_is_no_external() -> None:
    refusing = bundle(by_default, externals="refuse")
    assert refusing("q", "given").value == "givenq"
    assert refusing("q", system="given").value == "givenq"
    assert bundle(lambda question: question, externals="refuse")("q").value == "q"


def test_the_value_that_a_name_has_at_the_call_counts() -> None:
    text: Any = "plain"

    @bundle
    def read(question: str) -> str:
        return "".join([text, question])

    assert len(read("q").inputs) == 1
    text = SYSTEM
    assert read("q").inputs[1] is SYSTEM


def test_a_bundle_inside_a_bundle_reads_for_the_outer_one() -> None:
    inner = bundle(joined)
    assert any(each is SYSTEM for each in bundle(lambda question: inner(question))("q").inputs)


def test_trusted_code_that_took_the_functions_place_reads_by_name() -> None:
    written = bundle(joined, trainable=True, trust=True)
    source = 'def joined(question: str) -> str:\n    return "-".join([question, SYSTEM])\n'
    assert update(written.parameters[0], source).outcome == "committed"
    call = written("q")
    assert call.value == "q-Be kind!"
    assert any(each is SYSTEM for each in call.inputs)
