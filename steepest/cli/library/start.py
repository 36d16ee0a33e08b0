"""`steepest library start`: the insights that ship with steepest."""

import argparse
from typing import Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.library.options import add_library, open_library
from steepest.cli.options import add_command, add_format

EPILOG = """\
examples:
  steepest library start lib.db
  steepest solve problem.txt --library lib.db

The insights and labels that ship with steepest are brought in by one event, which `steepest library undo` takes back.
A library that is not there is made (docs/library-starter.md: where they come from)."""


def add_parser(actions: Any) -> None:
    """Add the action to the parser."""
    parser = add_command(actions, "start", "begin a library with the insights that ship with steepest", EPILOG)
    add_library(parser)
    add_format(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Bring the starter in."""
    from steepest.agents.library.exchange.parcels import bring_in
    from steepest.agents.library.starter import starter
    from steepest.cli.library.documents import brought_document
    from steepest.cli.library.texts import brought_text

    with open_library(arguments, must_exist=False) as library:
        brought = bring_in(library, [starter()], "the insights that ship with steepest")
    if arguments.format == "json":
        console.document(brought_document(brought))
    else:
        console.result(brought_text(brought))
    return ExitCode.SOLVED
