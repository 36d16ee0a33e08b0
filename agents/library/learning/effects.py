"""What a task does to the library: decided first and kept in the journal, then written all at once.

So whoever was killed in between, and goes on, finds in the journal what is still to be written, and in the library
whether it was.
"""

from pydantic import BaseModel, ConfigDict

from steepest.agents.library.events import Change, Event, Outcome
from steepest.agents.library.insights import Insight
from steepest.agents.library.labels import Definition
from steepest.agents.library.library import Library

__all__ = ["Accepted", "Effects", "are_written", "write"]


class Accepted(BaseModel):
    """An insight that is proven."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    insight: Insight
    reason: str
    """How it was proven."""


class Effects(BaseModel):
    """What is counted and what enters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    outcome: Outcome | None = None
    """None where the library had nothing for the task."""
    accepted: tuple[Accepted, ...] = ()
    definitions: tuple[Definition, ...] = ()
    """Of labels that the accepted insights bring along."""


def write(effects: Effects, library: Library) -> None:
    """Carry it all out, or nothing of it.

    An insight that somebody else has added since it was proven is there already.

    Raises:
        LibraryError: The library can't be written.
    """
    with library.store.alone():
        if effects.outcome is not None:
            library.record(effects.outcome)
        for each in effects.accepted:
            if not library.store.entries([each.insight.id]):
                library.add([each.insight], each.reason)
        missing = [each for each in effects.definitions if _is_undefined(each, library)]
        if missing:
            library.define(missing, "labels that were new")


def are_written(effects: Effects, library: Library) -> bool:
    """Whether the library's events, of this very run, hold what was to be written; as `write` writes all or nothing.

    Raises:
        LibraryError: The library can't be read.
    """
    outcome = effects.outcome
    if outcome is not None:
        touched = (*outcome.retrieved, *outcome.used)[0]
        return any(_is_of(event, outcome, library.run) for event in library.store.events(touching=touched))
    if not effects.accepted:
        return True
    name = effects.accepted[0].insight.id
    events = library.store.events(touching=name)
    return any(isinstance(event.body, Change) and event.body.run == library.run for event in events)


def _is_of(event: Event, outcome: Outcome, run: str) -> bool:
    body = event.body
    return isinstance(body, Outcome) and (body.run, body.task, body.iteration) == (run, outcome.task, outcome.iteration)


def _is_undefined(definition: Definition, library: Library) -> bool:
    """Whether the label is there without a meaning; one that is there is never written over."""
    known = library.taxonomy().find(definition.label)
    return known is not None and not known.definition and not known.is_given
