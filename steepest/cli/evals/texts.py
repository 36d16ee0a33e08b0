"""Figures of runs and comparisons as a person reads them in a terminal; every one with its n."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from steepest.cli.tables import aligned
from steepest.evals.reports.wording import (
    at_k_name,
    failures,
    has_errors,
    has_stories,
    left_out,
    reason_words,
    signed_range,
    verdict_words,
)
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

if TYPE_CHECKING:
    from steepest.evals.specification import RunSpecification
    from steepest.evals.statistics import Comparison, Flip, PairedDifference, Proportion, Reason, Slice, Summary

MOST_FLIPS = 20
WIDEST = 60


def summary_text(specification: "RunSpecification", summary: "Summary") -> str:
    """The figures of a run, sections separated by empty lines."""
    whole = summary.overall
    sections = [
        specification.title,
        _accuracy(whole),
        _table("verdict", [(name.replace("_", " "), f"{count:,}") for name, count in whole.verdicts.items() if count]),
        _reasons(summary.reasons),
        _slices("data set", summary.by_dataset),
        _slices("type", summary.by_type),
        _profiles(whole),
        _repetitions(summary),
        _spent(summary),
    ]
    return "\n\n".join(section for section in sections if section)


def comparison_text(comparison: "Comparison") -> str:
    """The figures of a comparison, and which problems flipped."""
    overall = comparison.overall
    runs = [
        ("", "run", "method", "model", "right", "95 % interval", "n"),
        ("A", comparison.first.place, comparison.first.method, comparison.first.model, *_figures(overall.first)),
        ("B", comparison.second.place, comparison.second.method, comparison.second.model, *_figures(overall.second)),
    ]
    sections = [
        _lines(runs),
        f"B less A: {_difference(overall)}, n = {overall.n:,} problems of {overall.stories:,} stories, by "
        f"{comparison.profile}\n"
        f"exact McNemar: {overall.only_second} gained, {overall.only_first} lost, p {p_value(overall.p)} "
        f"(mid-p {p_value(overall.mid_p)}){_errors_as_wrong(comparison)}",
        _told_left_out(comparison),
        _by_dataset(comparison.by_dataset),
        _flips("gained (right in B only)", comparison.gained),
        _flips("lost (right in A only)", comparison.lost),
    ]
    return "\n\n".join(section for section in sections if section)


def _errors_as_wrong(comparison: "Comparison") -> str:
    if not has_errors(comparison):
        return ""
    strict = comparison.errors_as_wrong
    return f"\nwith infrastructure errors as wrong: {_difference(strict)}, n = {strict.n:,}"


def _accuracy(whole: "Slice") -> str:
    if not whole.attempts:
        return "nothing was attempted yet"
    lines = [("right by the strict profile", *_figures(whole.accuracy))]
    if whole.infrastructure_errors:
        lines.append(("infrastructure errors as wrong", *_figures(whole.accuracy_of_all)))
    if has_stories(whole):
        lines.append(("of distinct stories", *_figures(whole.by_story)))
    lines.append(("came to a solver's verdict", *_figures(whole.executed)))
    return "\n".join([*_rows([("", "", "95 % interval", "n"), *lines]), failures(whole)])


def _reasons(listed: "Sequence[Reason]") -> str:
    """Messages are not cut: they say what to do."""
    rows = [(f"{each.count:,}", reason_words(each)) for each in listed]
    return "\n".join(["the most frequent reasons", *(f"  {line}" for line in aligned(rows, right=[0]))]) if rows else ""


def _slices(name: str, listed: "Sequence[Slice]") -> str:
    if len(listed) < 2:
        return ""
    rows = [(each.name or "-", *_figures(each.accuracy), f"{each.infrastructure_errors:,}") for each in listed]
    return _lines([(name, "right", "95 % interval", "n", "infrastructure errors"), *rows])


def _profiles(whole: "Slice") -> str:
    rows = [(each.profile, *_figures(each.graded), _queries(each.queries)) for each in whole.profiles]
    return _lines([("profile", "right", "95 % interval", "n", "named values"), *rows])


def _repetitions(summary: "Summary") -> str:
    rows = [(at_k_name(each), *_figures(each.share)) for each in summary.at_k]
    return _lines([("attempts", "right", "95 % interval", "n"), *rows]) if rows else ""


def _queries(share: "Proportion") -> str:
    return f"{percent(share.rate)} of {share.n:,}" if share.n else ""


def _spent(summary: "Summary") -> str:
    time = summary.seconds
    return (
        f"{money(summary.cost.total, summary.cost.unknown)}, {_tokens(summary)}; "
        f"an attempt took {duration(time.median)} (median, n = {time.n:,}), 90 % within {duration(time.p90)}"
    )


def _tokens(summary: "Summary") -> str:
    read, written = summary.input_tokens, summary.output_tokens
    if not read.n:
        return "tokens not counted"
    counted = f"{(read.total or 0) + (written.total or 0):,.0f} tokens"
    return f"{counted} + {count_of(read.unknown, 'attempt')} not counted" if read.unknown else counted


def _by_dataset(listed: "Sequence[PairedDifference]") -> str:
    if len(listed) < 2:
        return ""
    heads = ("data set", "A", "B", "B less A", "n", "p", "p after Holm")
    rows = [
        (
            each.name or "-",
            percent(each.first.rate),
            percent(each.second.rate),
            _difference(each),
            f"{each.n:,}",
            p_value(each.p),
            p_value(each.p_holm),
        )
        for each in listed
    ]
    return _lines([heads, *rows])


def _flips(title: str, flips: "Sequence[Flip]") -> str:
    if not flips:
        return ""
    rows = [(each.id, verdict_words(each.first), verdict_words(each.second)) for each in flips[:MOST_FLIPS]]
    hidden = [f"  ... and {len(flips) - MOST_FLIPS:,} more; --format json lists all"] if len(flips) > MOST_FLIPS else []
    return "\n".join(
        [f"{title}: {len(flips):,}", *(f"  {line}" for line in _rows([("problem", "A", "B"), *rows])), *hidden]
    )


def _told_left_out(comparison: "Comparison") -> str:
    told = left_out(comparison)
    return f"left out: {'; '.join(told)}" if told else ""


def _difference(each: "PairedDifference") -> str:
    return f"{points(each.difference)} ({signed_range(each) or 'no interval'})"


def _figures(share: "Proportion") -> tuple[str, str, str]:
    return (percent(share.rate) if share.n else UNKNOWN, percent_range(share.low, share.high), f"{share.n:,}")


def _table(head: str, rows: Sequence[tuple[str, str]]) -> str:
    return _lines([(head, "attempts"), *rows]) if rows else ""


def _lines(rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(_rows(rows))


def _rows(rows: Sequence[Sequence[str]]) -> list[str]:
    return aligned(rows, widest=WIDEST)
