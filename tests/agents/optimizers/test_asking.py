"""A model is asked again, twice at most, with what is wrong; every unusable reply is kept."""

import asyncio
from dataclasses import replace

import pytest

from steepest.agents.llm.chat import ChatReply, StopReason
from steepest.agents.llm.errors import BudgetExceeded, ContextOverflow
from steepest.agents.llm.function import FunctionModel
from steepest.agents.optimizers.asking import Asked, ask, ask_changes, prompt_for, sample_of
from steepest.agents.optimizers.search.protocols import Proposal, Situation
from steepest.agents.optimizers.search.values import Component
from steepest.errors import InputError
from steepest.prompts import RenderedPrompt, Turn, load_prompt
from steepest.traces.failures import CodeNotRunError
from tests.agents.optimizers import situations
from tests.agents.optimizers.situations import change, situation

OF_A_TYPE: dict[str, object] = {"text": "words", "lines": ["a line"], "integer": 1, "number": 1.5}
VARIABLES = {name: OF_A_TYPE[kind] for name, kind in load_prompt("reflect_text").header.variables.items()}
PROMPT = RenderedPrompt("p", 1, "text", "Be exact.", (Turn("user", "A number?"),))


def proposed(asked: situations.Asked, **changes: object) -> Proposal:
    return asyncio.run(ask_changes(situation(asked, **changes), "reflect", VARIABLES, index=2, origin="test"))


def number(text: str) -> int:
    if not text.isdigit():
        raise InputError(f"{text!r} is no number")
    return int(text)


def asked_for_number(model: FunctionModel, repairs: int = 2) -> Asked[int]:
    return asyncio.run(ask(model, PROMPT, number, sample=3, repairs=repairs))


def test_a_usable_reply_is_asked_for_once() -> None:
    asked = situations.Asked("7")

    assert asked_for_number(asked.model) == Asked(7, ())
    (request,) = asked.requests
    assert (request.system, request.sample, request.max_tokens) == ("Be exact.", 3, 4096)


def test_an_unusable_reply_is_asked_for_again_with_the_reason() -> None:
    asked = situations.Asked("seven", "7")

    found = asked_for_number(asked.model)

    assert found.value == 7
    assert [each.reason for each in found.rejections] == ["'seven' is no number"]
    assert [each.role for each in asked.requests[1].messages] == ["user", "assistant", "user"]
    assert "- 'seven' is no number" in asked.questions[1]
    assert asked.requests[1].messages[1].content == "seven"


def test_a_follow_up_goes_on_from_the_last_reply_only() -> None:
    asked = situations.Asked("seven", "eight", "9")

    assert asked_for_number(asked.model).value == 9
    assert [each.content for each in asked.requests[2].messages[:2]] == ["A number?", "eight"]


def test_after_two_repairs_nobody_is_asked_again() -> None:
    asked = situations.Asked("seven")

    found = asked_for_number(asked.model)

    assert found.value is None
    assert len(found.rejections) == len(asked.requests) == 3
    assert len(asked_for_number(situations.Asked("x").model, repairs=0).rejections) == 1


@pytest.mark.parametrize(
    ("stop", "told"),
    [
        ("length", "cut off before its end"),
        ("refusal", "is a refusal"),
        ("context", "much shorter"),
        ("other", "early"),
    ],
)
def test_a_reply_that_did_not_come_to_its_end_is_not_read(stop: StopReason, told: str) -> None:
    model = FunctionModel(lambda _: ChatReply(text="7", model="m", provider="p", stop=stop))

    found = asked_for_number(model)

    assert found.value is None
    assert all(told in each.reason for each in found.rejections)


def test_a_huge_reply_is_shown_to_its_model_in_part() -> None:
    asked = situations.Asked("x" * 1_000_000, "7")

    assert asked_for_number(asked.model).value == 7
    assert len(asked.requests[1].messages[1].content) <= 4000


def test_an_empty_reply_leaves_a_conversation_that_providers_take() -> None:
    asked = situations.Asked("", "7")

    assert asked_for_number(asked.model).value == 7
    assert asked.requests[1].messages[1].content == "(no answer)"


