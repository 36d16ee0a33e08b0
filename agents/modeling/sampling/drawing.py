"""Draws formulations of one problem until it is clear which answer they elect.

    ask = partial(answer_problem, text, model, ...)
    answer = await answer_by_vote(ask, samples=5, structured=model.structured)

The first is the one that a run without samples would make, word for word, so that its replies are found in a cache.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Protocol

from steepest.agents.modeling.answer import Answer
from steepest.agents.modeling.sampling.agreement import Agreement
from steepest.agents.modeling.sampling.confidence import CALIBRATED, SURE, Calibrated
from steepest.agents.modeling.sampling.election import Election, elect
from steepest.agents.modeling.sampling.evidence import evidence_for
from steepest.agents.modeling.sampling.groups import SAME
from steepest.agents.modeling.sampling.telling import doubts_about, told_first
from steepest.errors import InputError, SteepestError

__all__ = ["MOST_SAMPLES", "VARIED", "Ask", "agreed", "answer_by_vote", "confidence_in", "still_wanted"]

MOST_SAMPLES = 100
VARIED = 0.7
"""Temperature of further samples of a model asked in text: small ones give their likeliest answer again and again."""

_FEWEST = 3
_CLEAR_LEAD = 2
"""Ahead by so many of at least `_FEWEST`, an answer is clear."""


class Ask(Protocol):
    """Answers the problem once more."""

    def __call__(self, *, sample: int, temperature: float | None) -> Awaitable[Answer]:
        """The answer of this sample, counted from 0."""


async def answer_by_vote(
    ask: Ask, samples: int, *, structured: bool, sure_at: float = SURE, calibrated: Calibrated = CALIBRATED
) -> Answer:
    """The answer that most of at most so many formulations agree on, and how sure it is (`Answer.agreement`).

    Args:
        ask: Answers the problem once.
        samples: The most formulations; fewer are drawn where the vote is clear before.
        structured: Whether the model is asked in JSON; one that is not is given a temperature.
        sure_at: Confidence below which the answer says that it is not sure.
        calibrated: Weighs the evidence.

    Raises:
        InputError: `samples` or `sure_at` is out of its range.
        LLMError: The model could not be asked at all.
    """
    require_samples(samples)
    if not 0 <= sure_at <= 1:
        raise InputError(f"the confidence to be sure at is {sure_at}; give a share from 0 to 1.")
    answers: list[Answer] = []
    while wanted := still_wanted(answers, samples):
        first = len(answers)
        temperatures = [None if structured or number == 0 else VARIED for number in range(first, first + wanted)]
        came = await _all([ask(sample=first + place, temperature=each) for place, each in enumerate(temperatures)])
        answers += [each for each in came if isinstance(each, Answer)]
        failures = [each for each in came if not isinstance(each, Answer)]
        if failures and not answers:
            raise failures[0]
        if failures:  # a budget or a connection: what there is by then is voted on
            return agreed(answers, samples, sure_at=sure_at, calibrated=calibrated, ended=str(failures[0]))
    return agreed(answers, samples, sure_at=sure_at, calibrated=calibrated)


def require_samples(samples: int) -> None:
    """Check how many samples are asked for.

    Raises:
        InputError: There are too few or too many.
    """
    if not 1 <= samples <= MOST_SAMPLES:
        raise InputError(f"{samples} samples; give 1 to {MOST_SAMPLES}.")


def still_wanted(answers: Sequence[Answer], samples: int, tolerance: float = SAME) -> int:
    """How many more are to be drawn at once: as many as a clear lead needs at the least; 0 when it is clear."""
    left = samples - len(answers)
    if left <= 0:
        return 0
    if len(answers) < _FEWEST:
        return min(left, _FEWEST - len(answers))
    lead = elect(answers, tolerance).lead
    return min(left, max(_CLEAR_LEAD - max(lead, 0), 0))


def agreed(
    answers: Sequence[Answer],
    asked: int,
    *,
    sure_at: float = SURE,
    tolerance: float = SAME,
    calibrated: Calibrated = CALIBRATED,
    ended: str = "",
) -> Answer:
    """The elected one of several answers, with what the vote says about it and the steps of all.

    Args:
        answers: At least one, in the order of their samples.
        asked: How many could have been drawn.
        sure_at: Confidence below which the answer says that it is not sure.
        tolerance: Relative difference up to which two values are the same.
        calibrated: Weighs the evidence.
        ended: Why no more were drawn, if something failed.
    """
    election = elect(answers, tolerance)
    winner, drawn = answers[election.winner], len(answers)
    agreement = Agreement(
        asked=asked,
        drawn=drawn,
        chosen=election.winner + 1,
        groups=list(election.groups),
        without_verdict=drawn - sum(len(group.samples) for group in election.groups),
        confidence=confidence_in(answers, election, calibrated),
        sure_at=sure_at,
        doubts=[*doubts_about(winner, election, drawn), *([f"no more could be drawn: {ended}"] if ended else [])],
    )
    return winner.model_copy(
        update={
            "agreement": agreement,
            "explanation": told_first(winner.explanation, agreement),
            "steps": [step for answer in answers for step in answer.steps],
        }
    )


def confidence_in(answers: Sequence[Answer], election: Election, calibrated: Calibrated = CALIBRATED) -> float:
    """The chance that the winner of an election is right; 0 where no answer is a verdict."""
    if not election.groups:
        return 0.0
    return calibrated.confidence(evidence_for(answers[election.winner], election, len(answers)))


async def _all(asked: Sequence[Awaitable[Answer]]) -> list[Answer | SteepestError]:
    """What each came to, in their order; a failure that is none of ours ends the others."""
    tasks = [asyncio.ensure_future(_answer_or_failure(each)) for each in asked]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


async def _answer_or_failure(asked: Awaitable[Answer]) -> Answer | SteepestError:
    try:
        return await asked
    except SteepestError as error:
        return error
