"""Figures of runs and comparisons as a cell of a notebook shows them: plain tables that take its own style."""

from collections.abc import Iterator

from steepest.evals.reports.sections import table
from steepest.evals.reports.wording import interval_words, left_out, verdict_words
from steepest.evals.specification import RunSpecification
from steepest.evals.statistics import ComparedRun, Comparison, Proportion, Slice, Summary
from steepest.traces.rendering.figures import (
    UNKNOWN,
    count_of,
    duration,
    money,
    p_value,
    percent,
    percent_range,
    points,
)
from steepest.traces.rendering.markup import element, joined

__all__ = ["comparison_html", "notebook_html"]

_HEADS = ("", "right", "95 % interval", "n", "came to a verdict", "infrastructure errors", "not tried")
_RUNS = ("", "run", "method", "model", "right", "95 % interval", "n")
_MOST_FLIPS = 50


def notebook_html(specification: RunSpecification, summary: Summary) -> str:
    """What was asked, how often it was right overall and by part, and what it took."""
    whole, median = summary.overall, summary.seconds.median
    verdicts = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in whole.verdicts.items() if count)
    took = f"{money(summary.cost.total, summary.cost.unknown)}; {duration(median)} an attempt (median)"
    parts = joined(
        element("p", element("b", specification.title)),
        table(_HEADS, [_row(name, each) for name, each in _parts(summary)]),
        element("p", f"{count_of(whole.attempts, 'attempt')}: {verdicts or 'none yet'}"),
        element("p", took) if whole.attempts else "",
    )
    return str(element("div", parts, class_="steepest-run"))


def comparison_html(comparison: Comparison) -> str:
    """How often both were right, by how much they differ, and which problems flipped."""
    overall = comparison.overall
    words = (
        f"B less A: {points(overall.difference)}, {interval_words(overall)}, n = {count_of(overall.n, 'problem')} of "
        f"{overall.stories:,} distinct stories, by the profile {comparison.profile}; exact McNemar: "
        f"p {p_value(overall.p)}"
    )
    flips = [("gained", flip) for flip in comparison.gained] + [("lost", flip) for flip in comparison.lost]
    rows = [
        (flip.id, change, verdict_words(flip.first), verdict_words(flip.second)) for change, flip in flips[:_MOST_FLIPS]
    ]
    hidden = f"and {len(flips) - _MOST_FLIPS:,} more flipped problems" if len(flips) > _MOST_FLIPS else ""
    parts = joined(
        table(_RUNS, [_run("A", comparison.first, overall.first), _run("B", comparison.second, overall.second)]),
        element("p", words),
        *(element("p", f"left out: {told}") for told in left_out(comparison)),
        table(("flipped problem", "", "A", "B"), rows) if rows else "",
        element("p", hidden) if hidden else "",
    )
    return str(element("div", parts, class_="steepest-comparison"))


def _run(name: str, run: ComparedRun, share: Proportion) -> tuple[str, ...]:
    figures = (percent(share.rate), percent_range(share.low, share.high), f"{share.n:,}")
    return (name, run.place, run.method, run.model, *figures)


def _parts(summary: Summary) -> Iterator[tuple[str, Slice]]:
    yield "all", summary.overall
    for listed in (summary.by_dataset, summary.by_type):
        if len(listed) > 1:
            yield from ((each.name or "without a name", each) for each in listed)


def _row(name: str, part: Slice) -> tuple[str, ...]:
    right = part.accuracy
    return (
        name,
        percent(right.rate),
        percent_range(right.low, right.high),
        f"{right.n:,}",
        percent(part.executed.rate) if part.executed.n else UNKNOWN,
        f"{part.infrastructure_errors:,}",
        f"{part.pending:,}",
    )
