"""`steepest library list`: the insights of a library, a line each."""

import argparse
from typing import Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.library.options import add_library, add_part, open_library, part_of
from steepest.cli.options import add_command, add_format

EPILOG = """\
examples:
  steepest library list lib.db
  steepest library list lib.db --status quarantined
  steepest library list lib.db --label "network flow" --format json"""


def add_parser(actions: Any) -> None:
    """Add the action to the parser."""
    parser = add_command(actions, "list", "list the insights of a library", EPILOG)
    add_library(parser)
    add_part(parser)
    add_format(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Print them."""
    from steepest.cli.library.documents import entry_document
    from steepest.cli.library.texts import table

    with open_library(arguments) as library:
        entries = part_of(library, arguments)
    if arguments.format == "json":
        console.document({"insights": [entry_document(each) for each in entries]})
    elif entries:
        console.result(table(entries))
    else:
        console.say(f"{arguments.library} has no such insights.")
    return ExitCode.SOLVED
