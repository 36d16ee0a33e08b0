"""The first stage: insights that may apply, by five rankings fused into one, without asking a model.

Each ranking's scores are told in standard deviations above the average insight. So a ranking that sets few insights
apart has much to say and one that finds them all alike has little, whatever the library holds; ranks would hide that.
What experience says about an insight then weighs in: how often it helped when it made a difference.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from steepest.agents.library.retrieval.diversity import spread_out
from steepest.agents.library.retrieval.queries import Query
from steepest.agents.library.retrieval.shelf import RANKINGS, Ranking, Shelf
from steepest.agents.library.stores.protocol import Entry

__all__ = ["Candidate", "candidates"]

_WEIGHTS: Mapping[Ranking, float] = MappingProxyType(
    {"label": 1.0, "cues": 1.5, "words": 1.0, "meaning": 0.4, "structure": 2.0}
)
"""Found with benchmarks/retrieval_quality.py on the problems of its own, and held against published ones."""
_FARTHEST = 5.0
"""Standard deviations; beyond that it makes no difference. A wrong label would outweigh all else."""
_DEEP = 100
"""Of each ranking: what is below it there is not said to be found by it."""
_POOL = 600
"""The best from which candidates that differ are taken."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An insight that may apply."""

    entry: Entry
    score: float
    ranks: dict[Ranking, int]
    """From 1, in the rankings that found it: why it is here."""


def candidates(
    shelf: Shelf,
    query: Query,
    limit: int = 30,
    *,
    rankings: Sequence[Ranking] = RANKINGS,
    only: Collection[str] | None = None,
    without: Collection[str] = (),
) -> list[Candidate]:
    """The insights that may apply, the most promising first, but none too much like one before it.

    Args:
        shelf: The active insights, up to date (`Shelf.refresh`).
        query: The problem.
        limit: The most of them.
        rankings: What they are found by.
        only: Ids that may be found; None is all.
        without: Ids that may not.
    """
    scored = {name: shelf.scores(query, name) for name in rankings}
    told = {name: scores for name, scores in scored.items() if scores is not None and scores.any()}
    if not told:
        return []
    score = 1 + sum(_WEIGHTS[name] * _standing(scores) for name, scores in told.items())
    score = np.where(_found(told) & _allowed(shelf, only, without), score * shelf.usefulness, 0)
    pool = _best(score, max(limit, _POOL))
    chosen = [int(pool[place]) for place in spread_out(score[pool], shelf.vectors[pool], limit)]
    ranks = {name: {int(place): rank for rank, place in enumerate(_best(s, _DEEP), 1)} for name, s in told.items()}
    entries = shelf.listed
    return [
        Candidate(entries[at], float(score[at]), {name: where[at] for name, where in ranks.items() if at in where})
        for at in chosen
    ]


def _standing(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far each is above the average, in standard deviations; 0 below it, or where all are alike."""
    deviation = float(scores.std())
    if deviation == 0:
        return np.zeros_like(scores)
    return np.asarray(np.clip((scores - scores.mean()) / deviation, 0, _FARTHEST), np.float32)


def _found(told: Mapping[Ranking, NDArray[np.float32]]) -> NDArray[np.bool_]:
    """Which insights any ranking has found."""
    return np.asarray(np.any([scores > 0 for scores in told.values()], axis=0), np.bool_)


def _allowed(shelf: Shelf, only: Collection[str] | None, without: Collection[str]) -> NDArray[np.bool_]:
    allowed = np.full(len(shelf), only is None)
    allowed[shelf.places(only or ())] = True
    allowed[shelf.places(without)] = False
    return allowed


def _best(scores: NDArray[np.floating], count: int) -> NDArray[np.intp]:
    """The places of the best above 0, the best first; of equals the first."""
    count = min(count, len(scores))
    least = float(np.partition(scores, len(scores) - count)[len(scores) - count])
    places = np.flatnonzero((scores >= least) & (scores > 0))
    return places[np.argsort(-scores[places], kind="stable")][:count]
