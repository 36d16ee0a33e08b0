"""Insights and events for a program."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from steepest.agents.library.events import Event
    from steepest.agents.library.exchange.parcels import Brought
    from steepest.agents.library.stores.protocol import Entry


def entry_document(entry: "Entry") -> dict[str, Any]:
    """An insight with its version and counts."""
    return {
        **entry.insight.model_dump(mode="json"),
        "version": entry.version,
        "usage": {**entry.usage.model_dump(mode="json"), "usefulness": entry.usage.usefulness},
    }


def event_document(event: "Event") -> dict[str, Any]:
    """An event."""
    return event.model_dump(mode="json")


def brought_document(brought: "Brought") -> dict[str, Any]:
    """What an import came to."""
    return {
        "event": brought.event.number if brought.event else None,
        "added": list(brought.added),
        "changed": list(brought.changed),
        "removed": list(brought.removed),
        "same": list(brought.same),
        "labels": list(brought.labels),
    }
