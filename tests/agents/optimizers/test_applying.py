import ast
import importlib
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.optimizers.applying import applied
from steepest.agents.optimizers.components import component_of, encoded_value
from steepest.agents.optimizers.discovery import parameters_of_workflow
from steepest.errors import InputError

SOURCE = '''\
"""A module.  """   # trailing blanks stay
from steepest.traces import bundle, model, node

LIMIT = 5   # nobody's parameter


@bundle(trainable=True)   # the decorator stays
def first(orders):
    """Which order to make next."""
    return min(orders, key=lambda order: order["hours"])["name"]


@model
class Dispatcher:
    def __init__(self):
        self.greeting = node("Next: ", "greeting", trainable=True)  # kept
        self.steps = [node(1, trainable=True), node(2.5, trainable=True)]
        self.sizes = node((1, 2), trainable=True, constraint="two numbers")


def forward( x ):return x   # ugly, and none of our business
'''
SEED = {
    "greeting": "Next: ",
    "steps[0]": 1,
    "steps[1]": 2.5,
    "sizes": [1, 2],
    "first_code": 'def first(orders):\n    """Which order to make next."""\n'
    '    return min(orders, key=lambda order: order["hours"])["name"]\n',
}


def test_only_the_literal_changes() -> None:
    made = applied(SOURCE, SEED, {**SEED, "steps[1]": 3.0})
    assert made.source == SOURCE.replace("node(2.5,", "node(3.0,")
    assert made.placed == ("steps[1]",)
    assert made.unplaced == ()


def test_a_function_gets_its_new_code_and_keeps_its_decorators_and_neighbours() -> None:
    code = 'def first(orders):\n    # by due date\n    return min(orders, key=lambda order: order["due"])["name"]\n'
    made = applied(SOURCE, SEED, {**SEED, "first_code": code}, code=["first_code"])
    begin, end = SOURCE.index("def first"), SOURCE.index("\n\n\n@model")
    assert made.source == SOURCE[:begin] + code.rstrip("\n") + SOURCE[end:]
    assert "@bundle(trainable=True)   # the decorator stays\ndef first" in made.source


def test_a_method_stays_inside_of_its_class() -> None:
    source = (
        "class A:\n    @bundle(trainable=True)\n    def rank(self, job):\n        return job.due\n\n"
        "    def other(self):  # stays\n        pass\n"
    )
    old, new = (
        "def rank(self, job):\n    return job.due\n",
        "def rank(self, job):\n    if job:\n        return 1\n    return 0\n",
    )
    made = applied(source, {"rank.code": old}, {"rank.code": new}, code=["rank.code"])
    assert made.source == source.replace(
        "        return job.due\n", "        if job:\n            return 1\n        return 0\n"
    )


def test_a_text_in_three_quotes_stays_in_three_quotes() -> None:
    source = 'prompt = node("""\\\nYou plan.\nBe brief.\n""", trainable=True)\n'
    made = applied(source, {"prompt": "You plan.\nBe brief.\n"}, {"prompt": 'You plan.\nSay """why""".\n'})
    assert made.source.startswith('prompt = node("""\\\nYou plan.\nSay ')
    assert _value_in(made.source) == 'You plan.\nSay """why""".\n'


def test_the_constant_that_a_node_is_made_of_is_changed_where_it_stands() -> None:
    source = 'PROMPT = "old"  # the prompt\n\nagent = node(PROMPT, "prompt", trainable=True)\n'
    made = applied(source, {"prompt": "old"}, {"prompt": "new"})
    assert made.source == source.replace('"old"', '"new"')


def test_a_constant_that_others_use_stays_and_the_node_gets_a_value_of_its_own() -> None:
    source = 'PROMPT = "old"\nprint(PROMPT)\nagent = node(PROMPT, "prompt", trainable=True)\n'
    made = applied(source, {"prompt": "old"}, {"prompt": "new"})
    assert made.source == source.replace("node(PROMPT,", 'node("new",')


def test_a_member_of_an_enumeration_stays_one() -> None:
    source = "color = node(colors.Color.RED, trainable=True)\n"
    made = applied(source, {"color": "RED"}, {"color": "BLUE"})
    assert made.source == source.replace("RED", "BLUE")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('prompt = node(load("p.txt"), trainable=True)', "line 1 computes its value"),
        ('prompt = node("edited since", trainable=True)', "line 1 has another value than the search began with"),
        ("x = 1", "no trainable value"),
        ('a = [node("old", trainable=True), node("old", trainable=True)]', "lines 1, 1 all make such a value"),
    ],
)
def test_what_has_no_place_is_told_with_its_value_and_nothing_is_changed(line: str, reason: str) -> None:
    made = applied(line, {"prompt": "old"}, {"prompt": "new"})
    (unplaced,) = made.unplaced
    assert (unplaced.name, unplaced.value) == ("prompt", "new")
    assert reason in unplaced.reason
    assert made.source == line


