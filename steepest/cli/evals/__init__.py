"""`steepest eval`: batch evaluation, an action a module; what they load is loaded when one of them is carried out."""

import argparse
from typing import Any

from steepest.cli.evals import compare, data, export, overlap, report, run, watch
from steepest.cli.options import add_command

EPILOG = """\
examples:
  steepest eval run problems.jsonl --model local --method five+repair --out runs/five
  steepest eval report runs/five
  steepest eval compare runs/code runs/five --out comparison.html
  steepest eval watch runs/five
  steepest eval data problems.jsonl
  steepest eval overlap train.jsonl test.jsonl

A run lives in a folder, or in PostgreSQL: postgresql://USER@HOST/DATABASE#NAME. The same `eval run` again goes on where
it stopped and pays for nothing twice."""


def add_parser(commands: Any) -> None:
    """Add the command and its actions to the parser."""
    parser: argparse.ArgumentParser = add_command(
        commands, "eval", "measure methods and models on sets of problems", EPILOG
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    for action in (run, report, compare, export, watch, data, overlap):
        action.add_parser(actions)
