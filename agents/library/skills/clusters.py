"""Groups of insights about one kind of model: near in labels, structure and words.

Average linkage (UPGMA; Sokal and Michener, 1958): the two groups whose members are the most alike on average become
one, until no two are alike enough. No seed and no order of the insights has a part in it.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from steepest.agents.library.embeddings.protocol import Embedder
from steepest.agents.library.fingerprints import similarity
from steepest.agents.library.insights import Insight
from steepest.agents.library.labels import Label, Taxonomy
from steepest.errors import InputError

__all__ = ["clusters"]

_ALIKE = 0.45
"""How alike the members of two groups have to be, on average, to be one. Two of one label and few words in common are;
two of neighbouring labels are only if structure or words agree, too."""
_WEIGHTS = {"label": 0.4, "structure": 0.3, "words": 0.3}
_SMALLEST, _LARGEST = 2, 12
_MOST = 3_000
"""Insights that are compared, each with each."""


def clusters(insights: Sequence[Insight], taxonomy: Taxonomy, embedder: Embedder) -> list[list[Insight]]:
    """Groups of two to twelve insights, the largest first; what is like no other is in none.

    Args:
        insights: What is grouped.
        taxonomy: Says which labels are the same.
        embedder: Of their words.

    Raises:
        InputError: There are too many to compare.
    """
    if len(insights) > _MOST:
        raise InputError(
            f"{len(insights):,} insights are too many for groups: take those under a label, at most {_MOST:,}."
        )
    ordered = sorted(insights, key=lambda each: each.id)
    groups = _linked(_likeness(ordered, taxonomy, embedder))
    found = [[ordered[place] for place in group] for group in groups if len(group) >= _SMALLEST]
    return sorted(found, key=lambda group: (-len(group), group[0].id))


def _likeness(insights: Sequence[Insight], taxonomy: Taxonomy, embedder: Embedder) -> NDArray[np.float64]:
    """How alike each two are, 0 to 1; where one has no structure, the rest decides."""
    count = len(insights)
    if not count:
        return np.zeros((0, 0))
    vectors = embedder.embed([f"{each.title}\n{each.condition}\n{each.explanation}" for each in insights])
    words = np.clip(vectors @ vectors.T, 0, 1).astype(np.float64)
    labels = [[taxonomy.settled(label) for label in each.labels] for each in insights]
    label, structure, has_structure = np.zeros((3, count, count))
    for row in range(count):
        for column in range(row):
            label[row, column] = _label_likeness(labels[row], labels[column])
            one, other = insights[row].fingerprint, insights[column].fingerprint
            has_structure[row, column] = bool(one and other)
            structure[row, column] = similarity(one, other)
    weight = _WEIGHTS["label"] + _WEIGHTS["words"] + _WEIGHTS["structure"] * has_structure
    total = _WEIGHTS["label"] * label + _WEIGHTS["words"] * words + _WEIGHTS["structure"] * structure
    lower: NDArray[np.float64] = np.tril(total / weight, -1)
    return np.add(lower, lower.T)


def _label_likeness(one: Sequence[Label], other: Sequence[Label]) -> float:
    """1 with a label in common, a half with a level 1."""
    if {label.key for label in one} & {label.key for label in other}:
        return 1.0
    above = [{(label.track.casefold(), label.level1.casefold()) for label in labels} for labels in (one, other)]
    return 0.5 if above[0] & above[1] else 0.0


def _linked(likeness: NDArray[np.float64]) -> list[list[int]]:
    """Groups of places, by average linkage; of equals the first two are linked."""
    groups = {place: [place] for place in range(len(likeness))}
    near = likeness.copy()
    np.fill_diagonal(near, -1.0)
    while len(groups) > 1:
        first, second = sorted(int(each) for each in np.unravel_index(int(np.argmax(near)), near.shape))
        if near[first, second] < _ALIKE:
            break
        if len(groups[first]) + len(groups[second]) > _LARGEST:
            near[first, second] = near[second, first] = -1.0
            continue
        _link(near, groups, first, second)
    return [sorted(group) for group in groups.values()]


def _link(near: NDArray[np.float64], groups: dict[int, list[int]], first: int, second: int) -> None:
    """Make one group of two; its likeness to a third is the mean over members."""
    sizes = len(groups[first]), len(groups[second])
    mean = (sizes[0] * near[first] + sizes[1] * near[second]) / sum(sizes)
    mean[(near[first] < 0) | (near[second] < 0)] = -1.0
    near[first, :] = near[:, first] = mean
    near[second, :] = near[:, second] = -1.0
    near[first, first] = -1.0
    groups[first] += groups.pop(second)
