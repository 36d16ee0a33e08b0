"""`steepest library undo`: take a change back, or all that came after one."""

import argparse
from typing import Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.library.options import add_library, open_library
from steepest.cli.options import add_command, add_format, argument
from steepest.quantities import read_repairs

EPILOG = """\
examples:
  steepest library undo lib.db 12            what event 12 changed is as it was before
  steepest library undo lib.db --back-to 8   everything is as it was after event 8
  steepest library history lib.db            has the numbers

It is an event like any other, and can be undone. Counts of usage stay."""


def add_parser(actions: Any) -> None:
    """Add the action to the parser."""
    parser = add_command(actions, "undo", "take a change back, or all after one", EPILOG)
    add_library(parser)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("number", metavar="NUMBER", nargs="?", type=argument(read_repairs), help="of a change")
    which.add_argument("--back-to", metavar="NUMBER", type=argument(read_repairs), help="the event to go back to")
    parser.add_argument("--reason", default="", help="why, for the record")
    add_format(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Undo, and print the event that did."""
    from steepest.cli.library.documents import event_document
    from steepest.cli.library.texts import events_text

    with open_library(arguments) as library:
        if arguments.back_to is not None:
            event = library.restore(arguments.back_to, arguments.reason)
        else:
            event = library.undo(arguments.number, arguments.reason)
    if arguments.format == "json":
        console.document(event_document(event))
    else:
        console.result(events_text([event]))
    return ExitCode.SOLVED
