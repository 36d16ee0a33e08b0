"""Words that the page, the Markdown and the terminal share, so that all tell the same."""

from collections.abc import Iterable

from steepest.evals.reports.figures import count_of
from steepest.evals.statistics import AtK, Comparison, PairedDifference

__all__ = ["at_k_name", "interval_words", "left_out", "signed_range", "verdict_words"]


def verdict_words(verdicts: Iterable[str]) -> str:
    """Verdicts as a person reads them."""
    return ", ".join(verdict.replace("_", " ") for verdict in verdicts)


def at_k_name(figure: AtK) -> str:
    """`pass@4`, `maj@4`."""
    return f"{'pass' if figure.kind == 'pass' else 'maj'}@{figure.k}"


def signed_range(difference: PairedDifference) -> str:
    """The interval of a difference in percentage points; empty where there is none."""
    if difference.low is None or difference.high is None:
        return ""
    return f"{100 * difference.low:+.1f} to {100 * difference.high:+.1f}"


def interval_words(difference: PairedDifference) -> str:
    """The same with its name, or that there is none."""
    found = signed_range(difference)
    return f"95 % interval {found}" if found else "no interval"


def left_out(comparison: Comparison) -> list[str]:
    """Which problems a comparison is not about, a phrase each."""
    found = (
        (comparison.only_in_first, "attempted in A only"),
        (comparison.only_in_second, "attempted in B only"),
        (comparison.left_out, "with nothing but infrastructure errors in one of them"),
        (comparison.different_labels, "with another text or label"),
    )
    return [f"{count_of(count, 'problem')} {words}" for count, words in found if count]
