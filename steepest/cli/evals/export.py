"""`steepest eval export`: a run in the form that another program reads."""

import argparse
from pathlib import Path
from typing import Any

from steepest.cli.console import Console
from steepest.cli.evals.options import add_run
from steepest.cli.exit_codes import ExitCode
from steepest.cli.options import add_command
from steepest.errors import InputError

ENDINGS = {"csv": "csv", "parquet": "parquet", "eval": "inspect"}
EPILOG = """\
examples:
  steepest eval export runs/five --out five.parquet
  steepest eval export runs/five --out five.csv
  steepest eval export runs/five --out logs/five.eval      for `inspect view --log-dir logs`"""


def add_parser(actions: Any) -> None:
    """Add the action to the parser."""
    parser = add_command(actions, "export", "write a run in the form that another program reads", EPILOG)
    add_run(parser)
    parser.add_argument(
        "--to", metavar="FORM", help="inspect, csv or parquet; told from the ending of --out unless given"
    )
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help="file to write")
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Write the file."""
    from steepest.cli.evals.files import form_of, replaced, size_of
    from steepest.evals.exchange import EXPORTS, export
    from steepest.evals.runs import open_run

    form = arguments.to or ENDINGS[form_of(arguments.out, tuple(ENDINGS))]
    if form not in EXPORTS:
        raise InputError(f"--to {form}: a run is exported to {', '.join(EXPORTS)}.")
    run = open_run(arguments.run)
    with replaced(arguments.out) as draft:
        export(run, form, draft)
    console.say(f"wrote {arguments.out} ({size_of(arguments.out)})")
    return ExitCode.SOLVED
