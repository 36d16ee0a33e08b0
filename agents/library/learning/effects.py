"""What a task or a step does to the library: decided first and kept in the journal, then written all at once.

So whoever was killed in between, and goes on, finds in the journal what is still to be written, and in the library
whether it was.
"""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field

from steepest.agents.library.events import Change, Event, Outcome
from steepest.agents.library.insights import Insight
from steepest.agents.library.labels import Definition
from steepest.agents.library.library import Library
from steepest.agents.library.revisions import joined

__all__ = ["Accepted", "Effects", "active_after", "are_written", "write"]


class Accepted(BaseModel):
    """An insight that is proven."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    insight: Insight
    reason: str
    """How it was proven."""


class Effects(BaseModel):
    """What is counted, what enters, and what becomes of insights and labels that are there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    outcome: Outcome | None = None
    """None where the library had nothing for the task."""
    accepted: tuple[Accepted, ...] = ()
    definitions: tuple[Definition, ...] = ()
    """Of labels that the accepted insights bring along."""
    changes: tuple[Change, ...] = ()
    """Of what is there: merged, refined, quarantined, retired, labels. Author and run are the library's own."""
    expected: dict[str, int] = Field(default_factory=dict)
    """The version that an insight must still have; a change of one that somebody else changed since is left out."""


def write(effects: Effects, library: Library) -> tuple[Change, ...]:
    """Carry it all out, or nothing of it.

    An insight that somebody else has added since it was proven is there already.

    Returns:
        The changes that were left out, since somebody else changed an insight of theirs in the meantime.

    Raises:
        LibraryError: The library can't be written.
    """
    with library.store.alone():
        stale = _stale(effects, library)
        if effects.outcome is not None:
            library.record(effects.outcome)
        for each in effects.accepted:
            if not library.store.entries([each.insight.id]):
                library.add([each.insight], each.reason)
        missing = [each for each in effects.definitions if _is_undefined(each, library)]
        if missing:
            library.define(missing, "labels that were new")
        for change in effects.changes:
            if stale.isdisjoint(change.insights):
                library.carry_out(change)
    return tuple(change for change in effects.changes if not stale.isdisjoint(change.insights))


def are_written(effects: Effects, library: Library) -> bool:
    """Whether the library's events, of this very run, hold what was to be written; as `write` writes all or nothing.

    Raises:
        LibraryError: The library can't be read.
    """
    outcome = effects.outcome
    if outcome is not None:
        touched = (*outcome.retrieved, *outcome.used)[0]
        return any(_is_of(event, outcome, library.run) for event in library.store.events(touching=touched))
    if not effects.accepted and not effects.changes:
        return True
    return any(_entered(each, library) for each in effects.accepted) or any(
        _is_carried_out(change, effects, library) for change in effects.changes
    )


def active_after(effects: Effects, active: Iterable[str]) -> set[str]:
    """Ids of the insights that are active once it is all carried out."""
    names = {*active, *(each.insight.id for each in effects.accepted)}
    for change in effects.changes:
        for name, insight in change.insights.items():
            if insight is not None and insight.status == "active":
                names.add(name)
            else:
                names.discard(name)
    return names


def _stale(effects: Effects, library: Library) -> set[str]:
    """Insights that are not as they were when the changes were decided."""
    versions = {each.insight.id: each.version for each in library.store.entries(effects.expected)}
    return {name for name, version in effects.expected.items() if versions.get(name, 0) != version}


def _is_of(event: Event, outcome: Outcome, run: str) -> bool:
    body = event.body
    return isinstance(body, Outcome) and (body.run, body.task, body.iteration) == (run, outcome.task, outcome.iteration)


def _entered(accepted: Accepted, library: Library) -> bool:
    events = library.store.events(touching=accepted.insight.id)
    return any(isinstance(event.body, Change) and event.body.run == library.run for event in events)


def _is_carried_out(change: Change, effects: Effects, library: Library) -> bool:
    """Whether there is such an event, later than what the change was decided on."""
    touched = next(iter((*change.insights, *change.definitions)), None)  # a change of skills alone touches neither
    after = effects.expected.get(touched, 0) if touched is not None else 0
    events = library.store.events(after=after, touching=touched)
    return any(_is_same(event.body, change) and event.body.run == library.run for event in events)


def _is_same(body: Change | Outcome, change: Change) -> bool:
    """Labels aside that an event of insights brings along."""
    if not isinstance(body, Change) or (body.kind, body.reason) != (change.kind, change.reason):
        return False
    if body.skills != change.skills:
        return False
    if body.insights != change.insights or not body.definitions.keys() >= change.definitions.keys():
        return False
    return all(_holds(body.definitions[key], each) for key, each in change.definitions.items())


def _holds(written: Definition | None, decided: Definition | None) -> bool:
    """Whether a label was written as it was decided, perhaps with tasks and names that others gave it meanwhile."""
    if written is None or decided is None:
        return written is decided
    return joined(decided, written) == written


def _is_undefined(definition: Definition, library: Library) -> bool:
    """Whether the label is there without a meaning; one that is there is never written over."""
    known = library.taxonomy().find(definition.label)
    return known is not None and not known.definition and not known.is_given
