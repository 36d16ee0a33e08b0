"""`steepest library search`: the insights that words find, without asking a model."""

import argparse
from typing import Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.library.options import add_library, open_library
from steepest.cli.options import add_command, add_format, argument
from steepest.quantities import read_count

EPILOG = """\
examples:
  steepest library search lib.db "a warehouse opens only if it is used"
  steepest library search lib.db big-M --most 3 --format json

Active insights only, by words and by meaning (hashed n-grams), weighed by how often they helped."""


def add_parser(actions: Any) -> None:
    """Add the action to the parser."""
    parser = add_command(actions, "search", "find insights by words", EPILOG)
    add_library(parser)
    parser.add_argument("words", metavar="WORDS", nargs="+", help="what to look for, such as a problem's text")
    parser.add_argument("--most", metavar="N", type=argument(read_count), default=10, help="the most to show")
    add_format(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Find and print them."""
    from steepest.agents.library.embeddings.hashed import HashedNgrams
    from steepest.agents.library.retrieval.candidates import candidates
    from steepest.agents.library.retrieval.queries import Query
    from steepest.agents.library.retrieval.shelf import Shelf
    from steepest.cli.library.documents import entry_document
    from steepest.cli.library.texts import table

    with open_library(arguments) as library:
        shelf = Shelf(library, HashedNgrams())
        shelf.refresh()
        found = candidates(shelf, Query(" ".join(arguments.words)), arguments.most)
    if arguments.format == "json":
        listed = [{**entry_document(each.entry), "score": each.score, "ranks": each.ranks} for each in found]
        console.document({"insights": listed})
    elif found:
        console.result(table(each.entry for each in found))
    else:
        console.say(f"no active insight of {arguments.library} has to do with that.")
    return ExitCode.SOLVED
