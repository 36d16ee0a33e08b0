"""What several attempts at a problem come to: one right among k, the best of k, or what most of k agree on."""

import itertools
import math
import random
from collections.abc import Iterable, Sequence

__all__ = ["clusters", "eff_at_k", "majority_at_k", "pass_at_k"]

_SUBSETS = 2_000
"""Up to so many choices of k attempts are all looked at; beyond, so many are drawn."""


def pass_at_k(n: int, correct: int, k: int) -> float:
    """Chance that at least one of k attempts is right, estimated without bias from n >= k (Chen et al. 2021, eq. 1)."""
    if not 1 <= k <= n or not 0 <= correct <= n:
        raise ValueError(f"pass@{k} of {n} attempts with {correct} right ones")
    return 1 - math.comb(n - correct, k) / math.comb(n, k)


def eff_at_k(efficiencies: Sequence[float], k: int) -> float:
    """Expected largest efficiency among k attempts, without bias from n >= k (ENAMEL, arXiv 2406.06647).

    The mean of the largest over all choices of k of the attempts. The attempt of rank r, ascending, is the largest of
    C(r-1, k-1) of the C(n, k) choices; these shares come from each other by a product, so that no number grows large.

    Args:
        efficiencies: Of each attempt; larger is better, that of a wrong one is 0.
        k: From 1 to the number of attempts.
    """
    n = len(efficiencies)
    if not 1 <= k <= n:
        raise ValueError(f"eff@{k} of {n} attempts")
    share, terms = k / n, []
    for rank, each in zip(range(n, 0, -1), sorted(efficiencies, reverse=True), strict=True):
        terms.append(share * each)
        share *= 1 - (k - 1) / (rank - 1) if rank > k else 0
    return math.fsum(terms)


def clusters(answers: Iterable[float | str | None], tolerance: float = 1e-4) -> list[int | None]:
    """Which answers are the same: a number for each, in the order of first occurrence; None has no answer.

    Numbers are the same as a cluster's first one within a relative tolerance (absolute below 1); words, such as a claim
    of infeasibility, when they are equal.
    """
    firsts: list[float | str] = []
    labels: list[int | None] = []
    for answer in answers:
        if answer is None:
            labels.append(None)
            continue
        for label, first in enumerate(firsts):
            if _same(answer, first, tolerance):
                labels.append(label)
                break
        else:
            labels.append(len(firsts))
            firsts.append(answer)
    return labels


def _same(answer: float | str, first: float | str, tolerance: float) -> bool:
    if isinstance(answer, str) or isinstance(first, str):
        return answer == first
    return abs(answer - first) <= tolerance * max(1.0, abs(first))


def majority_at_k(labels: Sequence[int | None], correct: Sequence[bool], k: int, seed: int = 0) -> float:
    """Chance that the answer which most of k attempts agree on is right (self-consistency, Wang et al. 2022).

    The mean over all choices of k of the attempts, or over 2,000 drawn ones where there are more. A tie is broken
    evenly. Attempts without an answer do not vote. A cluster of answers is as right as the share of right ones in it.

    Args:
        labels: Which attempts have the same answer, None for no answer.
        correct: Which attempts are right.
        k: From 1 to the number of attempts.
        seed: Of the drawn choices.
    """
    if not 1 <= k <= len(labels):
        raise ValueError(f"maj@{k} of {len(labels)} attempts")
    places = range(len(labels))
    if math.comb(len(labels), k) <= _SUBSETS:
        choices: Iterable[Sequence[int]] = itertools.combinations(places, k)
    else:
        draw = random.Random(seed)
        choices = [draw.sample(places, k) for _ in range(_SUBSETS)]
    shares = [_vote([(labels[at], correct[at]) for at in choice]) for choice in choices]
    return math.fsum(shares) / len(shares)


def _vote(ballots: Sequence[tuple[int | None, bool]]) -> float:
    votes: dict[int, list[bool]] = {}
    for label, correct in ballots:
        if label is not None:
            votes.setdefault(label, []).append(correct)
    if not votes:
        return 0.0
    most = max(map(len, votes.values()))
    leaders = [sum(each) / len(each) for each in votes.values() if len(each) == most]
    return math.fsum(leaders) / len(leaders)
