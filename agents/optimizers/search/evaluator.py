"""Evaluation of candidates: what is known is found, and the rest is run as far as the limits allow."""

import asyncio
import math
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import TypeVar

from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.evaluations import Evaluations
from steepest.agents.optimizers.search.executors import Executor, Job
from steepest.agents.optimizers.search.limits import BudgetSpent, Spending
from steepest.agents.optimizers.search.protocols import Program
from steepest.agents.optimizers.search.rollouts import Example, Rollout, Split
from steepest.errors import InputError

__all__ = ["Evaluator", "failure_score"]

T = TypeVar("T")
Place = tuple[str, str]
"""A candidate's digest and an example's key."""

_LAST_MOMENT = 0.05
"""Seconds, when the time is over, for what is done already."""


class Evaluator:
    """Makes rollouts, each once, and pays for them.

    Args:
        program: What is run.
        examples: By split and key.
        spending: What may be spent.
        evaluations: What was evaluated before, and what will be.
        executor: Where the program runs.
        report: Called after every rollout.
        failure_score: What a run that raises counts as; unless given, found from the first rollouts, the seed's.
    """

    def __init__(
        self,
        program: Program,
        examples: Mapping[Split, Mapping[str, Example]],
        spending: Spending,
        evaluations: Evaluations,
        executor: Executor,
        report: Callable[[], None],
        failure_score: float | None = None,
    ) -> None:
        self._program = program
        self._examples = examples
        self._spending = spending
        self._evaluations = evaluations
        self._executor = executor
        self._report = report
        self.failure_score = failure_score
        spending.expect(evaluations.costs(), executor.workers)

    async def rollouts(self, candidates: Sequence[Candidate], keys: Sequence[str], split: Split) -> list[list[Rollout]]:
        """For each candidate in the order of the keys.

        Raises:
            BudgetSpent: The limits do not allow for all of them. Where that can be told beforehand nothing is begun;
                else what was begun in time is made to its end and kept.
            InputError: The program gives figures that are none.
        """
        found: dict[Place, Rollout] = {}
        wanted: dict[Place, Candidate] = {}
        for candidate in candidates:
            for key in keys:
                place = candidate.digest, key
                if place in found or place in wanted:
                    continue
                known = self._evaluations.find(candidate.digest, split, key)
                if known is None:
                    wanted[place] = candidate
                else:
                    found[place] = known
        if wanted:
            self._spending.require(sum(not self._evaluations.is_begun(each[0], split, each[1]) for each in wanted))
            await self._run(wanted, split, found)
        if self.failure_score is None:
            self.failure_score = failure_score(list(found.values()))
        settled = {place: self._settled(rollout) for place, rollout in found.items()}
        return [[settled[candidate.digest, key] for key in keys] for candidate in candidates]

    def close(self) -> None:
        """Let go of executor and evaluations."""
        self._executor.close()
        self._evaluations.close()

    async def _run(self, wanted: Mapping[Place, Candidate], split: Split, found: dict[Place, Rollout]) -> None:
        places = list(wanted)
        begun: dict[int, float] = {}
        reasons: list[BudgetSpent] = []

        def jobs() -> Iterator[Job]:
            """What is begun next, as soon as there is a worker for it and as long as the limits allow."""
            for number, (digest, key) in enumerate(places):
                try:
                    self._spending.require_run()
                except BudgetSpent as reason:
                    reasons.append(reason)
                    return
                self._spending.begin(is_new=self._evaluations.begin(digest, split, key))
                begun[number] = time.monotonic()
                yield Job(wanted[digest, key].values, self._examples[split][key], split == "train")

        async with aclosing(self._executor.run(self._program, jobs())) as made:
            async for number, rollout in _in_time(made, lambda: self._spending.seconds_left):
                checked = self._checked(rollout)
                seconds = time.monotonic() - begun[number]
                self._spending.hear(checked.tokens, checked.money, seconds, checked.unpriced)
                found[places[number]] = checked
                self._evaluations.keep(places[number][0], split, checked)
                self._report()
        for reason in reasons:
            raise reason
        if any(place not in found for place in places):
            self._spending.require_time()
            raise InputError(f"the executor {type(self._executor).__name__} has left out rollouts that it was to make")

    def _checked(self, rollout: Rollout) -> Rollout:
        """A rollout whose figures are figures; what is of no account is left out.

        Raises:
            InputError: They are not.
        """
        if rollout.error:
            rollout = replace(rollout, score=0.0, objectives={})
        figures = {name: getattr(rollout, name) for name in ("score", "tokens", "money", "seconds")}
        for name, figure in (*figures.items(), *rollout.objectives.items()):
            if not isinstance(figure, (int, float)) or not math.isfinite(figure):
                raise InputError(
                    f"{type(self._program).__qualname__} gives {name} {figure!r} for the example {rollout.example!r}: "
                    "it has to be a finite number; a run that has no score raises an error, or gives a rollout with one"
                )
        return rollout

    def _settled(self, rollout: Rollout) -> Rollout:
        return replace(rollout, score=self.failure_score or 0.0) if rollout.error else rollout


async def _in_time(made: AsyncGenerator[T, None], seconds_left: Callable[[], float | None]) -> AsyncGenerator[T, None]:
    """What is made until the time is over, all that is done by then included."""
    if seconds_left() is None:
        async for each in made:
            yield each
        return
    while True:
        coming = asyncio.ensure_future(anext(made))
        try:
            await asyncio.wait({coming}, timeout=max(seconds_left() or 0.0, _LAST_MOMENT))
            if not coming.done():
                return
            yield coming.result()
        except StopAsyncIteration:
            return
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)


def failure_score(runs: Sequence[Rollout]) -> float:
    """What a run that raises counts as, given the seed's runs.

    It is 0 if no score of theirs is negative, as for shares of right answers. Otherwise it lies below all of them by as
    much as they are apart, or 1, so that nothing wins by failing.

    Raises:
        InputError: All of them raised, so that nothing is known of what scores are like here.
    """
    scores = [each.score for each in runs if not each.error]
    if runs and not scores:
        raise InputError(
            f"every run of the values to begin with fails: {runs[0].error}\nMend the workflow; or, if mending it is "
            "what the search is for, say what a failure counts as (failure_score=), less than any score of a run that "
            "does not fail"
        )
    lowest = min(scores, default=0.0)
    return 0.0 if lowest >= 0 else lowest - max(1.0, max(scores) - lowest)