def test_one_place_that_makes_several_parameters_is_changed_only_if_all_of_them_agree() -> None:
    source = 'class Step:\n    def __init__(self):\n        self.prompt = node("old", trainable=True)\n'
    before = {"a.prompt": "old", "b.prompt": "old"}
    agreed = applied(source, before, {"a.prompt": "new", "b.prompt": "new"})
    assert agreed.source == source.replace("old", "new")
    apart = applied(source, before, {"a.prompt": "new", "b.prompt": "old"})
    assert apart.source == source
    assert "which differ now" in apart.unplaced[0].reason


def test_code_that_is_none_or_needs_what_can_not_stand_in_a_function_is_told() -> None:
    code = "from os import sep\ndef first(orders, by=sep):\n    return by\n"
    made = applied(SOURCE, SEED, {**SEED, "first_code": code}, code=["first_code"])
    assert "sep" in made.unplaced[0].reason
    assert made.source == SOURCE


def test_windows_line_ends_and_a_mark_at_the_begin_are_kept() -> None:
    source = "\ufeff" + SOURCE.replace("\n", "\r\n")
    made = applied(source, SEED, {**SEED, "greeting": "a\nb"})
    assert made.source.startswith("\ufeff")
    assert "\n" not in made.source.replace("\r\n", "")
    assert ast.parse(made.source.removeprefix("\ufeff"))


def test_every_parameter_of_a_workflow_is_found_in_its_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = (
        SOURCE
        + """

dispatcher = Dispatcher()


def announce(orders):
    return dispatcher.greeting + first(orders)
"""
    )
    source = source.replace(
        "        self.sizes", "        self.prompts = {'a': node('x', trainable=True)}\n        self.sizes"
    )
    (tmp_path / "announcing.py").write_text(source)
    monkeypatch.syspath_prepend(str(tmp_path))
    module = importlib.import_module("announcing")
    for workflow in (module.announce, module.dispatcher):
        nodes = parameters_of_workflow(workflow)
        before = {name: encoded_value(each) for name, each in nodes.items()}
        code = [name for name, each in nodes.items() if component_of(name, each).kind == "code"]
        after = {name: _other(value, is_code=name in code) for name, value in before.items()}
        made = applied(source, before, after, code)
        assert made.unplaced == ()
        assert sorted(made.placed) == sorted(before)
    del sys.modules["announcing"]


def _other(value: Any, *, is_code: bool) -> Any:
    if is_code:
        return value.replace("    return", "    # considered\n    return")
    if isinstance(value, list):
        return [each + 1 for each in value]
    return value + ("!" if isinstance(value, str) else 1)


def test_what_is_no_python_is_refused() -> None:
    with pytest.raises(InputError, match="no Python"):
        applied("def (", {"a": 1}, {"a": 2})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
margins = st.text(st.sampled_from("# abcé\t\"'"), max_size=12)


@given(json_values, json_values, margins)
def test_the_new_source_has_the_new_value_and_all_else_is_as_it_was(old: Any, new: Any, comment: str) -> None:
    head, tail = f"a = 1  # {comment}\nif a:\n    prompt = node(", f", trainable=True)  # {comment}\n"
    made = applied(f"{head}{old!r}{tail}", {"prompt": old}, {"prompt": new})
    assert not made.unplaced
    assert made.source.startswith(head)
    assert made.source.endswith(tail)
    value = _value_in(made.source)
    assert value == new
    assert type(value) is type(new)


@given(st.text(), st.text())
def test_any_text_can_take_the_place_of_one_in_three_quotes(old: str, new: str) -> None:
    source = f'prompt = node("""{_escaped(old)}""", trainable=True)\n'
    made = applied(source, {"prompt": old}, {"prompt": new})
    assert not made.unplaced
    assert _value_in(made.source) == new


def _escaped(text: str) -> str:
    return "".join(f"\\U{ord(each):08x}" for each in text)


def _value_in(source: str) -> Any:
    (call,) = [each for each in ast.walk(ast.parse(source)) if isinstance(each, ast.Call) and each.keywords]
    return ast.literal_eval(call.args[0])


def test_what_stands_there_already_is_in_its_place() -> None:
    source = 'from steepest.traces import node\nprice = node(2.5, "price", trainable=True)\n'
    made = applied(source, {"price": 1.0}, {"price": 2.5})
    assert made.source == source
    assert made.placed == ("price",)
    assert not made.unplaced
