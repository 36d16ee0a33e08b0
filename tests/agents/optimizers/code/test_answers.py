"""What a model says about a source is read in both forms, and refused in words where it can't be used."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.optimizers.code.answers import Answer, answer_schema, changed_source, read_answer
from steepest.agents.optimizers.code.edits import Edit, edits_between, write_edits
from steepest.errors import SteepestError
from steepest.prompts import OutputForm

PRESENT = "def f(a):\n    # EVOLVE-BLOCK-START\n    b = a\n    # EVOLVE-BLOCK-END\n    return b"
BETTER = PRESENT.replace("b = a", "b = a + 1")
EDITS = write_edits(edits_between(PRESENT, BETTER))


def as_json(**fields: object) -> str:
    return json.dumps({"reasoning": "better", "no_change": False, **fields})


@pytest.mark.parametrize(
    ("form", "reply"),
    [
        ("text", f"<reasoning>\nbetter\n</reasoning>\n{EDITS}"),
        ("text", f"<think>a\n```\nb\n```</think><reasoning>better</reasoning>\n```\n{EDITS}```"),
        ("text", f"<reasoning>\nbetter\n</reasoning>\n```python\n{BETTER}\n```"),
        ("text", f"<reasoning>\nbetter: not <no_change/>\n</reasoning>\n```python\n{BETTER}\n```"),
        ("json", as_json(edits=[{"search": "    b = a\n", "replace": "    b = a + 1\n"}])),
        ("json", "Here:\n```json\n" + as_json(edits=[{"search": "b = a", "replace": "b = a + 1"}]) + "\n```"),
        ("json", as_json(code=BETTER)),
        ("json", as_json(code=f"```python\n{BETTER}\n```")),
    ],
)
def test_a_reply_makes_a_source_of_the_present_one(form: OutputForm, reply: str) -> None:
    answer = read_answer(reply, form)
    assert answer.reasoning.startswith("better")
    assert changed_source(PRESENT, answer) == BETTER


def test_no_change_is_a_field_and_not_a_word_in_an_edit() -> None:
    assert read_answer("<reasoning>\nfine\n</reasoning>\n<no_change/>", "text") == Answer("fine", no_change=True)
    assert read_answer(as_json(no_change=True, edits=[]), "json").no_change
    edit = "<<<<<<< SEARCH\na\n=======\n<no_change/>\n>>>>>>> REPLACE"
    assert read_answer(edit, "text").edits == (Edit(("a",), ("<no_change/>",)),)
    assert not read_answer("```\n<no_change/>\n```", "text").no_change


@pytest.mark.parametrize(
    ("form", "reply", "words"),
    [
        ("text", "I think it is fine as it is.", "neither edits nor a whole program nor <no_change/>"),
        ("text", "", "neither edits"),
        ("text", f"```\n{BETTER}", "cut off"),
        ("text", EDITS[:-10], "cut off"),
        ("json", "no", "no JSON"),
        ("json", as_json(), "no change in the object"),
        ("json", as_json(edits=[{"search": "a"}]), r"edits.0.replace"),
        ("json", as_json(edits=[{"search": "a", "replace": "b"}], code="c"), "both edits and a whole program"),
        ("json", as_json(no_change=True, code="c"), "there is a change, too"),
        ("json", as_json(no_change="perhaps"), "no_change"),
        ("json", as_json(wrong=1), "wrong"),
    ],
)
def test_a_reply_that_can_not_be_used_is_refused_in_words(form: OutputForm, reply: str, words: str) -> None:
    with pytest.raises(SteepestError, match=words):
        read_answer(reply, form)


@pytest.mark.parametrize("source", [PRESENT, PRESENT + "\n"])
def test_the_present_code_again_is_no_change_to_be_made(source: str) -> None:
    with pytest.raises(SteepestError, match="that is the present code"):
        changed_source(source, Answer(source=f"\n{PRESENT}\n\n"))


def test_a_rewrite_must_not_leave_the_blocks_either() -> None:
    with pytest.raises(SteepestError, match="line 5 lies outside"):
        changed_source(PRESENT, Answer(source=BETTER.replace("return b", "return 0")))
    with pytest.raises(SteepestError, match="leave these lines as they are"):
        changed_source(PRESENT, Answer(source="def f(a):\n    return 0"))


@given(st.text(), st.sampled_from(["text", "json"]))
def test_whatever_a_reply_is_it_is_read_or_refused(reply: str, form: OutputForm) -> None:
    with suppress(SteepestError):
        assert changed_source(PRESENT, read_answer(reply, form)) != PRESENT


@pytest.mark.parametrize("whole", [True, False])
def test_the_schema_is_closed_and_requires_all_as_strict_outputs_need_it(whole: bool) -> None:
    schema = answer_schema(whole=whole)
    assert schema["required"] == list(schema["properties"])
    assert schema["additionalProperties"] is False
    assert ("code" in schema["properties"]) == whole != ("edits" in schema["properties"])
