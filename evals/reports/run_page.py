"""The page of a run: its figures, and every attempt behind a click."""

from collections.abc import Iterator
from typing import Any, TextIO

from steepest.evals.problems import Problem
from steepest.evals.reports.details import SystemTexts, attempt_of, problem_of
from steepest.evals.reports.listing import Listing, sample_listing, sample_row
from steepest.evals.reports.page import write_page
from steepest.evals.reports.sections import (
    calibration,
    headline,
    profiles,
    reasons,
    repetitions,
    run_facts,
    slices,
    spending,
    verdicts,
)
from steepest.evals.reports.spending import Spending
from steepest.evals.specification import RunSpecification
from steepest.evals.statistics import Summary, summarize
from steepest.evals.stores.protocol import RunReader
from steepest.traces.rendering.figures import count_of
from steepest.traces.rendering.markup import Markup, joined

__all__ = ["html_report"]


def html_report(run: RunReader, stream: TextIO, *, transcripts: bool = True) -> Summary:
    """Write a run as one page that needs nothing else.

    Args:
        run: May still be going on; the page shows what it has.
        stream: Where the page goes, piece by piece.
        transcripts: Whether the calls to the model are in it, which are most of its size.

    Returns:
        The figures that the page shows.
    """
    specification = run.specification()
    problems = {problem.id: problem for problem in run.problems()}
    spent = Spending()
    summary = summarize(problems.values(), _measured(run, spent))
    listing, systems = sample_listing(specification.selection.epochs), SystemTexts()
    write_page(
        stream,
        title=specification.title,
        subtitle=_subtitle(specification, summary),
        sections=_sections(specification.method, summary, spent),
        listed=count_of(summary.overall.attempts, "attempt"),
        records=_records(run, problems, listing, systems, transcripts),
        listing=listing,
        systems=systems,
        footer=f"Written by steepest {specification.versions.get('steepest', '')}; loads nothing, sends nothing.",
        after=run_facts(specification, run.place, [each.name for each in summary.by_dataset]),
    )
    return summary


def _measured(run: RunReader, spent: Spending) -> Iterator[Any]:
    for sample in run.samples():
        spent.add(sample)
        yield sample


def _subtitle(specification: RunSpecification, summary: Summary) -> str:
    names = ", ".join(each.name or "without a name" for each in summary.by_dataset)
    problems = count_of(summary.overall.problems + summary.overall.pending, "problem")
    return f"{names}: {problems}, begun {specification.created:%Y-%m-%d %H:%M}"


def _sections(method: str, summary: Summary, spent: Spending) -> Markup:
    whole = summary.overall
    return joined(
        headline(method, summary),
        verdicts(whole),
        reasons(summary.reasons),
        slices("By data set", summary.by_dataset),
        slices("By type", summary.by_type),
        profiles(whole),
        repetitions(summary),
        spending(summary, spent),
        calibration(summary.calibration),
    )


def _records(
    run: RunReader, problems: dict[str, Problem], listing: Listing, systems: SystemTexts, transcripts: bool
) -> Iterator[dict[str, Any]]:
    for sample in run.samples():
        problem = problems[sample.id]
        listing.add(sample_row(problem, sample))
        yield {"problem": problem_of(problem), "attempts": [attempt_of(sample, systems, transcripts=transcripts)]}
