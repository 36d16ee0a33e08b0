"""Formulations of one problem are drawn until the vote is clear; the answer says how sure it is, and why not."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

import steepest
from steepest.agents.llm import BudgetExceeded, ChatRequest, FunctionModel
from steepest.agents.modeling import Transcript, answer_problem, solve_problem
from steepest.agents.modeling.answer import Answer
from steepest.agents.modeling.checkpoints import Checkpoints
from steepest.agents.modeling.sampling.drawing import answer_by_vote, still_wanted
from steepest.errors import InputError, SteepestError
from steepest.solvers.battery.report import Basis, BatteryReport, Finding
from tests.agents.modeling.sampling.conftest import solved


class Drawn:
    """Gives prepared answers by their sample, and remembers what it was asked for."""

    def __init__(self, answers: Sequence[Answer | Exception]) -> None:
        self.answers = answers
        self.asked: list[tuple[int, float | None]] = []

    async def __call__(self, *, sample: int, temperature: float | None) -> Answer:
        self.asked.append((sample, temperature))
        came = self.answers[sample]
        if isinstance(came, Exception):
            raise came
        return came


def voted(drawn: Drawn, **options: Any) -> Answer:
    return asyncio.run(answer_by_vote(drawn, len(drawn.answers), structured=False, **options))


def test_three_that_agree_are_enough() -> None:
    drawn = Drawn([solved(336) for _ in range(9)])
    answer = voted(drawn)

    assert answer.agreement is not None
    assert (answer.agreement.drawn, answer.agreement.asked, answer.agreement.agreeing) == (3, 9, 3)
    assert answer.agreement.is_sure
    assert answer.explanation.startswith("It is 336.")
    assert "3 of 3 formulations (of at most 9) came to this answer" in answer.explanation


def test_a_close_vote_goes_on_to_the_last_and_says_that_it_is_not_sure(failed: Answer) -> None:
    answer = voted(Drawn([solved(336), solved(342), failed, solved(1), solved(336)]))

    assert answer.agreement is not None
    assert answer.agreement.drawn == 5
    assert not answer.agreement.is_sure
    assert answer.explanation.startswith("Not sure: confidence ")
    assert "- 2 of 5 came to this answer, and 1 to 342; 1 to 1" in answer.explanation
    assert "- 1 of 5 came to no answer" in answer.explanation
    assert answer.explanation.endswith("It is 336.")


def test_the_threshold_is_the_persons() -> None:
    answer = voted(Drawn([solved(336), solved(336), solved(336)]), sure_at=1.0)

    assert answer.agreement is not None
    assert not answer.agreement.is_sure


def test_only_further_samples_of_a_model_asked_in_text_get_a_temperature() -> None:
    in_text, in_json = Drawn([solved(1)] * 3), Drawn([solved(1)] * 3)
    voted(in_text)
    asyncio.run(answer_by_vote(in_json, 3, structured=True))

    assert in_text.asked == [(0, None), (1, 0.7), (2, 0.7)]
    assert in_json.asked == [(0, None), (1, None), (2, None)]


def test_where_all_fail_nothing_is_trusted(failed: Answer) -> None:
    answer = voted(Drawn([failed] * 3))

    assert answer.agreement is not None
    assert (answer.agreement.confidence, answer.agreement.groups, answer.agreement.without_verdict) == (0, [], 3)
    assert "none of 3 formulations came to an answer" in answer.explanation


def test_a_failure_in_the_middle_leaves_the_vote_to_what_there_is() -> None:
    answer = voted(Drawn([solved(336), BudgetExceeded("the budget is spent"), solved(336)]))

    assert answer.agreement is not None
    assert answer.agreement.drawn == 2
    assert answer.agreement.doubts == ["no more could be drawn: the budget is spent"]


def test_a_failure_of_all_is_raised() -> None:
    with pytest.raises(SteepestError, match="the budget is spent"):
        voted(Drawn([BudgetExceeded("the budget is spent")] * 3))


def test_a_failure_that_is_none_of_ours_ends_everything() -> None:
    with pytest.raises(ZeroDivisionError):
        voted(Drawn([solved(1), ZeroDivisionError(), solved(1)]))


@pytest.mark.parametrize("samples", [0, 101])
def test_a_number_of_samples_out_of_range_is_refused(samples: int) -> None:
    with pytest.raises(InputError, match="give 1 to 100"):
        asyncio.run(answer_by_vote(Drawn([]), samples, structured=False))


def test_no_more_are_wanted_than_a_clear_lead_needs() -> None:
    assert still_wanted([], 5) == 3
    assert still_wanted([solved(1), solved(1), solved(2)], 5) == 1
    assert still_wanted([solved(1), solved(2), solved(3)], 9) == 2
    assert still_wanted([solved(1), solved(2), solved(3)], 4) == 1
    assert still_wanted([solved(1)] * 3, 5) == 0


def test_the_whole_agent_votes(bakery: str, bakery_five: str) -> None:
    wrong = bakery_five.replace("flour = 40", "flour = 41")
    requests: list[ChatRequest] = []

    def reply(request: ChatRequest) -> str:
        requests.append(request)
        return wrong if request.sample == 1 else bakery_five

    answer = steepest.solve(bakery, model=FunctionModel(reply, name="fn", structured=False), samples=5, repairs=0)

    assert answer.solution is not None
    assert answer.solution.objective == pytest.approx(336)
    assert answer.agreement is not None
    assert [len(group.samples) for group in answer.agreement.groups] == [3, 1]
    assert sum(step.name == "formulate" for step in answer.steps) == len(answer.transcript) == len(requests) == 4


def test_the_first_sample_asks_what_a_run_without_samples_asks(
    script: Callable[..., Any], bakery: str, bakery_five: str
) -> None:
    alone, voting = script(bakery_five), script(*[bakery_five] * 3)
    steepest.solve(bakery, model=alone)
    steepest.solve(bakery, model=voting, samples=3)

    assert voting.requests[0] == alone.requests[0]


def test_what_tests_of_an_answer_found_is_a_doubt() -> None:
    def finding(basis: Basis) -> Finding:
        return Finding(
            test="duality",
            basis=basis,
            elements=("limit",),
            changed="limit up",
            happened="worse",
            must_hold="not worse",
        )

    battery = BatteryReport(status="optimal", findings=[finding("arrays"), finding("words")])
    answer = voted(Drawn([solved(336).model_copy(update={"battery": battery})] * 3))

    assert answer.agreement is not None
    assert not answer.agreement.is_sure
    assert answer.agreement.doubts == [
        "a test contradicts it: `limit`: limit up, worse; not worse",
        "tests of it found 1 thing worth a look",
    ]


def test_votes_that_are_kept_ask_nothing_twice(bakery: str, bakery_five: str, tmp_path: Path) -> None:
    asked: list[int] = []

    def reply(request: ChatRequest) -> str:
        asked.append(request.sample)
        return bakery_five

    model = FunctionModel(reply, name="fn", structured=False)
    kept = Checkpoints(tmp_path / "kept.sqlite")
    first = solve_problem(bakery, model, samples=3, checkpoints=kept)
    again = solve_problem(bakery, model, samples=3, checkpoints=kept)

    assert sorted(asked) == [0, 1, 2]
    assert again.agreement == first.agreement


def test_the_asynchronous_way_in_votes_too_and_leaves_the_event_loop_free(bakery: str, bakery_five: str) -> None:
    model = FunctionModel(lambda request: bakery_five, name="fn", structured=False)
    transcript, done = Transcript(), []

    async def apart(work: Callable[[], Any]) -> Any:
        done.append(work)
        return await asyncio.to_thread(work)

    answer = asyncio.run(answer_problem(bakery, model, samples=3, transcript=transcript, apart=apart))

    assert answer.agreement is not None
    assert answer.agreement.drawn == 3
    assert len(transcript) == 3
    assert len(done) == 6  # a solve and a test each
