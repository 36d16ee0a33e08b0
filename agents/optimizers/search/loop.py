"""The one loop of every strategy: restore what was done, then make steps until something ends the search."""

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count

from steepest.agents.optimizers.search.journal import Journal
from steepest.agents.optimizers.search.limits import BudgetSpent
from steepest.agents.optimizers.search.protocols import Stopper, Strategy
from steepest.agents.optimizers.search.records import Refused, StepRecord
from steepest.agents.optimizers.search.search import Search
from steepest.errors import InputError

__all__ = ["Ended", "carry_out"]

IDLE_STEPS = 25
"""Steps in a row without anything new to evaluate after which there is nothing left to try, or nobody who finds it: a
model that repeats itself would go on being paid for that."""
IDLE_PROPOSALS = 30
"""Proposals in such steps after which it is the same: a model that never gives a usable one asks for repairs, too."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a search ended."""

    reason: str
    steps: int
    recorded: int
    """Steps on record: those, the seed's evaluation, and one that was broken off."""


async def carry_out(
    search: Search,
    strategy: Strategy,
    *,
    stoppers: Sequence[Stopper] = (),
    steps: int | None = None,
    journal: Journal | None = None,
) -> Ended:
    """Search until the budget is spent or a stopper says so.

    What was recorded before is restored and not made again; a step that the end of a budget broke off is made again, so
    that with a larger one the search goes on as if there had been no end.

    Args:
        search: One that has not begun.
        strategy: How to search.
        stoppers: What may end it before the budget does.
        steps: The most steps, those before a resume included.
        journal: Where its records are read and written; a temporary one unless given.

    Raises:
        BudgetSpent: The budget does not even allow for the evaluation of the seed.
        InputError: The journal can't be used.
        LLMError: A model can't be asked, for good. What was done until then is in the journal.
    """
    journal = journal or Journal()
    known: deque[StepRecord] = deque(maxlen=IDLE_STEPS + 1)
    search.sow()
    for record in journal.read():
        search.spending.go_on_after(record.seconds, record.tokens, record.money, record.unpriced)
        if record.stopped:
            break
        search.restore(record)
        strategy.observe(record)
        known.append(record)
    if not known:
        search.begin(0)
        await search.evaluate([search.pool[0]], search.keys(search.ranking), search.ranking)
        known.append(_close_step(search, strategy, journal))
    for step in _numbers(known[-1].step + 1, steps):
        reason = next((words for each in stoppers if (words := each.reason(search)) is not None), None)
        if reason is not None:
            return Ended(reason, step - 1, step)
        if (reason := _stalled(list(known))) is not None:
            return Ended(reason, step - 1, step)
        search.begin(step)
        try:
            search.spending.require_time()
            # By the records: what a step that is made again has paid for already does not keep it from being made.
            search.spending.require_more_than(known[-1].tokens, known[-1].money)
            await strategy.step(search)
        except BudgetSpent as error:
            known.append(search.record(str(error)))
            journal.write(known[-1])
            return Ended(str(error), step - 1, step + 1)
        known.append(_close_step(search, strategy, journal))
    return Ended(f"all {steps} steps are made", steps or 0, known[-1].step + 1)


def _close_step(search: Search, strategy: Strategy, journal: Journal) -> StepRecord:
    record = search.record()
    journal.write(record)
    search.learn(record)
    strategy.observe(record)
    return record


def _stalled(records: Sequence[StepRecord]) -> str | None:
    """Why there is no use in going on, by the last records, so that a resume does not begin to count again."""
    idle, refused = 0, list[Refused]()
    for before, after in zip(reversed(records[:-1]), reversed(records[1:]), strict=True):
        if after.births or after.tried or before.metric_calls != after.metric_calls:
            break
        idle += 1
        refused.extend(after.refused)
    if idle < IDLE_STEPS and len(refused) < IDLE_PROPOSALS:
        return None
    words = f"{idle} steps in a row brought nothing new to evaluate"
    reasons = Counter(each.reason for each in refused).most_common(1)
    return f"{words}; most proposals could not be used: {reasons[0][0]}" if reasons else words


def _numbers(first: int, most: int | None) -> Iterable[int]:
    if most is not None and most < 0:
        raise InputError(f"a search makes 0 steps or more, not {most}")
    return range(first, most + 1) if most is not None else count(first)
