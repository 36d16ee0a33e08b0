"""A node that is put into a node's value stays one: what comes out again depends on it."""

import json
from collections import deque
from typing import Any

import pytest

from steepest.traces.bundle import bundle
from steepest.traces.graph import Node, ancestors
from steepest.traces.parameters import node
from steepest.traces.scope import no_trace


def comes_from(made: Node[Any], source: Node[Any]) -> bool:
    return any(each is source for each in ancestors([made]))


@bundle
def told(messages: Any) -> str:
    return json.dumps(messages)


def appended(messages: Any, reply: Any) -> None:
    messages.append(reply)


WRITES = [
    appended,
    lambda messages, reply: messages.append({"role": "assistant", "content": reply}),
    lambda messages, reply: messages.extend([reply]),
    lambda messages, reply: messages.extend(each for each in [reply]),
    lambda messages, reply: messages.extend(node([reply])),
    lambda messages, reply: messages.insert(node(0), reply),
    lambda messages, reply: messages.__setitem__(0, reply),
]


@pytest.mark.parametrize("write", WRITES)
def test_a_list_that_a_node_was_put_into_leads_to_it(write: Any) -> None:
    prompt, messages = node("Be kind", "prompt", trainable=True), node(["hello"], "messages")
    reply = prompt + "!"
    write(messages, reply)
    call = told(messages)
    assert call.value == json.dumps(messages.value)
    assert comes_from(call, prompt)
    assert any(comes_from(each, reply) for each in messages)
    assert comes_from(messages[0], reply) or comes_from(messages[-1], reply)
    assert messages.is_changed


@pytest.mark.parametrize(
    "write",
    [
        lambda table, reply: table.__setitem__("k", reply),
        lambda table, reply: table.__setitem__(node("k"), [reply]),
        lambda table, reply: table.update(k=reply),
        lambda table, reply: table.update({"k": reply}),
        lambda table, reply: table.update([("k", reply)]),
        lambda table, reply: table.update(node({"k": reply})),
        lambda table, reply: table.setdefault("k", reply),
    ],
)
def test_a_dict_that_a_node_was_put_into_leads_to_it(write: Any) -> None:
    prompt, table = node("Be kind", "prompt", trainable=True), node({"n": 1}, "table")
    write(table, prompt + "!")
    assert comes_from(table["k"], prompt)
    assert comes_from(table.get("k"), prompt)
    assert comes_from(told(table), prompt)
    assert sorted(table.value) == ["k", "n"]
    assert all(type(key) is str for key in table.value)
    assert not comes_from(table["n"], prompt)


def test_what_is_put_into_a_part_is_found_from_the_whole() -> None:
    prompt, state = node("Be kind", trainable=True), node({"messages": []}, "state")
    state["messages"].append(prompt + "!")
    assert comes_from(told(state), prompt)
    assert comes_from(told({"state": state}), prompt)
    assert comes_from(state["messages"][0], prompt)


def test_functions_of_the_whole_depend_on_what_was_put_in() -> None:
    reply, messages = node("x") + "!", node(["a"])
    messages.append(reply)
    for made in (messages + ["b"], messages == ["a"], node(", ").join(messages), messages[0:], messages.copy()):  # noqa: RUF005
        assert comes_from(made, reply)
        assert type(made) is not list
    assert node(", ").join(messages).value == "a, x!"
    assert comes_from(messages.pop(), reply)


def test_python_is_told_plain_values() -> None:
    messages = node([1])
    messages.append(node(2))
    assert (str(messages), f"{messages}", len(messages), json.dumps(messages)) == ("[1, 2]", "[1, 2]", 2, "[1, 2]")
    assert bundle(lambda items: [type(each) for each in items])(messages).value == [int, int]
    assert 2 in messages


def test_a_bundle_that_reads_the_list_unasked_depends_on_what_is_in_it() -> None:
    reply, messages = node("x") + "!", node([])
    messages.append(reply)
    call = bundle(lambda: "".join(messages.value))()
    assert any(each is reply for each in call.inputs)


def test_a_set_finds_nodes_of_texts_by_their_text_and_keeps_others_by_value() -> None:
    word, words = node("x") + "!", node({1})
    words.add(word)
    words.add(node(3))
    words.update([node(4), word])
    assert 3 in words
    assert "x!" in words
    assert words.value == {1, 3, 4, "x!"}
    assert any(each is word for each in words.value)


def test_a_deque_keeps_nodes() -> None:
    reply, last = node("x") + "!", node(deque())
    last.appendleft(reply)
    assert comes_from(last[0], reply)


def test_a_parameters_value_stays_plain() -> None:
    parameter = node({"items": [1]}, trainable=True)
    parameter["items"].append(node(2))
    assert parameter.value == {"items": [1, 2]}
    assert type(parameter.value["items"][1]) is int


def test_nothing_is_kept_where_nothing_is_recorded() -> None:
    items = node([])
    with no_trace():
        items.append(node(1))
    bundle(lambda one: items.append(node(one)))(2)
    assert [type(each) for each in items.value] == [int, int]


def test_what_is_wrong_with_the_argument_is_said_by_the_method() -> None:
    with pytest.raises(TypeError, match="not iterable"):
        node([]).extend(5)
    with pytest.raises(TypeError, match="not iterable"):
        node({}).update(5)


def test_a_list_that_holds_itself_is_shown() -> None:
    items = node([], "items")
    items.append(items)
    assert repr(items) == "<items: [<...>], changed in place since>"


def test_a_thousand_messages_are_put_in_one_by_one() -> None:
    prompt, messages = node("Be kind", trainable=True), node([])
    for number in range(1000):
        messages.append(prompt + str(number))
    assert comes_from(told(messages), prompt)