def test_a_follow_up_that_does_not_fit_into_the_context_ends_the_repairs() -> None:
    def full(_: object) -> str:
        raise ContextOverflow("the context is full")

    asked = situations.Asked("seven", full)

    found = asked_for_number(asked.model)

    assert found.value is None
    assert [each.reason for each in found.rejections][1:] == ["it could not be asked again: the context is full"]
    with pytest.raises(ContextOverflow):
        asked_for_number(FunctionModel(full))


def test_a_spent_budget_is_raised() -> None:
    def spent(_: object) -> str:
        raise BudgetExceeded("spent")

    with pytest.raises(BudgetExceeded):
        asked_for_number(FunctionModel(spent))


def test_changes_are_typed_and_have_their_reasoning() -> None:
    asked = situations.Asked(f"<reasoning>too low</reasoning>\n{change('rate', '0.75')}")

    assert proposed(asked) == Proposal({"rate": 0.75}, "too low", origin="test")
    assert asked.requests[0].sample == sample_of(7, 2) == 7002


def test_a_structured_model_is_asked_with_a_schema() -> None:
    asked = situations.Asked(
        '{"reasoning": "r", "no_change": false, "changes": [{"name": "rate", "value": 1}]}', structured=True
    )

    assert proposed(asked).changes == {"rate": 1.0}
    assert asked.requests[0].output_schema is not None
    assert "Reply with one JSON object" in asked.questions[0]


def test_a_value_that_does_not_fit_is_repaired() -> None:
    asked = situations.Asked(change("rate", "7"), change("rate", "0.7"))

    found = proposed(asked)

    assert found.changes == {"rate": 0.7}
    (rejection,) = found.rejections
    assert (rejection.component, rejection.value) == ("rate", "'7'")
    assert "from 0 to 1" in rejection.reason
    assert rejection.reason in asked.questions[1]


def test_of_several_changes_all_that_do_not_fit_are_told() -> None:
    plain = Component("n", "integer")
    asked = situations.Asked(change("rate", "7") + "\n" + change("n", "many"), "<no_change/>")
    components = [plain, situations.RATE]

    found = proposed(asked, components=components)

    assert found.no_change
    assert {each.component for each in found.rejections} == {"n", "rate"}


def test_the_judge_of_a_component_is_heard() -> None:
    def judge(value: str) -> str:
        if "x" not in value:
            raise InputError("it has to read x")
        return value

    asked = situations.Asked(change("c", "y"), change("c", "x"))

    found = proposed(asked, components=[Component("c", "code", judge=judge)])

    assert found.changes == {"c": "x"}
    assert "- c: it has to read x" in asked.questions[1]


def test_replies_of_which_none_can_be_used_are_an_empty_proposal_with_the_reasons() -> None:
    asked = situations.Asked("an essay")

    found = proposed(asked)

    assert found.is_empty
    assert (dict(found.changes), found.no_change, len(found.rejections)) == ({}, False, 3)


def test_no_change_is_no_empty_proposal() -> None:
    assert not proposed(situations.Asked("<no_change/>")).is_empty
    assert not Proposal().is_empty


def test_code_that_cannot_be_checked_here_is_nobodys_rejection() -> None:
    def judge(_: object) -> object:
        raise CodeNotRunError("there is no sandbox")

    with pytest.raises(CodeNotRunError):
        proposed(situations.Asked(change("c", "x = 1")), components=[Component("c", "code", judge=judge)])


def test_without_a_model_the_person_is_told_to_name_one() -> None:
    with pytest.raises(InputError, match="asks a language model, and there is none"):
        asyncio.run(ask_changes(situation(), "reflect", VARIABLES))


def test_a_prompt_ends_with_what_can_be_changed_and_how_to_say_it() -> None:
    made: Situation = situation(situations.Asked(""))

    user = prompt_for(made, "reflect", VARIABLES).user

    assert "- plan: a text\n- rate: a number from 0 to 1\n" in user
    assert user.startswith(load_prompt("reflect_text").render(**VARIABLES).user)
    assert prompt_for(replace(made, step=9), "reflect", VARIABLES).user == user
