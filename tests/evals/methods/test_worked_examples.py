"""The worked examples in the prompts of the methods are right."""

import asyncio

from steepest.agents.llm import ChatReply
from steepest.agents.modeling.classic.scripts import script_in
from steepest.evals.methods.direct_reply import read_direct
from steepest.evals.methods.named_values import values_of_script
from steepest.prompts import load_prompt
from steepest.solvers.sandbox import Completed, PyomoScript, Sandbox


def example(name: str) -> str:
    _, answer, _ = load_prompt(name).turns
    return answer.content


def test_the_script_builds_a_model_with_an_answer(sandbox: Sandbox) -> None:
    script = script_in(example("code_text"))
    assert script is not None
    came = asyncio.run(sandbox.run_async(PyomoScript(script)))

    assert isinstance(came, Completed)
    best = max(
        400 * canoes + 250 * kayaks
        for canoes in range(5, 51)
        for kayaks in range(76)
        if 6 * canoes + 4 * kayaks <= 300 and kayaks >= 0.3 * (canoes + kayaks)
    )
    assert (came.value.status, came.value.objective) == ("optimal", best)
    noted = values_of_script(script, came.value.values)
    assert {(each.note, each.unit) for each in noted} == {("number of each boat to build", "boat")}


def test_the_direct_answers_are_the_best() -> None:
    best = max(
        (400 * canoes + 250 * kayaks, canoes, kayaks)
        for canoes in range(51)
        for kayaks in range(10, 76)
        if 6 * canoes + 4 * kayaks <= 300
    )
    for form in ("text", "json"):
        reply = ChatReply(text=example(f"direct_{form}"), model="m", provider="p")
        read = read_direct(reply, structured=form == "json")

        assert (read.objective, *[each.value for each in read.values]) == best
        assert [each.name for each in read.values] == ["number of canoes", "number of sea kayaks"]
