"""The figures of a run as a cell of a notebook shows them: plain tables that take the notebook's own style."""

from collections.abc import Iterator

from steepest.evals.reports.figures import UNKNOWN, count_of, duration, money, percent, percent_range
from steepest.evals.reports.markup import element, joined
from steepest.evals.reports.sections import table
from steepest.evals.specification import RunSpecification
from steepest.evals.statistics import Slice, Summary

__all__ = ["notebook_html"]

_HEADS = ("", "right", "95 % interval", "n", "came to a verdict", "infrastructure errors", "not tried")


def notebook_html(specification: RunSpecification, summary: Summary) -> str:
    """What was asked, how often it was right overall and by part, and what it took."""
    whole, median = summary.overall, summary.seconds.median
    verdicts = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in whole.verdicts.items() if count)
    took = f"{money(summary.cost.total, summary.cost.unknown)}; {duration(median)} an attempt (median)"
    parts = joined(
        element("p", element("b", f"{specification.method} with {specification.model}")),
        table(_HEADS, [_row(name, each) for name, each in _parts(summary)]),
        element("p", f"{count_of(whole.attempts, 'attempt')}: {verdicts or 'none yet'}"),
        element("p", took) if whole.attempts else "",
    )
    return str(element("div", parts, class_="steepest-run"))


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
