"""The first stage: insights that may apply, by four rankings fused into one, without asking a model.

Reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009): rankings whose scores can't be compared are added up
by ranks. What experience says about an insight then weighs in: how often it helped when it made a difference.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from steepest.agents.library.retrieval.queries import Query
from steepest.agents.library.retrieval.shelf import Shelf
from steepest.agents.library.stores.protocol import Entry
from steepest.agents.library.words import stems

__all__ = ["RANKINGS", "Candidate", "Ranking", "candidates", "fused"]

Ranking: TypeAlias = Literal["label", "words", "meaning", "structure"]
RANKINGS: tuple[Ranking, ...] = ("label", "words", "meaning", "structure")

_DAMPING = 60
"""The constant of reciprocal rank fusion, as in the paper: how little the first rank is worth above the tenth."""
_DEEP = 100
"""Of each ranking; what is below it in all of them is no candidate."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An insight that may apply."""

    entry: Entry
    score: float
    ranks: dict[Ranking, int]
    """From 1, in the rankings that found it: why it is here."""


def candidates(
    shelf: Shelf, query: Query, limit: int = 30, *, rankings: Sequence[Ranking] = RANKINGS
) -> list[Candidate]:
    """The insights that may apply, the most promising first.

    Args:
        shelf: The active insights, up to date (`Shelf.refresh`).
        query: The problem.
        limit: The most of them.
        rankings: What they are found by.

    Raises:
        LibraryError: The library can't be read.
    """
    found: dict[Ranking, Iterable[str]] = {name: _ranked(shelf, query, name) for name in rankings}
    ranks: dict[str, dict[Ranking, int]] = defaultdict(dict)
    for name, ranking in found.items():
        for rank, insight in enumerate(ranking, start=1):
            if insight in shelf.entries:  # the index of words may be of a later moment
                ranks[insight][name] = rank
    listed = [_candidate(shelf.entries[insight], where) for insight, where in ranks.items()]
    listed.sort(key=lambda each: (-each.score, each.entry.insight.id))
    return listed[:limit]


def fused(ranks: Iterable[int]) -> float:
    """The score of something by its ranks, from 1, in the rankings that hold it."""
    return sum(1 / (_DAMPING + rank) for rank in ranks)


def _candidate(entry: Entry, ranks: dict[Ranking, int]) -> Candidate:
    return Candidate(entry, fused(ranks.values()) * entry.usage.usefulness, ranks)


def _ranked(shelf: Shelf, query: Query, ranking: Ranking) -> list[str]:
    match ranking:
        case "label":
            return shelf.labelled(query.labels)[:_DEEP]
        case "words":
            return shelf.worded(stems(query.text), _DEEP)
        case "meaning":
            return [name for name, _ in shelf.nearest(query.text, _DEEP)]
        case "structure":
            return [name for name, _ in shelf.similar(query.fingerprint, _DEEP)]
