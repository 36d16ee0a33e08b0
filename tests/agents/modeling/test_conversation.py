"""What the model is sent: data that can't leave their block, findings with the lines they are about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.agents.llm import ChatRequest, FunctionModel
from steepest.agents.llm.keys import request_key
from steepest.agents.modeling import solve_problem
from steepest.agents.modeling.conversation import MAX_FINDINGS, as_data, findings_for_model
from steepest.agents.modeling.task import Task
from steepest.solvers.diagnostics import Diagnostic, Place
from steepest.solvers.solution import Solution


def finding(message: str, *, line: int | None = None, severity: str = "error") -> Diagnostic:
    place = Place(line=line) if line is not None else None
    return Diagnostic.model_validate({"code": "c", "severity": severity, "message": message, "place": place})


def told(items: list[Diagnostic], reply: str, *, structured: bool = False) -> list[str]:
    model = FunctionModel(lambda _: "", structured=structured)
    return findings_for_model(items, reply, Task(problem="p", model=model, solve=lambda _: Solution(status="failed")))


def test_a_finding_quotes_its_line_and_its_repair() -> None:
    item = finding("unknown name y", line=2).model_copy(update={"element": "objective", "repair": "declare it"})

    assert told([item], "variables:\n  maximize: y\n") == [
        "objective: unknown name y\n  in the line: maximize: y\n  declare it"
    ]


def test_errors_come_first_notes_not_at_all_and_not_too_many() -> None:
    items = [finding("w", severity="warning"), finding("n", severity="note"), *[finding("e")] * 20]

    assert told(items[:3], "") == ["e", "w"]
    assert len(told(items, "")) == MAX_FINDINGS["text"]
    assert len(told(items, "", structured=True)) == MAX_FINDINGS["json"]


def test_a_line_that_the_reply_does_not_have_is_not_quoted() -> None:
    assert told([finding("m", line=9)], "one line") == ["m"]


@given(st.text(alphabet="</ >problemfindgsPROBLEM\n"))
def test_data_can_not_close_their_block(text: str) -> None:
    assert "</problem" not in as_data(text).lower()
    assert "<findings" not in as_data(text).lower()


def test_other_text_is_sent_as_it_is() -> None:
    text = "if a < b and c > d: <b>problem</b> {{problem}}"

    assert as_data(text) == text


@pytest.mark.parametrize(
    ("structured", "keys"),
    [
        (False, ["9a52cbe1cd3df464", "76fd376ac926534d"]),
        (True, ["211cee4f58d903b4", "cd62550f0222b169"]),
    ],
)
def test_requests_without_further_features_stay_what_they_were(
    bakery: str, bakery_five: str, structured: bool, keys: list[str]
) -> None:
    asked: list[ChatRequest] = []

    def answer(request: ChatRequest) -> str:
        asked.append(request)
        return bakery_five if len(asked) > 1 else bakery_five.replace("<= flour ", "<= flower ")

    solve_problem(bakery, FunctionModel(answer, structured=structured), max_repairs=1)

    assert [request_key(each, "m")[:16] for each in asked] == keys
