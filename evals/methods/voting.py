"""The part `+vote`: several answers to the same question, of which the one wins that most others agree with."""

import asyncio
import math
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from time import perf_counter
from typing import Any, TypeVar

from steepest.evals.attempts import Attempt, Spent
from steepest.evals.methods.protocol import Closing, Method, Tool, Tooled, Workbench
from steepest.evals.methods.settings import Voting
from steepest.evals.problems import Question

__all__ = ["MajorityVote", "all_of", "ballot", "elected", "with_candidates"]

Made = TypeVar("Made")

_SMALLEST_DIFFERENCE = 1e-6
"""Objectives this close agree, whatever their size: two solvers' zeros."""


@dataclass(frozen=True)
class MajorityVote:
    """A method asked several times. Its confidence is the share of all answers that agree with the winner."""

    name: str
    voter: Method
    voting: Voting

    @property
    def prompts(self) -> tuple[str, ...]:
        """Those of the method that votes."""
        return self.voter.prompts

    @property
    def tool(self) -> Tool | None:
        """That of the method that votes."""
        return self.voter.tool if isinstance(self.voter, Tooled) else None

    def close(self) -> None:
        """Close the method that votes."""
        if isinstance(self.voter, Closing):
            self.voter.close()

    async def attempt(self, question: Question, bench: Workbench) -> Attempt:
        """Ask for all answers at once and elect one."""
        begun = perf_counter()
        benches = [ballot(bench, self.voting, number) for number in range(self.voting.votes)]
        candidates = await all_of([self.voter.attempt(question, each) for each in benches])
        winner, votes = elected(candidates, self.voting.vote_tolerance)
        return with_candidates(winner, candidates, votes / len(candidates), perf_counter() - begun)


def ballot(bench: Workbench, voting: Voting, number: int) -> Workbench:
    """The bench of one vote, counted from 0: epochs share no sample."""
    return replace(bench, epoch=(bench.epoch - 1) * voting.votes + 1 + number)


def with_candidates(winner: Attempt, candidates: Sequence[Attempt], confidence: float, seconds: float) -> Attempt:
    """The winner, with what all candidates came to and took."""
    return winner.model_copy(
        update={
            "confidence": confidence,
            "candidates": tuple(each.objective if each.executed else None for each in candidates),
            "rounds": sum(each.rounds for each in candidates),
            "solve_seconds": sum(each.solve_seconds for each in candidates),
            "seconds": seconds,
            "spent": _total([each.spent for each in candidates]),
            "transcript": tuple(record for each in candidates for record in each.transcript),
        }
    )


def elected(candidates: Sequence[Attempt], tolerance: float) -> tuple[Attempt, int]:
    """The winner and its votes: the candidate that most agree with, the earliest of several.

    Only candidates that came to a verdict of a solver vote. Without any, the earliest of the most frequent failure
    stands, with no votes.
    """
    voters = [each for each in candidates if each.executed]
    if not voters:
        outcome, _ = Counter(each.outcome for each in candidates).most_common(1)[0]
        return next(each for each in candidates if each.outcome == outcome), 0
    votes = [sum(_agree(each, other, tolerance) for other in voters) for each in voters]
    most = max(votes)
    return voters[votes.index(most)], most


def _agree(one: Attempt, other: Attempt, tolerance: float) -> bool:
    if one.outcome != other.outcome:
        return False
    if one.objective is None or other.objective is None:
        return one.objective is other.objective
    return math.isclose(one.objective, other.objective, rel_tol=tolerance, abs_tol=_SMALLEST_DIFFERENCE)


def _total(all_spent: Sequence[Spent]) -> Spent:
    """Sums; None as soon as one part is not known."""
    costs = [each.cost for each in all_spent if each.cost is not None]
    return Spent(
        calls=sum(each.calls for each in all_spent),
        input_tokens=_sum([each.input_tokens for each in all_spent]),
        output_tokens=_sum([each.output_tokens for each in all_spent]),
        cost=sum(costs, Decimal(0)) if len(costs) == len(all_spent) else None,
        seconds=sum(each.seconds for each in all_spent),
    )


def _sum(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


async def all_of(attempts: Sequence[Coroutine[Any, Any, Made]]) -> list[Made]:
    """All attempts, in their order; the first failure of the infrastructure ends the others."""
    tasks = [asyncio.ensure_future(attempt) for attempt in attempts]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
