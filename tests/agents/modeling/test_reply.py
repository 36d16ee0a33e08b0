"""A reply becomes a formulation, a statement, or diagnostics that say what is wrong with it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.llm import ChatReply
from steepest.agents.llm.schemas import closed_schema, strict_schema
from steepest.agents.modeling.reply import ExaminedReply, FormulationReply, Proposal, read_reply


def read(text: str, *, stop: Any = "end", structured: bool = False, examined: bool = False) -> Proposal:
    reply = ChatReply(text=text, model="m", provider="p", stop=stop)
    return read_reply(reply, structured=structured, examined=examined)


def codes(proposal: Proposal) -> list[str]:
    return [item.code for item in proposal.diagnostics if item.severity == "error"]


def test_a_text_reply_is_read_past_fences_and_prose(bakery_five: str) -> None:
    proposal = read(f"Here is the model:\n\n```five\n{bakery_five}\n```\nI hope this helps!")

    assert proposal.formulation is not None
    assert [variable.name for variable in proposal.formulation.variables] == ["bake"]


@pytest.mark.parametrize("structured", [False, True])
@pytest.mark.parametrize(
    ("text", "stop", "code"),
    [
        ("", "end", "empty-reply"),
        ("  \n", "end", "empty-reply"),
        ("I can't help with that.", "refusal", "model-refused"),
        ("variables:\n  x: real", "length", "reply-cut-off"),
        ("", "context", "reply-cut-off"),
    ],
)
def test_a_reply_without_an_answer_is_a_diagnostic(text: str, stop: str, code: str, structured: bool) -> None:
    proposal = read(text, stop=stop, structured=structured)

    assert codes(proposal) == [code]
    assert proposal.formulation is None


@pytest.mark.parametrize("text", ["NOT AN OPTIMIZATION PROBLEM: a fact", "**Not an optimisation problem:** a fact"])
def test_a_text_reply_may_say_that_there_is_no_problem(text: str) -> None:
    assert "a fact" in (read(text).statement or "")


def test_prose_without_a_model_has_errors_and_no_formulation() -> None:
    proposal = read("The capital of France is Paris.")

    assert proposal.formulation is None
    assert codes(proposal)


def test_an_examination_may_confirm_the_verdict() -> None:
    assert read("REALLY: 50 h are needed, 40 h are there", examined=True).statement == "50 h are needed, 40 h are there"
    confirmed = '{"kind": "confirmed", "reason": "too few hours", "formulation": null}'
    assert read(confirmed, structured=True, examined=True).statement == "too few hours"


def test_a_structured_reply_is_read_past_fences_and_prose(bakery_reply: str) -> None:
    for text in (bakery_reply, f"```json\n{bakery_reply}\n```", f"Sure {{here}}:\n{bakery_reply}\nDone."):
        proposal = read(text, structured=True)
        assert proposal.formulation is not None, text
        assert proposal.formulation.title == "How many loaves and cakes to bake"


def test_a_structured_reply_may_say_that_there_is_no_problem() -> None:
    reply = '{"kind": "not_a_problem", "reason": "a fact", "formulation": null}'

    assert read(reply, structured=True).statement == "a fact"


def test_broken_json_says_where(bakery_reply: str) -> None:
    proposal = read(bakery_reply[:-40], structured=True)

    assert codes(proposal) == ["not-json"]
    assert "line 1" in proposal.diagnostics[0].message


def test_a_wrong_schema_names_the_elements(bakery_json: dict[str, Any]) -> None:
    formulation = bakery_json["formulation"]
    formulation["parameters"][2]["value"] = None
    formulation["variables"][0]["domain"] = "whole"
    formulation["constraints"][0]["body"] = "sum(flour_use[p] * "
    proposal = read(json.dumps(bakery_json), structured=True)

    assert codes(proposal) == ["reply-schema"] * 3
    places = [item.element for item in proposal.diagnostics]
    assert places == ["parameters[2] (flour)", "variables[0] (bake).domain", "constraints[0] (flour_stock).body"]
    assert "exactly one of" in proposal.diagnostics[0].message


def test_a_formulation_that_is_announced_but_not_there_is_an_error() -> None:
    assert codes(read('{"kind": "formulation"}', structured=True)) == ["no-formulation"]


def test_many_schema_errors_are_counted() -> None:
    reply = {"kind": "formulation", "formulation": {"sets": [{"name": "no name"}] * 60}}
    diagnostics = read(json.dumps(reply), structured=True).diagnostics

    assert len(diagnostics) == 21
    assert "more of this kind" in diagnostics[-1].message


@pytest.mark.parametrize("answer", [FormulationReply, ExaminedReply])
def test_providers_take_the_schema(answer: type[FormulationReply] | type[ExaminedReply]) -> None:
    for shaped in (strict_schema, closed_schema):
        assert shaped(answer.model_json_schema())["required"] == ["kind", "reason", "formulation"]


def test_deeply_nested_json_is_an_error_and_no_crash() -> None:
    assert codes(read('{"a":' * 100_000, structured=True)) == ["not-json"]


@given(st.text(), st.booleans(), st.booleans())
def test_no_reply_breaks_the_reader(text: str, structured: bool, examined: bool) -> None:
    proposal = read(text, structured=structured, examined=examined)

    assert proposal.formulation or proposal.statement is not None or codes(proposal)
