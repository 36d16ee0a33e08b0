"""Words that the page, the Markdown and the terminal share, so that all tell the same."""

from collections.abc import Iterable

from steepest.evals.statistics import AtK, Comparison, PairedDifference, Reason, Slice, Summary
from steepest.traces.rendering.figures import count_of

__all__ = [
    "at_k_name",
    "failures",
    "has_errors",
    "has_stories",
    "interval_words",
    "left_out",
    "reason_words",
    "signed_range",
    "solving_times",
    "verdict_words",
]


def verdict_words(verdicts: Iterable[str]) -> str:
    """Verdicts as a person reads them."""
    return ", ".join(verdict.replace("_", " ") for verdict in verdicts)


def reason_words(reason: Reason) -> str:
    """What attempts came to, and the message that says why."""
    return f"{verdict_words([reason.verdict])}: {reason.message}"


def failures(whole: Slice) -> str:
    """Failures of the infrastructure, which are still to be done, and what was never tried."""
    errors = count_of(whole.infrastructure_errors, "infrastructure error")
    again = " (the next start tries again)" if whole.infrastructure_errors else ""
    return f"{errors}{again}, {count_of(whole.pending, 'problem')} not tried yet"


def has_stories(whole: Slice) -> bool:
    """Whether some problems tell the same story, so that the share of stories is another figure."""
    return whole.by_story.n != whole.accuracy.n


def has_errors(comparison: Comparison) -> bool:
    """Whether it makes a difference what failures of the infrastructure count as."""
    strict, overall = comparison.errors_as_wrong, comparison.overall
    return (strict.n, strict.first, strict.second) != (overall.n, overall.first, overall.second)


def solving_times(method: str, summary: Summary) -> str:
    """How often the script of a right answer ran, LLMOPT's measure (2410.13213); empty for other methods."""
    measured = summary.rounds_of_correct
    if method.partition("+")[0] != "llmopt" or measured.mean is None:
        return ""
    return f"{1 + measured.mean:.2f} (n = {count_of(measured.n, 'right attempt')})"


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
