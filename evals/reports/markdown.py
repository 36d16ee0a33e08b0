"""A run or a comparison as Markdown, short enough for a comment on a change."""

from collections.abc import Iterable, Sequence

from steepest.evals.reports.wording import (
    failures,
    has_errors,
    interval_words,
    left_out,
    reason_words,
    solving_times,
    verdict_words,
)
from steepest.evals.specification import RunSpecification
from steepest.evals.statistics import (
    ComparedRun,
    Comparison,
    Flip,
    PairedDifference,
    Proportion,
    Reason,
    Slice,
    Summary,
)
from steepest.traces.rendering.characters import visible
from steepest.traces.rendering.figures import count_of, duration, money, p_value, percent, percent_range, points

__all__ = ["comparison_markdown", "run_markdown"]

_MOST_FLIPS = 50
_INLINE = {each: f"&#{ord(each)};" for each in "<>&@|`"} | {each: f"\\{each}" for each in "\\*_[]#~!"}


def run_markdown(specification: RunSpecification, summary: Summary) -> str:
    """The figures of a run."""
    whole = summary.overall
    times = solving_times(specification.method, summary)
    verdicts = [(name.replace("_", " "), f"{count:,}") for name, count in whole.verdicts.items() if count]
    parts = [
        f"## {_inline(specification.title)}",
        _headline(whole),
        _table(("verdict", "attempts"), verdicts),
        _reasons(summary.reasons),
        _slices("data set", summary.by_dataset),
        _slices("type", summary.by_type) if len(summary.by_type) > 1 else "",
        _profiles(whole),
        f"Cost {money(summary.cost.total, summary.cost.unknown)}; an attempt took {duration(summary.seconds.median)} "
        f"(median, n = {summary.seconds.n:,}), 90 % within {duration(summary.seconds.p90)}.",
        f"Average solving times of right answers: {times}." if times else "",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def comparison_markdown(comparison: Comparison) -> str:
    """The figures of a comparison, and which problems flipped."""
    first, second = comparison.first, comparison.second
    overall = comparison.overall
    parts = [
        f"## {_inline(second.method)} against {_inline(first.method)}",
        _table(
            ("", "run", "method", "model", "right", "95 % interval", "n"),
            [_compared("A", first, overall.first), _compared("B", second, overall.second)],
        ),
        f"B less A: **{points(overall.difference)}** ({interval_words(overall)}), by the profile "
        f"{_inline(comparison.profile)} on {count_of(overall.n, 'problem')} of {overall.stories:,} distinct stories. "
        f"Exact McNemar: {overall.only_second} gained, {overall.only_first} lost, p {_p(overall.p)} "
        f"(mid-p {_p(overall.mid_p)}).{_errors_as_wrong(comparison)}",
        _told_left_out(comparison),
        _datasets(comparison.by_dataset) if len(comparison.by_dataset) > 1 else "",
        _flips("Gained: right in B only", comparison.gained),
        _flips("Lost: right in A only", comparison.lost),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _errors_as_wrong(comparison: Comparison) -> str:
    strict = comparison.errors_as_wrong
    if not has_errors(comparison):
        return ""
    return f" With infrastructure errors as wrong: {points(strict.difference)} (n = {strict.n:,})."


def _headline(whole: Slice) -> str:
    if not whole.accuracy.n:
        return f"No attempt was graded yet; {failures(whole)}."
    told = f"**{percent(whole.accuracy.rate)}** right by the strict profile ({_range(whole.accuracy)})"
    if whole.infrastructure_errors:
        told += (
            f"; {percent(whole.accuracy_of_all.rate)} of all {count_of(whole.accuracy_of_all.n, 'problem')} with "
            f"{count_of(whole.infrastructure_errors, 'infrastructure error')} as wrong"
        )
    return f"{told}; {count_of(whole.pending, 'problem')} not tried yet." if whole.pending else f"{told}."


def _reasons(listed: Sequence[Reason]) -> str:
    rows = [(_inline(reason_words(each)), f"{each.count:,}") for each in listed]
    return _table(("the most frequent reasons", "attempts"), rows) if rows else ""


def _slices(name: str, listed: Sequence[Slice]) -> str:
    rows = [
        (
            _inline(each.name or "without a name"),
            *_figures(each.accuracy),
            f"{each.infrastructure_errors:,}",
        )
        for each in listed
    ]
    return _table((name, "right", "95 % interval", "n", "infrastructure errors"), rows)


def _profiles(whole: Slice) -> str:
    rows = [(_inline(each.profile), *_figures(each.graded)) for each in whole.profiles]
    return _table(("profile", "right", "95 % interval", "n"), rows) if len(rows) > 1 else ""


def _datasets(listed: Sequence[PairedDifference]) -> str:
    rows = [
        (
            _inline(each.name or "without a name"),
            percent(each.first.rate),
            percent(each.second.rate),
            f"{points(each.difference)} ({interval_words(each)})",
            f"{each.n:,}",
            _p(each.p),
            _p(each.p_holm),
        )
        for each in listed
    ]
    return _table(("data set", "A", "B", "B less A", "n", "p", "p after Holm"), rows)


def _flips(title: str, flips: Sequence[Flip]) -> str:
    if not flips:
        return ""
    rows = [(_inline(each.id), verdict_words(each.first), verdict_words(each.second)) for each in flips[:_MOST_FLIPS]]
    hidden = f"\n\n... and {len(flips) - _MOST_FLIPS:,} more" if len(flips) > _MOST_FLIPS else ""
    return f"### {title} ({len(flips):,})\n\n" + _table(("problem", "A", "B"), rows) + hidden


def _compared(name: str, run: ComparedRun, share: Proportion) -> tuple[str, ...]:
    return (name, _inline(run.place), _inline(run.method), _inline(run.model), *_figures(share))


def _figures(share: Proportion) -> tuple[str, str, str]:
    return (percent(share.rate), percent_range(share.low, share.high), f"{share.n:,}")


def _range(share: Proportion) -> str:
    return f"n = {count_of(share.n, 'problem')}, 95 % interval {percent_range(share.low, share.high)}"


def _told_left_out(comparison: Comparison) -> str:
    told = left_out(comparison)
    return f"Left out: {'; '.join(told)}." if told else ""


def _p(p: float | None) -> str:
    return p_value(p).replace("<", "&lt;")


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _inline(text: str) -> str:
    """A name of anybody's as Markdown that stays words: no link, no mention, no HTML, one line."""
    return "".join(_INLINE.get(each, each) for each in visible(" ".join(text.split())))
