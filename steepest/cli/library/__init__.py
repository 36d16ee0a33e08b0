"""`steepest library`: look into a library of insights, edit it, exchange it, undo; an action a module.

What the actions load is loaded when one of them is carried out.
"""

import argparse
from typing import Any

from steepest.cli.library import (
    edit,
    export,
    history,
    imports,
    labels,
    listing,
    merge,
    search,
    show,
    skills,
    start,
    stats,
    undo,
    why,
)
from steepest.cli.options import add_command

EPILOG = """\
examples:
  steepest library start lib.db                      the insights that ship with steepest
  steepest library list lib.db --status active
  steepest library show lib.db 4b1f0c9a22d1
  steepest library search lib.db "a warehouse opens only if it is used"
  steepest library export lib.db --out lib.md        edit it, then: steepest library import lib.db lib.md
  steepest library history lib.db
  steepest library undo lib.db 12
  steepest library why lib.db task-17
  steepest library merge lib.db --model SPEC         what says the same; writes only what --problems prove
  steepest library skills lib.db --model SPEC --to skills

A library is a file, or a schema in PostgreSQL: postgresql://USER@HOST/DATABASE#NAME."""


def add_parser(commands: Any) -> None:
    """Add the command and its actions to the parser."""
    parser: argparse.ArgumentParser = add_command(
        commands, "library", "look into a library of insights, edit it, and undo", EPILOG
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    reading = (listing, show, search, stats, labels, history, why)
    for action in (start, *reading, edit, merge, skills, export, imports, undo):
        action.add_parser(actions)
