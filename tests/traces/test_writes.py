"""A node that is put into a node's value stays one: what comes out again depends on it."""

import asyncio
import json
import pickle
import sys
import threading
from collections import OrderedDict, defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

import pytest

from steepest.traces.bundle import bundle
from steepest.traces.feedback import backward
from steepest.traces.graph import Node
from steepest.traces.parameters import node
from steepest.traces.scope import no_trace
from steepest.traces.trace import trace_of
from steepest.traces.workflows import workflow
from tests.work import calls_in


def comes_from(made: Node[Any], source: Node[Any]) -> bool:
    return any(each is source for each in trace_of(made).nodes)


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


def last_of(container: Any, reply: Any) -> Any:
    container["a"] = reply
    return container["a"]


@pytest.mark.parametrize("empty", [defaultdict(list), OrderedDict(), {}])
def test_every_mapping_of_pythons_leads_to_what_was_put_into_it(empty: Any) -> None:
    prompt, table = node("Be kind", trainable=True), node(empty)
    assert comes_from(last_of(table, prompt + "!"), prompt)
    call = told(table)
    assert comes_from(call, prompt)
    assert call.value == '{"a": "Be kind!"}'
    assert type(bundle(lambda given: given)(table).value) is type(empty)


def test_a_list_that_a_defaultdict_makes_leads_to_what_was_put_into_it() -> None:
    prompt, table = node("Be kind", trainable=True), node(defaultdict(list))
    table["a"].append(prompt + "!")
    assert comes_from(told(table), prompt)
    assert bundle(lambda given: given["new"])(table).value == []


def test_a_deque_and_a_set_lead_to_what_was_put_into_them() -> None:
    prompt, last, words = node("Be kind", trainable=True), node(deque(maxlen=2)), node(set())
    for _ in range(3):
        last.append(prompt + "!")
    words.add(prompt + "!")
    assert bundle(lambda given: given.maxlen)(last).value == 2
    assert comes_from(bundle("".join)(last), prompt)
    assert comes_from(bundle("".join)(words), prompt)


def test_a_class_made_from_a_container_gets_plain_values() -> None:
    class Messages(list[Any]):
        pass

    messages = node(Messages())
    messages.append(node("x") + "!")
    assert [type(each) for each in messages.value] == [str]


def test_what_is_put_into_a_part_is_found_however_the_part_was_come_by() -> None:
    for part_of in (
        lambda state: state.setdefault("messages", []),
        lambda state: next(iter(state.values())),
        lambda state: next(iter(state.items()))[1],
        lambda state: node(state["messages"], "messages"),
        lambda state: bundle(lambda messages: messages)(state["messages"]),
    ):
        prompt, state = node("Be kind", trainable=True), node({"messages": []})
        part_of(state).append(prompt + "!")
        assert comes_from(told(state), prompt)


def test_one_entry_does_not_depend_on_what_was_put_into_another() -> None:
    prompt, state = node("Be kind", trainable=True), node({"messages": [], "turn": 1})
    state["messages"].append(prompt + "!")
    entries = {str(key): entry for key, entry in state.items()}
    assert not comes_from(entries["turn"], prompt)
    assert not comes_from(list(state.values())[1], prompt)
    assert comes_from(entries["messages"], prompt)


def test_feedback_on_what_was_written_into_reaches_what_was_written() -> None:
    prompt, messages = node("Be kind", trainable=True), node([], "messages")
    messages.append({"content": prompt + "!"})
    assert backward(messages, "say more") == [prompt]
    assert "say more" in trace_of(messages).to_text()


def test_what_is_left_of_a_node_that_was_written_into_is_plain() -> None:
    messages = node([])
    messages.append(node("x") + "!")
    for left in (messages.detach(), pickle.loads(pickle.dumps(messages))):  # noqa: S301 (our own bytes)
        assert [type(each) for each in left.value] == [str]


def test_a_workflow_that_decides_gives_what_was_written_into() -> None:
    prompt, messages = node("Be kind", trainable=True), node([])

    @workflow
    def answered() -> Any:
        if prompt == "Be kind":
            messages.append(prompt + "!")
        return messages

    assert [type(each) for each in bundle(list)(answered()).value] == [str]


