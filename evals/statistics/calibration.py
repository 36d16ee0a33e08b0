"""Whether a confidence means anything: does it rank right answers above wrong ones, and is its number true."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

__all__ = [
    "Bin",
    "Calibration",
    "RiskAtCoverage",
    "area_under_roc",
    "brier_score",
    "calibrate",
    "equal_mass_bins",
    "expected_calibration_error",
    "risk_coverage",
]

_Numbers = NDArray[np.float64]
_BINS = 10
_SIDES: tuple[Literal["left"], Literal["right"]] = ("left", "right")
_POINTS = 100
"""Of a risk-coverage curve that is kept; the area under it is of all points."""


class Bin(BaseModel):
    """Answers of about the same confidence."""

    model_config = ConfigDict(frozen=True)

    n: int
    confidence: float
    """Mean."""
    accuracy: float
    low: float
    """Least confidence."""
    high: float
    """Greatest confidence."""


class RiskAtCoverage(BaseModel):
    """What is wrong among the most confident answers."""

    model_config = ConfigDict(frozen=True)

    coverage: float
    """Share of the answers that are given, the most confident first."""
    risk: float
    """Share of wrong ones among them."""
    threshold: float
    """The least confidence among them."""


class Calibration(BaseModel):
    """How far the confidence of a method can be believed."""

    model_config = ConfigDict(frozen=True)

    n: int
    """Graded attempts that tell a confidence."""
    correct: int
    auroc: float | None
    """Chance that a right answer has more confidence than a wrong one, ties half; None if all are right or wrong."""
    ece: float
    """Expected calibration error over `bins`, weighted by their n."""
    brier: float
    """Mean squared difference of confidence and 0/1."""
    bins: tuple[Bin, ...]
    """Of equal mass: the same number of answers in each, up to ties, which are never split."""
    aurc: float
    """Area under the risk-coverage curve: lower is better; the share of wrong answers for a useless confidence."""
    curve: tuple[RiskAtCoverage, ...]
    """At most 100 points of it, the last at coverage 1."""


def calibrate(confidences: Sequence[float], correct: Sequence[bool]) -> Calibration | None:
    """All figures of calibration; None without any answer."""
    if not len(confidences):
        return None
    bins = equal_mass_bins(confidences, correct)
    return Calibration(
        n=len(confidences),
        correct=int(np.count_nonzero(correct)),
        auroc=area_under_roc(confidences, correct),
        ece=expected_calibration_error(bins),
        brier=brier_score(confidences, correct),
        bins=bins,
        aurc=area_under_risk_coverage(confidences, correct),
        curve=risk_coverage(confidences, correct, points=_POINTS),
    )


def area_under_roc(scores: Sequence[float], correct: Sequence[bool]) -> float | None:
    """Chance that a right answer scores above a wrong one, by mid-ranks (Mann and Whitney 1947); ties count half."""
    score, right = np.asarray(scores, dtype=float), np.asarray(correct, dtype=bool)
    positives, negatives = int(right.sum()), int((~right).sum())
    if not positives or not negatives:
        return None
    _, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    middle_ranks = (last - (counts - 1) / 2)[place]
    return float((middle_ranks[right].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def brier_score(confidences: Sequence[float], correct: Sequence[bool]) -> float:
    """Mean squared difference of a confidence and what came (Brier 1950), for at least one answer."""
    return float(np.mean((np.asarray(confidences, dtype=float) - np.asarray(correct, dtype=float)) ** 2))


def equal_mass_bins(confidences: Sequence[float], correct: Sequence[bool], bins: int = _BINS) -> tuple[Bin, ...]:
    """Sort by confidence and cut into bins of the same number of answers (Nguyen and O'Connor 2015).

    Equal confidences stay together, so that the result doesn't depend on the order of the answers; there may be fewer
    bins than asked for. Equal width would leave most bins of a vote's few values empty.
    """
    score, right = np.asarray(confidences, dtype=float), np.asarray(correct, dtype=float)
    order = np.argsort(score, kind="stable")
    score, right = score[order], right[order]
    return tuple(
        Bin(
            n=end - start,
            confidence=float(score[start:end].mean()),
            accuracy=float(right[start:end].mean()),
            low=float(score[start]),
            high=float(score[end - 1]),
        )
        for start, end in _cuts(score, bins)
    )


def _cuts(score: _Numbers, bins: int) -> list[tuple[int, int]]:
    """Starts and ends of the bins: each ends with the tie that is nearest to its share."""
    n, cuts, start = len(score), [], 0
    for number in range(1, bins + 1):
        target = round(n * number / bins)
        if target <= start:
            continue
        before, after = (int(np.searchsorted(score, score[target - 1], side=side)) for side in _SIDES)
        end = before if before > start and target - before <= after - target else after
        cuts.append((start, end))
        start = end
    return cuts


def expected_calibration_error(bins: Sequence[Bin]) -> float:
    """Mean distance of confidence and accuracy over bins, weighted by their n."""
    return sum(each.n * abs(each.confidence - each.accuracy) for each in bins) / sum(each.n for each in bins)


def risk_coverage(
    confidences: Sequence[float], correct: Sequence[bool], points: int | None = None
) -> tuple[RiskAtCoverage, ...]:
    """The share of wrong answers when only the most confident ones are given (El-Yaniv and Wiener 2010).

    A point for each distinct confidence: answers of the same confidence can only be given together.

    Args:
        confidences: Of each answer.
        correct: Which answers are right.
        points: Keep about so many, evenly spread, the first and last among them; None keeps all.
    """
    coverage, risk, threshold = _risks(confidences, correct)
    kept = range(len(coverage))
    if points is not None and len(coverage) > points:
        kept = np.unique(np.linspace(0, len(coverage) - 1, points).round().astype(int)).tolist()
    return tuple(
        RiskAtCoverage(coverage=float(coverage[at]), risk=float(risk[at]), threshold=float(threshold[at]))
        for at in kept
    )


def area_under_risk_coverage(confidences: Sequence[float], correct: Sequence[bool]) -> float:
    """The risk averaged over coverage; between two points the risk is that of the farther one, which can be given."""
    coverage, risk, _ = _risks(confidences, correct)
    return float(np.diff(coverage, prepend=0.0) @ risk)


def _risks(confidences: Sequence[float], correct: Sequence[bool]) -> tuple[_Numbers, _Numbers, _Numbers]:
    """Coverage, risk and least confidence at each distinct confidence, the greatest first."""
    score, wrong = np.asarray(confidences, dtype=float), 1.0 - np.asarray(correct, dtype=float)
    order = np.argsort(-score, kind="stable")
    score, given = score[order], np.arange(1, len(score) + 1)
    risk = np.cumsum(wrong[order]) / given
    ends = np.append(score[1:] != score[:-1], True)
    return given[ends] / len(score), risk[ends], score[ends]
