"""Insights that go: those that hurt are set aside, those that nothing rescues are retired, and those beyond a size."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from steepest.agents.library.events import Change, ChangeKind, Outcome
from steepest.agents.library.insights import Insight, Status, Usage
from steepest.agents.library.learning.effects import Effects
from steepest.agents.library.library import Library
from steepest.agents.library.retrieval.recalled import token_estimate, told
from steepest.agents.library.stores.protocol import Entry

__all__ = ["evicted", "harmful", "quarantining", "retiring", "worth"]


def harmful(library: Library, *, least_hurt: int, threshold: float) -> Iterator[tuple[Entry, Usage]]:
    """Active insights that hurt again and again, with what was counted since their words last changed.

    Args:
        library: Where they are.
        least_hurt: Tasks that one has to have hurt.
        threshold: Of the mean of its posterior of usefulness, below which it is harmful.
    """
    for entry in library.entries("active"):
        if entry.usage.hurt < least_hurt:
            continue
        counted = _counted_since(entry, library)
        if counted.hurt >= least_hurt and counted.usefulness < threshold:
            yield entry, counted


def _counted_since(entry: Entry, library: Library) -> Usage:
    """What outcomes say of an insight as it is now; what it did before a refinement does not count against it."""
    name = entry.insight.id
    bodies = [event.body for event in library.store.events(after=entry.version, touching=name)]
    outcomes = [body for body in bodies if isinstance(body, Outcome)]
    return Usage(
        helped=sum(name in each.helped for each in outcomes),
        hurt=sum(name in each.hurt for each in outcomes),
    )


def evicted(entries: Iterable[Entry], most: int) -> list[Entry]:
    """The insights beyond a size: those worth least a token, in the order of their ids."""
    ranked = sorted(entries, key=lambda each: (-worth(each), each.insight.id))
    return sorted(ranked[most:], key=lambda each: each.insight.id)


def worth(entry: Entry) -> Fraction:
    """Tasks that were solved by it, weighed by how likely it is to help, for each token that it takes."""
    usage = entry.usage
    solved = len(entry.insight.provenance.tasks) + usage.helped
    usefulness = Fraction(1 + usage.helped, 2 + usage.helped + usage.hurt)
    return solved * usefulness / token_estimate(told(entry.insight))


def quarantining(entry: Entry, reason: str) -> Effects:
    """What sets an insight aside until another condition is found for it."""
    return _with_status([entry], "quarantined", "quarantine", reason)


def retiring(entries: Iterable[Entry], reason: str) -> Effects:
    """What takes insights out of use; they stay for the record, and can be brought back."""
    return _with_status(list(entries), "retired", "retire", reason)


def _with_status(entries: Sequence[Entry], status: Status, kind: ChangeKind, reason: str) -> Effects:
    after: dict[str, Insight | None] = {
        each.insight.id: each.insight.model_copy(update={"status": status}) for each in entries
    }
    expected = {each.insight.id: each.version for each in entries}
    return Effects(changes=(Change(kind=kind, insights=after, reason=reason),), expected=expected)