def test_what_is_put_into_a_field_of_a_dataclass_is_found_from_the_whole() -> None:
    @dataclass
    class State:
        messages: list[Any] = field(default_factory=list)
        turns: list["State"] = field(default_factory=list)

    prompt, state = node("Be kind", trainable=True), node(State(turns=[State()]))
    state.messages.append(prompt + "!")
    call = bundle(lambda given: "".join(given.messages))(state)
    assert call.value == "Be kind!"
    assert comes_from(call, prompt)
    assert comes_from(bundle("".join)(state.messages), prompt)
    last = node("Be brief", trainable=True)
    state.turns[0].messages.append(last + "!")
    assert comes_from(bundle(lambda given: "".join(given.turns[0].messages))(state), last)


def test_a_function_changes_the_container_itself() -> None:
    reply = node("x") + "!"
    for messages in ([reply], node([reply]).copy(), node(["x!"])):
        if isinstance(messages, Node):
            messages.append(reply)
        before = len(messages)
        bundle(lambda given: given.append("more"))(messages)
        assert len(messages) == before + 1
        assert any(each is reply for each in values_or_items(messages))
        bundle(lambda given: given.reverse())(messages)
        assert values_or_items(messages)[0] == "more"
        assert any(each is reply for each in values_or_items(messages))


def values_or_items(messages: Any) -> list[Any]:
    return list(messages._value if isinstance(messages, Node) else messages)


def test_a_function_changes_parts_and_entries_themselves() -> None:
    reply = node("x") + "!"
    state: dict[str, Any] = {"messages": [reply], "old": 1, "turn": 1}

    @bundle
    def step(state: dict[str, Any]) -> None:
        state["messages"].append("more")
        state["last"] = state["messages"]
        state["turn"] += 1
        del state["old"]

    step(state)
    assert state["messages"][0] is reply
    assert state["last"] is state["messages"]
    assert (state["messages"][1:], state["turn"], list(state)) == (["more"], 2, ["messages", "turn", "last"])


def test_functions_that_run_side_by_side_keep_what_each_of_them_puts_in() -> None:
    messages: list[Any] = [node("x") + "!"]

    @bundle
    async def said(messages: list[Any], number: int) -> None:
        await asyncio.sleep(0)
        messages.append(number)

    async def all_said() -> None:
        await asyncio.gather(*(said(messages, number) for number in range(20)))

    asyncio.run(all_said())
    assert sorted(messages[1:]) == list(range(20))


def test_a_function_called_inside_of_another_changes_the_container_too() -> None:
    add = bundle(lambda given: given.append("more"))

    @bundle
    async def add_later(given: list[Any]) -> None:
        await asyncio.sleep(0)
        given.append("later")

    @bundle
    async def outer() -> int:
        messages = [node("x"), "y"]
        add(messages)
        await add_later(messages)
        return len(messages)

    assert asyncio.run(outer()).value == 4


def test_a_failing_function_has_changed_the_container_too() -> None:
    messages = [node("x") + "!"]

    def fail(given: list[Any]) -> None:
        given.append("more")
        raise ValueError

    with pytest.raises(ValueError, match="ValueError"):
        bundle(fail)(messages)
    assert messages[1:] == ["more"]


def test_a_long_conversation_in_a_state_costs_no_more_a_message() -> None:
    prompt, state = node("Be kind", trainable=True), node({"messages": []})
    for number in range(2000):
        state["messages"].append({"content": prompt + str(number)})
    assert len(state["messages"].inputs) == 2
    assert calls_in(lambda: ("messages" in state, bool(state), len(state))) < 60


@pytest.mark.parametrize("again", range(8))
def test_threads_write_and_read_at_once(again: int) -> None:
    table, errors = node({}), list[Exception]()

    def work(name: int) -> None:
        try:
            for place in range(40):
                table[f"{name} {place}"] = node("x") + "!"
                told(table)
        except Exception as error:
            errors.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert errors == []
    assert len(table) == 160


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
