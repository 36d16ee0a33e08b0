"""All candidates as the page's script lists and opens them: plain data, what is large only for those worth a look."""

from collections.abc import Iterator
from typing import Any

from steepest.agents.optimizers.reports.description import Description
from steepest.agents.optimizers.reports.diffs import Change, changes_of
from steepest.agents.optimizers.reports.history import Entry, History
from steepest.traces.rendering.characters import visible

__all__ = ["MOST_OPENED", "rows_of", "told_of"]

MOST_OPENED = 2500
"""Candidates whose changes are in the page: members first, the best before others."""
_EXCERPT = 160
_LONGEST_NOTE = 4000


def rows_of(history: History) -> dict[str, list[Any]]:
    """The table, column by column, ascending by number."""
    entries = _in_order(history)
    return {
        "number": [each.number for each in entries],
        "fate": ["best" if each.number == history.best else each.fate for each in entries],
        "score": [each.score for each in entries],
        "gain": [each.gain for each in entries],
        "origin": [visible(each.origin) for each in entries],
        "model": [visible(each.model) for each in entries],
        "parents": [list(each.parents) for each in entries],
        "step": [each.step for each in entries],
        "calls": [each.metric_calls for each in entries],
        "changed": [visible(", ".join(each.changes)) if each.parents else "" for each in entries],
        "reason": [_excerpt(each.reason or each.note) for each in entries],
    }


def told_of(history: History, description: Description, most: int = MOST_OPENED) -> Iterator[dict[str, Any] | None]:
    """What is shown of each candidate when it is opened, in the order of the rows; None where that is left out."""
    worth = _worth_a_look(history, most)
    for entry in _in_order(history):
        yield _told(history, description, entry) if entry.number in worth else None


def _in_order(history: History) -> list[Entry]:
    return sorted(history.entries.values(), key=lambda each: each.number)


def _worth_a_look(history: History, most: int) -> frozenset[int]:
    low = float("-inf")

    def interest(entry: Entry) -> tuple[bool, float, int]:
        return entry.fate == "tried", -(low if entry.score is None else entry.score), entry.number

    ranked = sorted(history.entries.values(), key=interest)
    return frozenset([0, *history.lineage(history.best), *(each.number for each in ranked[:most])])


def _told(history: History, description: Description, entry: Entry) -> dict[str, Any]:
    parent = history.values(entry.parents[0]) if entry.parents else {}
    return {
        "note": _cut(entry.note),
        "reason": _cut(entry.reason),
        "changes": [
            _plain(changes_of(name, description.kinds.get(name, ""), parent.get(name, _nothing(value)), value))
            for name, value in entry.changes.items()
        ],
    }


def _nothing(value: Any) -> str | None:
    """What the seed's value is told to come from."""
    return "" if isinstance(value, str) else None


def _plain(change: Change) -> list[Any]:
    segments = [[sign, visible(text, multiline=True)] for sign, text in change.segments]
    return [visible(change.component), change.form, segments]


def _cut(text: str) -> str:
    return visible(text if len(text) <= _LONGEST_NOTE else f"{text[:_LONGEST_NOTE]} [cut]", multiline=True)


def _excerpt(text: str) -> str:
    line = visible(" ".join(text.split()))
    return line if len(line) <= _EXCERPT else f"{line[: _EXCERPT - 1]}…"
