"""`steepest library show`: an insight with its history, usage and labels."""

import argparse
from typing import Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.library.options import add_library, entry_of, open_library
from steepest.cli.options import add_command, add_format

EPILOG = """\
examples:
  steepest library show lib.db 4b1f0c9a22d1
  steepest library show lib.db 4b1f0c9a22d1 --format json"""


def add_parser(actions: Any) -> None:
    """Add the action to the parser."""
    parser = add_command(actions, "show", "show an insight with its labels, usage and history", EPILOG)
    add_library(parser)
    parser.add_argument("id", metavar="ID", help="id of an insight")
    add_format(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Print it."""
    from steepest.cli.library.documents import entry_document, event_document
    from steepest.cli.library.texts import insight_text

    with open_library(arguments) as library:
        entry = entry_of(library, arguments.id)
        events = library.history(entry.insight.id)
    if arguments.format == "json":
        console.document({**entry_document(entry), "history": [event_document(each) for each in events]})
    else:
        console.result(insight_text(entry, events))
    return ExitCode.SOLVED
