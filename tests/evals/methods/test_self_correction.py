"""LLMOPT's self-correction as a method of an evaluation."""

from steepest.evals.methods import open_method
from tests.evals.methods.conftest import Attempting, Talker

WRONG = "ELEMENTS: wrong\nSCRIPT: right\nANALYSIS: the flour is 40 kg"
FINE = "ELEMENTS: right\nSCRIPT: right\nANALYSIS: none"


def test_the_model_formulates_writes_judges_and_redoes(
    attempt: Attempting, bakery_five: str, bakery_script: str, talked: list[Talker]
) -> None:
    said = (bakery_five, bakery_script.replace("40", "41"), WRONG, bakery_five, bakery_script, FINE)
    made = attempt(open_method("llmopt"), *said)

    assert (made.outcome, made.objective, made.rounds, made.spent.calls) == ("answered", 336, 1, 6)
    assert [record["step"] for record in made.transcript] == [
        "formulate",
        "script",
        "correct",
        "formulate",
        "script",
        "correct",
    ]
    assert "the flour is 40 kg" in talked[-1].requests[3].messages[-1].content
    assert "flour_stock" in made.formulation


def test_without_corrections_the_model_is_asked_twice(
    attempt: Attempting, bakery_five: str, bakery_script: str
) -> None:
    made = attempt(open_method("llmopt", {"corrections": 0}), bakery_five, bakery_script)

    assert (made.objective, made.rounds, made.spent.calls) == (336, 0, 2)


def test_a_reply_without_a_script_is_no_answer(attempt: Attempting, bakery_five: str) -> None:
    made = attempt(open_method("llmopt", {"corrections": 0}), bakery_five, "I can't.")

    assert (made.outcome, made.message) == ("not_formulated", "there is no Python code in the reply")


def test_a_script_that_fails_is_told_as_one(attempt: Attempting, bakery_five: str) -> None:
    made = attempt(open_method("llmopt", {"corrections": 0}), bakery_five, "```python\nimport os\n1 / 0\n```")

    assert made.outcome == "compile_error"
    assert "ZeroDivisionError" in made.message
