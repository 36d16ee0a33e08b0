"""Replies of every kind are read as what they say, or refused with a reason that helps."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.llm.schemas import closed_schema, strict_schema
from steepest.agents.optimizers.replies import (
    LONGEST,
    Said,
    UnusableReply,
    changes_schema,
    json_object,
    read_json_changes,
    read_text_changes,
    tagged,
)
from steepest.agents.optimizers.search.values import Component
from steepest.prompts import load_prompt

PROMPT, SIZE = Component("prompt", "text"), Component("size", "integer")
BOTH = [PROMPT, SIZE]


def text_said(text: str) -> Said:
    return read_text_changes(text, BOTH)


def json_said(**content: object) -> Said:
    return read_json_changes(json.dumps(content), BOTH)


def text_reason(text: str) -> str:
    with pytest.raises(UnusableReply) as caught:
        read_text_changes(text, BOTH)
    return str(caught.value)


def json_reason(text: str) -> str:
    with pytest.raises(UnusableReply) as caught:
        read_json_changes(text, BOTH)
    return str(caught.value)


def change(value: str, name: str = "prompt") -> str:
    return f'<change name="{name}">\n{value}\n</change>'


def test_a_text_reply_has_reasoning_and_changes() -> None:
    reply = f"<reasoning>\nToo terse.\n</reasoning>\n{change('Think first.')}\n{change('3', 'size')}"

    assert text_said(reply) == Said("Too terse.", False, {"prompt": "Think first.", "size": "3"})


def test_no_change_is_a_line_of_its_own_in_a_text_reply() -> None:
    assert text_said("<reasoning>All is right.</reasoning>\n<no_change/>") == Said("All is right.", True, {})


def test_a_text_value_loses_one_line_break_at_each_end_and_keeps_all_else() -> None:
    assert text_said(change("\n  indented\n\n")).changes["prompt"] == "\n  indented\n\n"
    assert text_said('<change name="prompt">  bare </change>').changes["prompt"] == "  bare "


@pytest.mark.parametrize(
    "value",
    [
        "When you are done, write TERMINATE.",
        "no change",
        "no_change: true",
        "Say <no_change/> if nothing should change.",
        "<no_change/>\nis what you say",
        "Close with </change> and go on.",
        "</change>",
        "first\n</change>\nlast",
        "```python\nprint(1)\n```",
        "```\n</change>\n```",
        '  <change name="prompt">',
        'Use <change name="size">3</change> in the middle of a line.',
        '{"changes": [{"name": "size", "value": 3}]}',
        "<reasoning>none</reasoning>",
        "{{variable}} {not} %s \\n \\ \" '",
        "",
    ],
)
def test_protocol_words_and_fences_inside_of_a_value_are_the_value(value: str) -> None:
    reply = f"<reasoning>better</reasoning>\n{change(value)}\nThat is all."

    assert text_said(reply) == Said("better", False, {"prompt": value})
    assert json_said(reasoning="r", changes=[{"name": "prompt", "value": value}]).changes == {"prompt": value}


def test_a_reply_in_a_fence_is_read() -> None:
    assert text_said(f"Here it is:\n```xml\n{change('Think.')}\n```\nDone.").changes == {"prompt": "Think."}
    content = json.dumps({"reasoning": "r", "no_change": False, "changes": [{"name": "size", "value": 3}]})
    assert read_json_changes(f"Sure!\n```json\n{content}\n```\n", BOTH).changes == {"size": 3}


def test_prose_around_the_json_is_passed_over_also_with_braces_in_it() -> None:
    content = json.dumps({"changes": [{"name": "prompt", "value": "a {b} c"}]})

    assert read_json_changes(f"I set {{x}} as {{'y'}}.\n{content} Good luck {{}}!", BOTH).changes == {
        "prompt": "a {b} c"
    }


def test_thoughts_before_a_reply_are_passed_over() -> None:
    thoughts = '<think>\n<change name="prompt">\nno, rather\n</change>\n</think>\n'

    assert text_said(thoughts + change("Think.")).changes == {"prompt": "Think."}


def test_indented_and_single_quoted_tags_are_read() -> None:
    assert text_said("  <change name='size'>\n  3\n  </change>").changes == {"size": "  3"}
    assert text_said("<CHANGE name = size >4</CHANGE>").changes == {"size": "4"}


def test_windows_line_ends_are_read() -> None:
    assert text_said('<change name="prompt">\r\na\r\nb\r\n</change>\r\n').changes == {"prompt": "a\nb"}


def test_a_component_that_stays_may_be_told_so_in_the_place_of_its_value() -> None:
    assert text_said(change("Think.") + "\n" + change("<no_change/>", "size")).changes == {"prompt": "Think."}
    assert text_said(change("<no_change/>") + "\n" + change("<no_change/>", "size")).no_change


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        ("", "the reply is empty"),
        ("  \n ", "the reply is empty"),
        ("<think>so much to think about", "the reply is empty"),
        ("The prompt ought to be more precise. " * 200, 'write <change name="...">'),
        ("TERMINATE", "for one or more of prompt, size; or the line <no_change/>"),
        ("I would say no change is needed.", "there is no change in the reply"),
        ("<reasoning>\n<no_change/>\n</reasoning>", "there is no change in the reply"),
        ("<change>Think.</change>", "there is no change in the reply"),
        ('<change name="prompt">\nThink and th', "the change of 'prompt' has no </change>"),
        (change("a", "promt"), "there is no 'promt' to change: there is prompt, size"),
        (change("a") + "\n" + change("b"), "prompt is changed twice"),
        (change("a") + "\n<no_change/>", "do one or the other"),
        ('<change name="prompt">\na\n' + change("3", "size"), "close each one"),
        (change("x" * LONGEST), "write at most 2,000,000"),
        (change("half \ud800 a character"), "a lone surrogate"),
    ],
)
def test_an_unusable_text_reply_is_told_what_to_do(reply: str, told: str) -> None:
    assert told in text_reason(reply)


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        ("", "the reply is empty"),
        ("The prompt ought to be more precise. " * 200, "there is no object in it: answer with one JSON object"),
        ('{"reasoning": "r", "changes": [{"name": "pro', "from its first brace on"),
        ('{"answer": 3}', "its object has the keys answer"),
        ("{}", "its object has the keys of nothing"),
        ("[1, 2]", "there is no object in it"),
        ('{"changes": NaN}', "JSON has no NaN"),
        ("{" * 100_000, "no JSON that can be used"),
        ('{"changes": ' + "[" * 100_000 + "]" * 100_000 + "}", "it is nested too deeply"),
        ('{"changes": {"prompt": "a"}}', "changes: input should be a valid list"),
        ('{"changes": "prompt"}', "changes: input should be a valid list"),
        ('{"changes": [{"prompt": "a"}]}', "changes.0.name: field required"),
        ('{"changes": [{"name": "prompt"}]}', "changes.0.value: field required"),
        ('{"changes": [{"name": 3, "value": "a"}]}', "changes.0.name: input should be a valid string"),
        ('{"changes": [{"name": "size", "value": 3, "why": "x"}]}', "changes.0.why"),
        ('{"no_change": "no", "changes": []}', "no_change: input should be a valid boolean"),
        ('{"reasoning": "r"}', "it changes nothing: give a change, or say so by no_change"),
        ('{"no_change": false, "changes": []}', "it changes nothing"),
        ('{"no_change": true, "changes": [{"name": "size", "value": 3}]}', "do one or the other"),
        ('{"changes": [{"name": "sizes", "value": 3}]}', "there is no 'sizes' to change: there is prompt, size"),
        ('{"changes": [{"name": "size", "value": 3}, {"name": "size", "value": 4}]}', "size is changed twice"),
        ('{"changes": [{"name": "prompt", "value": "\\ud800"}]}', "a lone surrogate"),
        ('{"changes": [{"name": "size", "value": 1' + "0" * 5000 + "}]}", "no JSON that can be used"),
        ('{"x": "' + "y" * LONGEST + '"}', "write at most 2,000,000"),
    ],
)
def test_an_unusable_json_reply_is_told_what_to_do(reply: str, told: str) -> None:
    assert told in json_reason(reply)


def test_no_change_is_a_field_of_a_json_reply() -> None:
    assert json_said(reasoning="fine", no_change=True, changes=[]) == Said("fine", True, {})


def test_the_form_itself_is_no_reply() -> None:
    form = load_prompt("changes_text").render(components=["prompt: a text"], first="prompt").user

    assert "write the new value itself" in text_reason(form)


def test_all_that_is_wrong_with_a_reply_is_told_at_once() -> None:
    with pytest.raises(UnusableReply) as caught:
        text_said(change("a", "one") + "\n" + change("b", "two"))

    assert [each.component for each in caught.value.rejections] == ["one", "two"]


def test_many_errors_of_one_kind_are_counted() -> None:
    assert "and 15 more of this kind" in json_reason(json.dumps({"changes": [{}] * 10}))


def test_huge_replies_are_read_in_time() -> None:
    begin = time.process_time()
    for text in ("<change name=" * 100_000, "{" * 500_000, "</change>\n" * 150_000, "```\n" * 300_000):
        with pytest.raises(UnusableReply):
            text_said(text)
        with pytest.raises(UnusableReply):
            read_json_changes(text, BOTH)
    assert text_said(change("</change>\n" * 150_000)).changes["prompt"].startswith("</change>")

    assert time.process_time() - begin < 20


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r")))
def test_any_text_comes_through_the_text_form(value: str) -> None:
    if "\n<change name" in f"\n{value.lower()}" or value.strip().lower() == "<no_change/>":
        return
    assert text_said(f"<reasoning>r</reasoning>\n{change(value)}\n").changes == {"prompt": value}


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.text(), st.booleans())
def test_any_text_comes_through_the_json_form(value: str, around: str, is_fenced: bool) -> None:
    content = json.dumps({"reasoning": "r", "no_change": False, "changes": [{"name": "prompt", "value": value}]})
    before = around.replace("{", "").replace("<think>", "")
    reply = f"{before}\n```json\n{content}\n```" if is_fenced else f"{before}{content}"

    assert read_json_changes(reply, BOTH).changes == {"prompt": value}


@given(st.text())
def test_a_reply_is_read_or_refused_and_never_breaks(reply: str) -> None:
    for read in (read_text_changes, read_json_changes):
        reasons = ["read"]
        try:
            read(reply, BOTH)
        except UnusableReply as error:
            reasons = [each.reason for each in error.rejections]
        assert reasons
        assert all(reasons)


def test_the_schema_is_one_that_strict_outputs_take() -> None:
    schema = changes_schema(BOTH)

    assert strict_schema(schema) == schema
    assert closed_schema(schema) == schema
    assert schema["properties"]["changes"]["items"]["properties"]["name"]["enum"] == ["prompt", "size"]


def test_a_tag_that_is_not_closed_goes_to_the_end() -> None:
    assert tagged("a <rule> be\nbrief", "rule") == "be\nbrief"
    assert tagged("a <rule>be brief</rule> c", "rule") == "be brief"
    assert tagged("a", "rule") == ""


def test_an_object_is_known_by_its_keys() -> None:
    assert json_object('{"x": 1} {"rules": []}', keys=["rules"]) == {"rules": []}
    assert json_object('{"x": 1} {"rules": []}') == {"x": 1}
