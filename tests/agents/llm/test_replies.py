import pytest
from pydantic import BaseModel

from steepest.agents.llm import InvalidReply, finished_text, parse_reply


class Answer(BaseModel):
    value: int
    unit: str


GOOD = '{"value": 3, "unit": "kg"}'


@pytest.mark.parametrize("text", [GOOD, f" {GOOD}\n", f"```json\n{GOOD}\n```", f"Here it is:\n```\n{GOOD}\n```\nDone."])
def test_json_is_read_bare_or_fenced(reply_of, text):
    assert parse_reply(reply_of(text), Answer) == Answer(value=3, unit="kg")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"value": "many", "unit": "kg"}', "value: Input should be a valid integer"),
        ('{"value": 3}', "unit: Field required"),
        ('{"value": 3, "un', "the whole answer: Invalid JSON"),
        ("I think it is three.", "the whole answer: Invalid JSON"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(reply_of, text, told):
    with pytest.raises(InvalidReply, match=told):
        parse_reply(reply_of(text), Answer)


def test_many_defects_are_counted_and_not_all_shown(reply_of):
    class Wide(BaseModel):
        a: int
        b: int
        c: int
        d: int
        e: int
        f: int
        g: int

    with pytest.raises(InvalidReply, match="and 2 more"):
        parse_reply(reply_of("{}"), Wide)


@pytest.mark.parametrize(
    ("stop", "told"),
    [("length", "cut off"), ("refusal", "refused"), ("context", "context window"), ("other", "stopped")],
)
def test_an_unfinished_reply_is_never_read(reply_of, stop, told):
    with pytest.raises(InvalidReply, match=told):
        finished_text(reply_of(GOOD, stop=stop))


def test_a_blank_reply_is_told(reply_of):
    with pytest.raises(InvalidReply, match="empty"):
        finished_text(reply_of(" \n"))
