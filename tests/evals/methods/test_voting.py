"""Several answers vote; the one wins that most others agree with."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from steepest.agents.llm import FunctionModel, ProviderError
from steepest.evals.attempts import Attempt, AttemptOutcome, Spent
from steepest.evals.methods import open_method
from steepest.evals.methods.protocol import Workbench
from steepest.evals.methods.settings import Voting
from steepest.evals.methods.voting import MajorityVote, elected
from steepest.evals.problems import Question
from tests.evals.methods.conftest import Attempting, Talker


def answered(*objectives: float) -> list[Attempt]:
    return [Attempt(outcome="answered", objective=each) for each in objectives]


def failed(outcome: AttemptOutcome, message: str = "") -> Attempt:
    return Attempt(outcome=outcome, message=message)


@dataclass(frozen=True)
class Prepared:
    """A method that gives prepared attempts by their epoch, and remembers which were asked for."""

    attempts: Sequence[Attempt | Exception]
    name: str = "prepared"
    prompts: tuple[str, ...] = ("prepared@1:abc",)
    epochs: list[int] = field(default_factory=list)

    async def attempt(self, question: Question, bench: Workbench) -> Attempt:
        self.epochs.append(bench.epoch)
        place = (bench.epoch - 1) % len(self.attempts)
        await asyncio.sleep(0.001 * (len(self.attempts) - place))  # the last is ready first
        made = self.attempts[place]
        if isinstance(made, Exception):
            raise made
        return made


def voted(attempts: Sequence[Attempt | Exception], attempt: Attempting, epoch: int = 1) -> tuple[Attempt, list[int]]:
    voter = Prepared(attempts)
    made = attempt(MajorityVote("prepared+vote", voter, Voting(votes=len(attempts))), epoch=epoch)
    return made, voter.epochs


def test_the_majority_wins_and_its_share_is_the_confidence(attempt: Attempting) -> None:
    made, _ = voted([*answered(1, 336, 2, 336), failed("compile_error")], attempt)

    assert (made.objective, made.confidence) == (336, 2 / 5)
    assert made.candidates == (1, 336, 2, 336, None)


def test_the_earliest_of_equals_wins(attempt: Attempting) -> None:
    made, _ = voted(answered(5, 7, 7, 5), attempt)

    assert made.objective == 5


def test_objectives_within_the_tolerance_agree() -> None:
    winner, votes = elected(answered(100, 200, 200.001, 300), 1e-4)
    _, apart = elected(answered(200, 200.001), 1e-7)

    assert (winner.objective, votes, apart) == (200, 2, 1)


def test_zeros_of_two_solvers_agree() -> None:
    _, votes = elected(answered(0, 1e-9, -1e-9), 1e-4)

    assert votes == 3


def test_a_verdict_without_an_answer_votes_for_itself() -> None:
    winner, votes = elected([*answered(3), failed("infeasible"), failed("infeasible"), failed("unbounded")], 1e-4)

    assert (winner.outcome, votes) == ("infeasible", 2)


def test_without_any_verdict_the_most_frequent_failure_stands_without_votes() -> None:
    candidates = [failed("llm_error"), failed("compile_error", "first"), failed("compile_error", "second")]

    winner, votes = elected(candidates, 1e-4)

    assert (winner.outcome, winner.message, votes) == ("compile_error", "first", 0)


def test_what_all_candidates_took_is_counted(attempt: Attempting) -> None:
    taken = Spent(calls=2, input_tokens=10, output_tokens=5, cost=Decimal("0.01"), seconds=1.5)
    one = Attempt(
        outcome="answered", objective=1, rounds=1, spent=taken, solve_seconds=0.5, transcript=({"step": "a"},)
    )

    made, _ = voted([one, one, one], attempt)

    assert made.spent == Spent(calls=6, input_tokens=30, output_tokens=15, cost=Decimal("0.03"), seconds=4.5)
    assert (made.rounds, made.solve_seconds, len(made.transcript)) == (3, 1.5, 3)
    assert made.confidence == 1


def test_what_is_not_known_of_one_candidate_is_not_known_of_all(attempt: Attempting) -> None:
    known = Attempt(outcome="answered", objective=1, spent=Spent(calls=1, input_tokens=3, cost=Decimal(1)))
    unknown = Attempt(outcome="answered", objective=1, spent=Spent(calls=1, input_tokens=None, cost=None))

    made, _ = voted([known, unknown], attempt)

    assert (made.spent.input_tokens, made.spent.cost, made.spent.output_tokens) == (None, None, 0)


def test_epochs_share_no_sample(attempt: Attempting) -> None:
    _, first = voted(answered(1, 1, 1), attempt)
    _, second = voted(answered(1, 1, 1), attempt, epoch=2)

    assert (first, second) == ([1, 2, 3], [4, 5, 6])


def test_a_failure_of_the_infrastructure_ends_the_vote(attempt: Attempting) -> None:
    with pytest.raises(ProviderError):
        voted([*answered(1, 2), ProviderError("down", kind="server")], attempt)


def test_voters_asked_in_text_are_given_a_temperature(
    attempt: Attempting, bakery_five: str, talked: list[Talker]
) -> None:
    for settings, structured in [({}, False), ({"temperature": 0.3}, False), ({}, True)]:
        reply = bakery_five if not structured else "{}"
        attempt(open_method("five+vote", {"votes": 2, **settings}), reply, reply, structured=structured)

    asked = [[(each.sample, each.temperature) for each in talker.requests] for talker in talked]
    assert asked == [[(0, 0.7), (1, 0.7)], [(0, 0.3), (1, 0.3)], [(0, None), (1, None)]]


def test_five_repair_vote_answers_the_bakery(attempt: Attempting, bakery_five: str) -> None:
    unread = "no formulation"
    other = bakery_five.replace("flour = 40", "flour = 30")
    made = attempt(open_method("five+repair+vote", {"votes": 3, "repairs": 1}), bakery_five, unread, other, bakery_five)

    assert (made.outcome, made.objective, made.rounds) == ("answered", 336, 1)
    assert made.confidence is not None
    assert 0 < made.confidence < 1
    assert made.formulation


def test_cancelling_a_vote_cancels_its_voters(bakery: Question) -> None:
    ended = []

    async def answer(request: object) -> str:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(request)
        return ""

    async def cancelled() -> None:
        bench = Workbench(FunctionModel(answer), None, None, None)  # type: ignore[arg-type]  # it never comes so far
        under_way = asyncio.ensure_future(open_method("direct+vote", {"votes": 3}).attempt(bakery, bench))
        await asyncio.sleep(0.05)
        under_way.cancel()
        await asyncio.gather(under_way, return_exceptions=True)

    asyncio.run(cancelled())
    assert len(ended) == 3
