"""`steepest library history`: what happened to a library, or to one insight."""

import argparse
from typing import Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.library.options import add_library, known_ids, nearest, open_library
from steepest.cli.options import add_command, add_format, argument
from steepest.errors import InputError
from steepest.quantities import read_count

EPILOG = """\
examples:
  steepest library history lib.db
  steepest library history lib.db --id 4b1f0c9a22d1
  steepest library history lib.db --changes --last 5 --format json

An insight that was merged or taken away has its history still."""


def add_parser(actions: Any) -> None:
    """Add the action to the parser."""
    parser = add_command(actions, "history", "tell what happened to a library", EPILOG)
    add_library(parser)
    parser.add_argument("--id", metavar="ID", help="only what happened to this insight")
    parser.add_argument("--changes", action="store_true", help="only changes of content, no outcomes of tasks")
    parser.add_argument("--last", metavar="N", type=argument(read_count), help="only the last ones")
    add_format(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Print the events."""
    from steepest.agents.library.events import Change
    from steepest.cli.library.documents import event_document
    from steepest.cli.library.texts import events_text

    with open_library(arguments) as library:
        events = library.history(arguments.id)
        if arguments.id is not None and not events:
            near = nearest(arguments.id, known_ids(library))
            raise InputError(f"{library.store.place} never had an insight {arguments.id}{near}")
    if arguments.changes:
        events = [each for each in events if isinstance(each.body, Change)]
    shown = events[-arguments.last :] if arguments.last else events
    if arguments.format == "json":
        console.document({"events": [event_document(each) for each in shown]})
    elif shown:
        console.result(events_text(shown))
    else:
        console.say(f"nothing happened to {arguments.library} yet.")
    return ExitCode.SOLVED
