"""The worked examples in the prompts are what they teach: they read, pass every check, and solve."""

import pytest

from steepest.agents.llm import ChatReply
from steepest.agents.modeling.grounding import ground
from steepest.agents.modeling.reply import read_reply
from steepest.prompts import Prompt, load_prompt
from steepest.solvers.checks.formulation_checks import check_formulation
from steepest.solvers.formulation import Formulation
from steepest.solvers.solve import solve_formulation


def worked_examples(prompt: Prompt) -> list[tuple[str, Formulation | None]]:
    """Question and formulation of each example; None where the answer is that there is no problem."""
    examples = []
    for question, answer in zip(prompt.turns[:-1:2], prompt.turns[1::2], strict=True):
        reply = ChatReply(text=answer.content, model="m", provider="p")
        proposal = read_reply(reply, structured=prompt.header.output == "json")
        assert not [item for item in proposal.diagnostics if item.severity != "note"]
        assert proposal.formulation is not None or proposal.statement is not None
        examples.append((question.content, proposal.formulation))
    return examples


@pytest.mark.parametrize("name", ["formulate_text", "formulate_json"])
def test_a_worked_example_raises_no_doubt(name: str) -> None:
    for question, formulation in worked_examples(load_prompt(name)):
        if formulation is None:
            continue
        found = [*check_formulation(formulation, bound=["orders"]), *ground(formulation, question).diagnostics]
        assert [str(item) for item in found if item.severity != "note" and item.code != "missing-data"] == []


def test_the_text_example_solves() -> None:
    (_, none), (_, formulation) = worked_examples(load_prompt("formulate_text"))
    assert none is None
    assert formulation is not None
    solution = solve_formulation(formulation)

    assert solution.status == "optimal"
    assert (solution.value("build", "canoe"), solution.value("build", "sea kayak")) == (36, 21)


def test_the_json_examples_solve_with_their_data() -> None:
    (_, dairy), (_, pumps), (_, none) = worked_examples(load_prompt("formulate_json"))
    assert dairy is not None
    assert pumps is not None
    assert none is None

    orders = {"Alder": 100, "Birch Street": 150, "Cedar": 80}
    assert solve_formulation(dairy, {"orders": orders}).objective == pytest.approx(450 + 300 + 150 + 480)
    assert solve_formulation(pumps, {"storage_fee": 5}).status == "optimal"


def test_what_the_pump_problem_does_not_give_is_missing() -> None:
    _, (_, pumps), _ = worked_examples(load_prompt("formulate_json"))
    assert pumps is not None

    assert [item.element for item in check_formulation(pumps).errors] == ["parameter storage_fee"]
