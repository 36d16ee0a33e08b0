"""The page of a comparison: how much better, how sure, and every flipped problem with both attempts side by side."""

from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from steepest.evals.problems import Problem
from steepest.evals.reports.details import SystemTexts, attempt_of, problem_of
from steepest.evals.reports.listing import Column, Listing
from steepest.evals.reports.page import write_page
from steepest.evals.reports.plots_svg import interval, interval_scale
from steepest.evals.reports.sections import table
from steepest.evals.reports.wording import has_errors, interval_words, left_out
from steepest.evals.samples import Sample
from steepest.evals.statistics import ComparedRun, Comparison, Flip, Proportion
from steepest.evals.stores.protocol import RunReader
from steepest.traces.rendering.figures import UNKNOWN, count_of, p_value, percent, percent_range, points
from steepest.traces.rendering.markup import Markup, element, joined

__all__ = ["comparison_page"]

FLIPS = (
    Column("flip", "", width="70px", is_wide_only=True),
    Column("id", "problem", width="minmax(110px, 1fr)"),
    Column("verdict", "A", "verdict", "minmax(100px, 154px)"),
    Column("second", "B", "verdict", "minmax(100px, 154px)"),
    Column("answer", "label", "number", "110px", is_wide_only=True),
    Column("found", "found by A", "number", "110px", is_wide_only=True),
    Column("found_second", "found by B", "number", "110px", is_wide_only=True),
)


def comparison_page(comparison: Comparison, first: RunReader, second: RunReader, stream: TextIO) -> None:
    """Write a comparison as one page that needs nothing else.

    Args:
        comparison: Of `first` and `second`.
        first: The run that the other is measured against.
        second: The other.
        stream: Where the page goes.
    """
    flips = [("gained", flip) for flip in comparison.gained] + [("lost", flip) for flip in comparison.lost]
    listing, systems = Listing(FLIPS, ("flip", "dataset", "verdict", "second"), ("dataset",)), SystemTexts()
    write_page(
        stream,
        title=f"{comparison.second.method} (B) against {comparison.first.method} (A)",
        subtitle=f"{count_of(comparison.overall.n, 'problem')} of both runs, by the profile {comparison.profile}",
        sections=_sections(comparison),
        listed=f"{count_of(len(flips), 'flipped problem')}",
        records=_records(flips, first, second, listing, systems),
        listing=listing,
        systems=systems,
        footer="Written by steepest; loads nothing, sends nothing.",
    )


def _sections(comparison: Comparison) -> Markup:
    return joined(_headline(comparison), _runs(comparison), _datasets(comparison), _told_left_out(comparison))


def _headline(comparison: Comparison) -> Markup:
    overall, strict = comparison.overall, comparison.errors_as_wrong
    big = element("p", points(overall.difference), class_="big")
    stories = f"{overall.stories:,} distinct stories"
    words = f"B less A, {interval_words(overall)}, n = {count_of(overall.n, 'problem')} of {stories}"
    cards = [
        ("exact McNemar, two-sided", f"p {p_value(overall.p)} (mid-p {p_value(overall.mid_p)})"),
        ("gained: right in B only", f"{overall.only_second:,}"),
        ("lost: right in A only", f"{overall.only_first:,}"),
    ]
    if has_errors(comparison):
        cards.append(("infrastructure errors as wrong", f"{points(strict.difference)} (n = {strict.n:,})"))
    facts = [element("div", element("dt", name), element("dd", value)) for name, value in cards]
    return element("section", element("div", big, element("p", words)), element("dl", *facts), id="headline")


def _runs(comparison: Comparison) -> Markup:
    rows = [
        _run("A", comparison.first, comparison.overall.first),
        _run("B", comparison.second, comparison.overall.second),
    ]
    heads = ("", "run", "method", "model", joined("right, 95 % interval", interval_scale()), "", "n")
    return element("section", element("h2", "The runs"), table(heads, rows))


def _run(name: str, run: ComparedRun, share: Proportion) -> tuple[Markup | str, ...]:
    return (name, run.place, run.method, run.model, _whisker(share), _rate(share), f"{share.n:,}")


def _datasets(comparison: Comparison) -> Markup:
    if len(comparison.by_dataset) < 2:
        return Markup()
    rows = [
        (
            each.name or "without a name",
            _rate(each.first),
            _rate(each.second),
            f"{points(each.difference)}, {interval_words(each)}",
            f"{each.n:,}",
            f"{each.only_second:,} / {each.only_first:,}",
            p_value(each.p),
            p_value(each.p_holm),
        )
        for each in comparison.by_dataset
    ]
    heads = ("data set", "A", "B", "B less A", "n", "gained / lost", "p", "p after Holm")
    return element("section", element("h2", "By data set"), table(heads, rows))


def _told_left_out(comparison: Comparison) -> Markup:
    told = left_out(comparison)
    return element("section", element("h2", "Left out"), *(element("p", each) for each in told)) if told else Markup()


def _records(
    flips: list[tuple[str, Flip]], first: RunReader, second: RunReader, listing: Listing, systems: SystemTexts
) -> Iterator[dict[str, Any]]:
    wanted = {flip.id for _, flip in flips}
    problems = {problem.id: problem for problem in first.problems() if problem.id in wanted}
    before, after = _samples(first, wanted), _samples(second, wanted)
    for change, flip in flips:
        listing.add(_row(change, flip, problems[flip.id]))
        attempts = [*_titled("A", before[flip.id], systems), *_titled("B", after[flip.id], systems)]
        yield {"problem": problem_of(problems[flip.id]), "attempts": attempts}


def _samples(run: RunReader, wanted: Iterable[str]) -> dict[str, list[Sample]]:
    found: dict[str, list[Sample]] = {id: [] for id in wanted}
    for sample in run.samples():
        if sample.id in found:
            found[sample.id].append(sample)
    return found


def _titled(name: str, samples: list[Sample], systems: SystemTexts) -> Iterator[dict[str, Any]]:
    for sample in samples:
        title = name if len(samples) == 1 else f"{name}, epoch {sample.epoch}"
        yield attempt_of(sample, systems, title=title)


def _row(change: str, flip: Flip, problem: Problem) -> dict[str, Any]:
    return {
        "flip": change,
        "id": flip.id,
        "dataset": flip.dataset,
        "verdict": flip.first[0],
        "second": flip.second[0],
        "answer": problem.answer if problem.status == "optimal" else problem.status,
        "found": flip.first_objective,
        "found_second": flip.second_objective,
    }


def _whisker(share: Proportion) -> Markup:
    if share.rate is None or share.low is None or share.high is None:
        return Markup()
    return interval(share.rate, share.low, share.high, f"{percent(share.rate)}, n = {share.n:,}")


def _rate(share: Proportion) -> str:
    return f"{percent(share.rate)} ({percent_range(share.low, share.high)})" if share.n else UNKNOWN
