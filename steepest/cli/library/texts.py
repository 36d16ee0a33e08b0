"""Insights and events for a terminal."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from steepest.cli.tables import aligned

if TYPE_CHECKING:
    from steepest.agents.library.events import Event
    from steepest.agents.library.exchange.parcels import Brought
    from steepest.agents.library.stores.protocol import Entry

WIDEST = 60
MOST_NAMED = 6


def table(entries: "Iterable[Entry]") -> str:
    """An insight a line."""
    header = ("id", "status", "helped", "hurt", "used", "label", "what")
    rows = [_row(each) for each in entries]
    return "\n".join(aligned([header, *rows], right=(2, 3, 4), widest=WIDEST))


def insight_text(entry: "Entry", events: "Iterable[Event]") -> str:
    """An insight with all that is known of it."""
    return "\n".join(_insight_lines(entry, events))


def events_text(events: "Iterable[Event]") -> str:
    """An event a line."""
    return "\n".join(aligned([_event_row(each) for each in events]))


def brought_text(brought: "Brought") -> str:
    """What an import came to."""
    parts = [
        f"{word} {_listed(names)}"
        for word, names in (
            ("added", brought.added),
            ("changed", brought.changed),
            ("took away", brought.removed),
            ("defined", brought.labels),
        )
        if names
    ]
    if brought.event is None:
        return "the library has it all already; nothing was written."
    return f"event {brought.event.number}: {'; '.join(parts)}"


def _row(entry: "Entry") -> tuple[str, ...]:
    insight, usage = entry.insight, entry.usage
    label, *more = (each.level2 for each in insight.labels)
    shown = f"{label} (+{len(more)})" if more else label
    counts = (str(usage.helped), str(usage.hurt), str(usage.used))
    return (insight.id, insight.status, *counts, shown, _line(insight.title or insight.condition))


def _insight_lines(entry: "Entry", events: "Iterable[Event]") -> Iterator[str]:
    insight, usage, source = entry.insight, entry.usage, entry.insight.provenance
    yield f"{insight.id}  {insight.title}".rstrip()
    facts = [
        ("status", f"{insight.status}, since event {entry.version}"),
        *(("label", str(label)) for label in insight.labels),
        ("usage", _usage(entry)),
        ("verified", f"{usage.verified:%Y-%m-%d %H:%M}" if usage.verified else ""),
        ("tasks", ", ".join(source.tasks)),
        ("merged", ", ".join(source.merged)),
        ("source", source.source),
        ("model", " ".join(filter(None, (source.model, source.prompt)))),
        ("structure", ", ".join(insight.fingerprint)),
    ]
    yield from (f"  {line}" for line in aligned([each for each in facts if each[1]]))
    for name, text in (("when", insight.condition), ("what", insight.explanation), ("example", insight.example)):
        if text:
            yield from ("", f"{name}:", *(f"  {line}" for line in text.split("\n")))
    yield from ("", "history:", *(f"  {line}" for line in aligned([_event_row(each) for each in events])))


def _usage(entry: "Entry") -> str:
    usage = entry.usage
    return (
        f"retrieved {usage.retrieved:,}, used {usage.used:,}, helped {usage.helped:,}, hurt {usage.hurt:,}, "
        f"{usage.tokens:,} tokens; usefulness {usage.usefulness:.2f}"
    )


def _event_row(event: "Event") -> tuple[str, ...]:
    from steepest.agents.library.events import Change

    body = event.body
    if isinstance(body, Change):
        kind = f"{body.kind} {', '.join(map(str, body.undoes[:MOST_NAMED]))}".rstrip()
        touched = _listed(tuple(body.insights) or tuple(body.definitions) or tuple(body.skills))
    else:
        kind, touched = "outcome", f"{body.task}: {_outcome(body.helped, body.hurt, body.used)}"
    who = " ".join(filter(None, (body.author, body.run)))
    return (str(event.number), f"{event.time:%Y-%m-%d %H:%M}", kind, touched, who, _line(body.reason))


def _outcome(helped: tuple[str, ...], hurt: tuple[str, ...], used: tuple[str, ...]) -> str:
    told = [f"{word} {_listed(names)}" for word, names in (("helped", helped), ("hurt", hurt), ("used", used)) if names]
    return ", ".join(told) or "nothing used"


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= WIDEST else f"{line[: WIDEST - 3]}..."
