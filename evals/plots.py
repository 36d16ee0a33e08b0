"""Plots of a run in matplotlib, each on an Axes that the caller may have made; n stands beside every share."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, TypeAlias

from steepest.errors import InputError
from steepest.evals.samples import Sample
from steepest.evals.statistics import Calibration, Proportion, Summary
from steepest.traces.rendering.figures import count_of, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Grouping", "plot_accuracy", "plot_calibration", "plot_cost", "plot_risk_coverage"]

Grouping: TypeAlias = Literal["dataset", "type", "profile"]

_BLUE, _ORANGE, _GREY = "#0072b2", "#d55e00", "#8a8f98"
"""Told apart by all kinds of sight (Okabe and Ito 2008)."""


def plot_accuracy(summary: Summary, ax: "Axes | None" = None, *, by: Grouping = "dataset") -> "Axes":
    """Shares of right answers with their 95 % Wilson intervals, overall and by part.

    Raises:
        InputError: matplotlib is not installed, or nothing was graded.
    """
    rows = [(name, share) for name, share in _shares(summary, by) if share.n]
    if not rows:
        raise InputError("No attempt was graded yet: there is no accuracy to plot.")
    ax = ax or _new_axes(height=1.4 + 0.4 * len(rows))
    for place, (_, share) in enumerate(rows):
        rate, low, high = share.rate or 0.0, share.low or 0.0, share.high or 0.0
        ax.errorbar([rate], [place], xerr=[[rate - low], [high - rate]], fmt="o", color=_BLUE, capsize=4, clip_on=False)
        ax.annotate(
            f"{percent(share.rate)}, n = {share.n:,}",
            (rate, place),
            xytext=(0, 7),
            textcoords="offset points",
            ha=_side(rate),
        )
    ax.set_yticks(range(len(rows)), [name for name, _ in rows], parse_math=False)
    ax.set_ylim(len(rows) - 0.5, -0.7)
    ax.set_xlim(0, 1)
    ax.set_xlabel("right, with the 95 % Wilson interval")
    ax.grid(axis="x", color=_GREY, alpha=0.3)
    return ax


def plot_calibration(summary: Summary, ax: "Axes | None" = None) -> "Axes":
    """The share of right answers by confidence, in bins of about the same number of answers.

    Raises:
        InputError: matplotlib is not installed, or the method tells no confidence.
    """
    found = _calibration(summary)
    ax = ax or _new_axes()
    ax.plot([0, 1], [0, 1], linestyle="--", color=_GREY, label="as sure as right")
    confidences, rates = [each.confidence for each in found.bins], [each.accuracy for each in found.bins]
    ax.plot(confidences, rates, "o-", color=_BLUE, label="answers")
    for each in found.bins:
        ax.annotate(
            f"{each.n:,}", (each.confidence, each.accuracy), xytext=(0, 7), textcoords="offset points", ha="center"
        )
    ax.set(xlim=(0, 1.02), ylim=(0, 1.08), xlabel="confidence", ylabel="share of right answers")
    ax.set_title(f"n = {found.n:,}, expected calibration error {found.ece:.3f}")
    ax.legend(loc="upper left")
    return ax


def plot_risk_coverage(summary: Summary, ax: "Axes | None" = None) -> "Axes":
    """The share of wrong answers when only the most confident ones are given.

    Raises:
        InputError: matplotlib is not installed, or the method tells no confidence.
    """
    found = _calibration(summary)
    ax = ax or _new_axes()
    coverage, risk = [each.coverage for each in found.curve], [each.risk for each in found.curve]
    ax.step([0.0, *coverage], [risk[0], *risk], where="pre", color=_BLUE)
    ax.plot(coverage, risk, "o", color=_BLUE, markersize=3)
    ax.set(xlim=(0, 1.02), ylim=(0, max(*risk, 0.05) * 1.1), xlabel="share of answers given, the surest first")
    ax.set_ylabel("share of wrong ones among them")
    ax.set_title(f"n = {found.n:,}, area under the curve {found.aurc:.3f}")
    ax.grid(color=_GREY, alpha=0.3)
    return ax


def plot_cost(samples: Iterable[Sample], ax: "Axes | None" = None) -> "Axes":
    """How US dollars an attempt spread, right and wrong ones apart; how many prices are unknown stands in the title.

    Raises:
        InputError: matplotlib is not installed, or no price is known.
    """
    right, wrong, unknown = list[float](), list[float](), 0
    for sample in samples:
        if not sample.is_graded:
            continue
        if sample.attempt.spent.cost is None:
            unknown += 1
        else:
            (right if sample.is_correct else wrong).append(float(sample.attempt.spent.cost))
    if not right and not wrong:
        raise InputError(f"No price is known of {count_of(unknown, 'graded attempt')}: there is no cost to plot.")
    ax = ax or _new_axes()
    labels = [f"right, n = {len(right):,}", f"not right, n = {len(wrong):,}"]
    # Costs begin at 0 $; of a model that costs nothing all stand there, beside an axis of one cent.
    highest = max([*right, *wrong]) or 0.01
    ax.hist([right, wrong], bins=30, range=(0.0, highest), stacked=True, color=[_BLUE, _ORANGE], label=labels)
    ax.set_xlim(0.0, highest)
    ax.set(xlabel="US dollars an attempt", ylabel="attempts")
    told = f", {count_of(unknown, 'attempt')} of unknown price" if unknown else ""
    ax.set_title(f"{sum(right) + sum(wrong):.4g} $ in all{told}")
    ax.legend()
    return ax


def _shares(summary: Summary, by: Grouping) -> list[tuple[str, Proportion]]:
    if by == "profile":
        return [(each.profile, each.graded) for each in summary.overall.profiles]
    if by not in ("dataset", "type"):
        raise InputError(f"by is dataset, type or profile, not {by!r}.")
    parts = summary.by_dataset if by == "dataset" else summary.by_type
    named = [(each.name or "without a name", each.accuracy) for each in parts]
    return [("all", summary.overall.accuracy), *named] if len(named) != 1 else named


def _side(rate: float) -> str:
    """On which side of a point its words begin, so that they stay within the axes."""
    return "left" if rate < 0.15 else "right" if rate > 0.85 else "center"


def _calibration(summary: Summary) -> Calibration:
    if summary.calibration is None:
        raise InputError("The method tells no confidence (those that vote do), so there is nothing to plot.")
    return summary.calibration


def _new_axes(height: float = 4.0) -> "Axes":
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise InputError("Plots need matplotlib: pip install 'steepest[plots]'.") from error
    _, ax = pyplot.subplots(figsize=(6.4, height), layout="constrained")
    return ax
