"""Which insights may say the same: those under a label of their own, and those that are near in words."""

from collections import defaultdict

from steepest.agents.library.insights import Insight
from steepest.agents.library.retrieval.rank_fusion import fused
from steepest.agents.library.retrieval.shelf import Shelf
from steepest.agents.library.stores.protocol import Entry

__all__ = ["neighbours"]

_NEAR = 0.5
"""The cosine from which insights are compared that share no label."""
_DEEP = 50
"""Of the rankings by meaning and structure."""


def neighbours(insight: Insight, shelf: Shelf, most: int) -> list[Entry]:
    """The active insights that may say the same as one, the nearest first; itself is not among them.

    Args:
        insight: It may be on the shelf or not.
        shelf: Up to date (`Shelf.refresh`).
        most: The most of them.
    """
    labelled = set(shelf.labelled(insight.labels))
    meaning = shelf.nearest(insight.text, _DEEP)
    near = labelled | {name for name, cosine in meaning if cosine >= _NEAR}
    ranks: dict[str, list[int]] = defaultdict(list)
    for ranking in (meaning, shelf.similar(insight.fingerprint, _DEEP)):
        for rank, (name, _) in enumerate(ranking, start=1):
            ranks[name].append(rank)
    near.discard(insight.id)
    ordered = sorted(near, key=lambda name: (-fused(ranks[name]), name))
    return [shelf.entries[name] for name in ordered[:most]]
