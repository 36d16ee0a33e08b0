"""A search in Markdown, for a comment on a change."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from steepest.agents.optimizers.reports.description import Description, description_of
from steepest.agents.optimizers.reports.diffs import shown, unified
from steepest.agents.optimizers.reports.history import Entry, History, history_of
from steepest.agents.optimizers.reports.wording import (
    choice_words,
    figure,
    sealed_words,
    signed,
    spent_words,
    split_words,
)
from steepest.agents.optimizers.search.records import StepRecord
from steepest.traces.rendering.characters import visible
from steepest.traces.rendering.figures import count_of

__all__ = ["report_markdown"]

_MOST = 10


def report_markdown(
    records: Iterable[StepRecord], run: Mapping[str, Any], result: Mapping[str, Any] | None = None
) -> str:
    """A search as Markdown: its figures, what changed, the best candidates, why proposals were refused.

    Args:
        records: Of its steps, ascending.
        run: The document of its `run.json`.
        result: That of its `result.json`, if it has ended.
    """
    description = description_of(run, result)
    history = history_of(records, description.seed_values)
    lines = [
        f"## Optimization of {_cell(description.title)}",
        "",
        *_figures(history, description),
        *_changes(history, description),
        *_best(history),
        *_refusals(history),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _figures(history: History, description: Description) -> Iterator[str]:
    best, seed = history.entries[history.best], history.seed
    gain = f" ({signed(best.score - seed.score)})" if best.score is not None and seed.score is not None else ""
    over = f"mean of {count_of(best.evaluated, 'example')} of the {split_words(history.ranking)}"
    over = ", ".join(filter(None, (over, choice_words(history.best, description.test))))
    if description.test is not None:
        yield f"- on the sealed test split: {sealed_words(description.test)}"
    yield f"- best score: **{figure(best.score)}**, seed {figure(seed.score)}{gain}, {over}"
    yield f"- {history.admitted:,} admitted, {len(history.tried):,} not better, {history.refused:,} refused"
    if history.moments:
        last = history.moments[-1]
        yield f"- spent: {spent_words(last.metric_calls, last.tokens, last.money, last.seconds, last.unpriced)}"
    if description.reason or history.stopped:
        yield f"- ended: {_cell(description.reason or history.stopped)}"
    if description.objectives:
        yield f"- objectives, the seed's and the best's: {_cell(description.objectives)}"
    yield ""


def _changes(history: History, description: Description) -> Iterator[str]:
    before, after = history.values(0), history.values(history.best)
    for name, value in after.items():
        old, new = shown(before.get(name)), shown(value)
        if old != new:
            yield from _fenced(name, _ended(old), _ended(new))


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"


def _fenced(name: str, old: str, new: str) -> Iterator[str]:
    """A diff, in a fence that is longer than any inside of it."""
    difference = visible(unified(old, new, name), multiline=True)
    longest = max((len(run) for line in difference.splitlines() for run in _ticks(line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (f"### `{_cell(name)}`", "", f"{fence}diff", difference.rstrip("\n"), fence, "")


def _ticks(line: str) -> list[str]:
    return ["`" * len(run) for run in "".join(each if each == "`" else " " for each in line).split()]


def _best(history: History) -> Iterator[str]:
    ranked = sorted(history.members, key=lambda each: (-(each.score or float("-inf")), each.number))
    rows = [_row(each) for each in ranked[:_MOST]]
    yield from _table(("#", "score", "gain", "by", "from", "why"), rows)


def _row(entry: Entry) -> Sequence[str]:
    parents = ", ".join(map(str, entry.parents))
    return str(entry.number), figure(entry.score), signed(entry.gain), entry.origin, parents, entry.reason


def _refusals(history: History) -> Iterator[str]:
    if history.refusals:
        rows = [(f"{each.count:,}", each.component, each.reason) for each in history.refusals[:_MOST]]
        yield from _table(("refused", "component", "reason"), rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    yield from (f"| {' | '.join(map(_cell, row))} |" for row in rows)
    yield ""


def _cell(words: str) -> str:
    """A text on one line in which nothing is Markdown or HTML."""
    line = visible(" ".join(words.split()))
    for sign in "\\`*_[]<>|":
        line = line.replace(sign, f"&#{ord(sign)};" if sign in "<>" else f"\\{sign}")
    return line
