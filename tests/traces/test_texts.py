"""Texts made of nodes by functions that leave a trace."""

import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest

from steepest.traces import bundle, dump_json, format_text, join_text, no_trace, node
from steepest.traces.graph import Node, ancestors


class Pair(NamedTuple):
    left: Any
    right: Any


@dataclass
class Message:
    content: Any


def comes_from(made: Node[Any], source: Node[Any]) -> bool:
    return any(each is source for each in ancestors([made]))


PROMPT = node("Be kind", "prompt", trainable=True)


@pytest.mark.parametrize("parts", [[PROMPT, "b"], (PROMPT, "b"), node([PROMPT, "b"]), (each for each in [PROMPT, "b"])])
def test_joined_texts_come_from_their_parts(parts: Any) -> None:
    separator = node(", ", "separator")
    made = join_text(separator, parts)
    assert made.value == "Be kind, b"
    assert comes_from(made, PROMPT)
    assert made.inputs[0] is separator
    assert join_text("-", ["a"]).value == "a"


@pytest.mark.parametrize("wrap", [lambda p: p, lambda p: [p], lambda p: {"k": (p, 1)}, lambda p: OrderedDict(k=[p]),
                                  lambda p: [Pair(p, 1)]])  # fmt: skip
def test_json_comes_from_the_nodes_in_it(wrap: Any) -> None:
    made = dump_json(wrap(PROMPT), indent=1)
    assert made.value == json.dumps(wrap("Be kind"), indent=1)
    assert comes_from(made, PROMPT)


def test_formatted_texts_come_from_the_template_and_the_arguments() -> None:
    template, number = node("{}, {who}: {m.content} {n:.1f}", trainable=True), node(2.25)
    made = format_text(template, PROMPT, who="you", m=Message(PROMPT), n=number)
    assert made.value == "Be kind, you: Be kind 2.2"
    assert all(comes_from(made, each) for each in (template, PROMPT, number))


def test_inside_of_a_bundle_the_nodes_are_what_it_reads() -> None:
    for make in (lambda: join_text(",", [PROMPT]), lambda: dump_json(Message(PROMPT).__dict__), lambda: f"{PROMPT}"):
        assert [each is PROMPT for each in bundle(make)().inputs] == [True]
    with no_trace():
        assert not comes_from(dump_json([PROMPT]), PROMPT)


def test_wrong_parts_are_refused_as_python_does() -> None:
    with pytest.raises(TypeError, match="expected str"):
        join_text(",", [1])
    with pytest.raises(KeyError):
        format_text("{a}")
