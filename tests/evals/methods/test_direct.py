"""Numbers alone, in JSON or in lines."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.llm import ChatReply, ContextOverflow, InvalidReply, ProviderError
from steepest.agents.llm.schemas import closed_schema, strict_schema
from steepest.evals.attempts import AttemptOutcome
from steepest.evals.methods import open_method
from steepest.evals.methods.direct_reply import DirectReply, read_direct
from tests.evals.methods.conftest import Attempting, Talker, stopped_reply

DIRECT = open_method("direct")


def test_json_is_asked_for_and_read_where_the_model_writes_it(attempt: Attempting, talked: list[Talker]) -> None:
    values = [{"name": "loaves of bread", "value": 32, "unit": "loaf"}, {"name": "cakes", "value": 30, "unit": None}]
    made = attempt(DIRECT, json.dumps({"status": "optimal", "objective": 336, "values": values}), structured=True)

    assert (made.outcome, made.objective, made.message, made.spent.calls) == ("answered", 336, "", 1)
    assert [each.model_dump(exclude={"note"}) for each in made.values] == values
    assert talked[-1].requests[0].output_schema == DirectReply.model_json_schema()


def test_the_json_is_in_the_form_that_the_providers_take() -> None:
    for dialect in (strict_schema, closed_schema):
        asked = dialect(DirectReply.model_json_schema())
        assert asked["required"] == ["status", "objective", "values"]


def test_lines_are_asked_for_where_it_does_not(attempt: Attempting, talked: list[Talker]) -> None:
    made = attempt(DIRECT, "status: optimal\nobjective: 336\nloaves of bread: 32\ncakes: 30\n")

    assert (made.outcome, made.objective) == ("answered", 336)
    assert [(each.name, each.value, each.unit) for each in made.values] == [
        ("loaves of bread", 32, None),
        ("cakes", 30, None),
    ]
    assert talked[-1].requests[0].output_schema is None


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("objective: 1,234.5", 1234.5),
        ("Objective = $1,234.50", 1234.5),
        ("- **objective**: 336 $ per day.", 336),
        ("**objective: 336**", 336),
        ("objective: -12e3", -12_000),
        ("objective: -$3", -3),
        ("objective: $-3", -3),
        ("objective value: .5", 0.5),
        ("* Optimal value: 7", 7),
    ],
)
def test_the_objective_is_read_as_people_write_it(attempt: Attempting, line: str, value: float) -> None:
    assert attempt(DIRECT, line).objective == value


@pytest.mark.parametrize("line", ["objective: 12,5", "objective: 10/3", "objective: 1.234.567", "objective: 1e999"])
def test_a_number_that_can_be_read_in_two_ways_is_not_read(attempt: Attempting, line: str) -> None:
    made = attempt(DIRECT, f"cakes: 30\n{line}")

    assert (made.outcome, made.objective, len(made.values)) == ("answered", None, 1)


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ('{"objective": 7}', 7),
        ('Here it is:\n```json\n{"objective": -7.5, "values": {"cakes": 3}}\n```', -7.5),
        ("The optimal value is 336.", 336),
        ("So the optimal profit is $1,234.50 per day.", 1234.5),
        ("The best plan bakes both.\nThis gives an objective value of -12.", -12),
        ("The optimal value is **336**.", 336),
    ],
)
def test_json_and_sentences_are_read_though_lines_were_asked_for(attempt: Attempting, reply: str, value: float) -> None:
    made = attempt(DIRECT, reply)

    assert (made.outcome, made.objective) == ("answered", value)


@pytest.mark.parametrize("reply", ["The objective value is 3x + 8y.", "The optimal value is 10/3.", '{"answer": 3}'])
def test_a_formula_in_a_sentence_is_no_objective(attempt: Attempting, reply: str) -> None:
    assert attempt(DIRECT, reply).objective is None


def test_a_long_line_is_no_number(attempt: Attempting) -> None:
    assert attempt(DIRECT, "objective:" + " " * 100_000 + "x").outcome == "llm_error"


@given(text=st.text(alphabet=st.sampled_from("ab:=-$ .,*12e\n/`")))
def test_any_text_is_read_or_refused(text: str) -> None:
    reply = ChatReply(text=text, model="m", provider="p")
    try:
        read = read_direct(reply, structured=False)
    except InvalidReply:
        return
    assert read.objective is not None or read.values


def test_a_value_keeps_its_unit(attempt: Attempting) -> None:
    made = attempt(DIRECT, "- Flour used: 40 kg\nx_1 = 2.5 (loaves)\n")

    assert [(each.name, each.value, each.unit) for each in made.values] == [
        ("Flour used", 40, "kg"),
        ("x_1", 2.5, "(loaves)"),
    ]


@pytest.mark.parametrize(
    ("reply", "outcome", "told"),
    [
        ("status: infeasible", "infeasible", "the model says so"),
        ("Status: Unbounded.", "unbounded", "the model says so"),
        ("You should bake more cakes.", "llm_error", "no line of the form"),
        ("Let x be the loaves: 3x + 8y <= 40", "llm_error", "no line of the form"),
        (stopped_reply("objective: 3", "length"), "llm_error", "cut off"),
        (stopped_reply("", "refusal"), "llm_error", "refused"),
        (ContextOverflow("too long for it"), "llm_error", "too long"),
    ],
)
def test_every_ending_has_its_outcome(attempt: Attempting, reply: str, outcome: AttemptOutcome, told: str) -> None:
    made = attempt(DIRECT, reply)

    assert (made.outcome, made.objective) == (outcome, None)
    assert told in made.message


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ('{"status": "infeasible", "objective": null, "values": []}', "infeasible"),
        ('{"status": "optimal", "objective": null, "values": []}', "not_formulated"),
        ('{"status": "optimal", "objective": NaN, "values": []}', "llm_error"),
        ('{"status": "optimal"}', "llm_error"),
        ("The best is 336.", "llm_error"),
    ],
)
def test_json_that_says_no_number_has_its_outcome(attempt: Attempting, reply: str, outcome: AttemptOutcome) -> None:
    made = attempt(DIRECT, reply, structured=True)

    assert made.outcome == outcome
    assert made.message or outcome == "infeasible"


def test_a_failure_of_the_infrastructure_is_raised(attempt: Attempting) -> None:
    with pytest.raises(ProviderError):
        attempt(DIRECT, ProviderError("no network", kind="network"))
