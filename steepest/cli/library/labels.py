"""`steepest library labels`: what labels there are, what they mean, and which are the same."""

import argparse
from collections import Counter
from typing import TYPE_CHECKING, Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.library.options import add_library, open_library
from steepest.cli.options import add_command, add_format

if TYPE_CHECKING:
    from steepest.agents.library.library import Library

EPILOG = """\
examples:
  steepest library labels lib.db
  steepest library labels lib.db --merge "Formulation > Constraints > Balance" "Formulation > Constraints > Flow"

A label that a model made up is offered to models once two tasks have asked for it. --merge makes the second label
another name of the first: insights under either are found under both, and `steepest library undo` takes it back."""


def add_parser(actions: Any) -> None:
    """Add the action to the parser."""
    parser = add_command(actions, "labels", "list labels with their meanings, or make one another's name", EPILOG)
    add_library(parser)
    parser.add_argument("--merge", metavar=("KEPT", "OTHER"), nargs=2, help="make OTHER another name of KEPT")
    parser.add_argument("--reason", default="", help="why, for the record")
    add_format(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Print them, after a merge where one is wanted."""
    from steepest.agents.library.labels import Label
    from steepest.cli.library.documents import event_document
    from steepest.cli.library.texts import events_text

    with open_library(arguments) as library:
        if arguments.merge:
            kept, other = map(Label.parse, arguments.merge)
            event = library.merge_labels(kept, other, arguments.reason or f"{other} means the same as {kept}")
            if arguments.format == "json":
                console.document(event_document(event))
            else:
                console.result(events_text([event]))
            return ExitCode.SOLVED
        rows = label_documents(library)
    if arguments.format == "json":
        console.document({"labels": rows})
    elif rows:
        console.result(_text(rows))
    else:
        console.say(f"{arguments.library} knows no labels.")
    return ExitCode.SOLVED


def label_documents(library: "Library") -> list[dict[str, Any]]:
    """Each label with its meaning, other names, evidence, and how many active insights stand under it."""
    taxonomy = library.taxonomy()
    settled = ({taxonomy.settled(label).key for label in each.insight.labels} for each in library.entries("active"))
    counts = Counter(key for keys in settled for key in keys)
    return [
        {
            "label": str(each.label),
            "definition": each.definition or each.condition,
            "aliases": [str(alias) for alias in each.aliases],
            "tasks": list(each.tasks),
            "is_given": each.is_given,
            "is_offered": each.is_offered,
            "insights": counts[each.label.key],
        }
        for each in sorted(taxonomy.definitions.values(), key=lambda each: each.label.key)
    ]


def _text(rows: list[dict[str, Any]]) -> str:
    from steepest.cli.tables import aligned

    header = ("label", "insights", "tasks", "known by", "what it means")
    cells = [
        (each["label"], str(each["insights"]), str(len(each["tasks"])), _known_by(each), _said(each)) for each in rows
    ]
    return "\n".join(aligned([header, *cells], right=(1, 2)))


def _known_by(row: dict[str, Any]) -> str:
    if row["is_given"]:
        return "people"
    return "models" if row["is_offered"] else "one task, not offered"


def _said(row: dict[str, Any]) -> str:
    names = f"(also {'; '.join(row['aliases'])})" if row["aliases"] else ""
    return " ".join(filter(None, (" ".join(row["definition"].split()), names)))
