"""`steepest library stats`: how many insights there are of which kind, and how they fared."""

import argparse
from collections import Counter
from typing import TYPE_CHECKING, Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.library.options import add_library, open_library
from steepest.cli.options import add_command, add_format

if TYPE_CHECKING:
    from steepest.agents.library.library import Library

COUNTED = ("retrieved", "used", "helped", "hurt", "tokens")
EPILOG = """\
examples:
  steepest library stats lib.db
  steepest library stats lib.db --format json"""


def add_parser(actions: Any) -> None:
    """Add the action to the parser."""
    parser = add_command(actions, "stats", "count insights by status and track, and how they fared", EPILOG)
    add_library(parser)
    add_format(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Count and print."""
    with open_library(arguments) as library:
        figures = counts(library)
    if arguments.format == "json":
        console.document(figures)
    else:
        console.result(_text(figures))
    return ExitCode.SOLVED


def counts(library: "Library") -> dict[str, Any]:
    """Counts of insights, events, labels, and of what was made of them."""
    entries = library.entries()
    taxonomy = library.taxonomy()
    usage = [each.usage for each in entries]
    tracks = Counter(track for each in entries for track in {label.track for label in each.insight.labels})
    return {
        "insights": len(entries),
        "events": library.store.number(),
        "status": dict(Counter(each.insight.status for each in entries).most_common()),
        "track": dict(tracks.most_common()),
        "labels": {"known": len(taxonomy), "offered": len(taxonomy.offered)},
        "skills": len(library.skills()),
        "usage": {
            name: sum(getattr(each, name) for each in usage)
            for name in ("retrieved", "used", "helped", "hurt", "tokens")
        },
        "that_helped": sum(each.helped > 0 for each in usage),
        "that_hurt": sum(each.hurt > 0 for each in usage),
        "never_used": sum(each.used == 0 for each in usage),
    }


def _text(figures: dict[str, Any]) -> str:
    from steepest.cli.tables import aligned

    usage = figures["usage"]
    rows = [
        ("insights", f"{figures['insights']:,}"),
        ("status", _counted(figures["status"])),
        ("tracks", _counted(figures["track"])),
        ("labels", f"{figures['labels']['known']:,}, {figures['labels']['offered']:,} offered to models"),
        ("skills", f"{figures['skills']:,}"),
        ("usage", _counted(usage)),
        (
            "made a difference",
            f"{figures['that_helped']:,} helped, {figures['that_hurt']:,} hurt, {figures['never_used']:,} never used",
        ),
        ("events", f"{figures['events']:,}"),
    ]
    return "\n".join(aligned([row for row in rows if row[1]]))


def _counted(counted: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counted.items())
