"""`steepest optimize`: better prompts, numbers and code for a workflow; an action a module.

`steepest optimize FILE.py:OBJECT ...` is short for `steepest optimize run FILE.py:OBJECT ...`. What the actions load is
loaded when one of them is carried out.
"""

import argparse
from collections.abc import Sequence
from typing import Any

from steepest.cli.optimize import apply, report, run, show
from steepest.cli.options import add_command

NAME = "optimize"
ACTIONS = ("run", "report", "show", "apply")
EPILOG = """\
examples:
  steepest optimize flow.py:agent --data train.jsonl --guide flow.py:score --model local --out runs/agent
  steepest optimize flow.py:agent --data train.jsonl --validation dev.jsonl --test test.jsonl --guide flow.py:score \\
      --model openai:gpt-5.4-mini --max-cost 2 --out runs/agent --apply
  steepest optimize show runs/agent
  steepest optimize report runs/agent
  steepest optimize apply runs/agent flow.py

The same command again goes on where it stopped and pays for nothing twice."""


def add_parser(commands: Any) -> None:
    """Add the command and its actions to the parser."""
    parser: argparse.ArgumentParser = add_command(
        commands, NAME, "find better prompts, numbers and code for a workflow", EPILOG
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    for action in (run, report, show, apply):
        action.add_parser(actions)


def with_action(arguments: Sequence[str]) -> list[str]:
    """The arguments with `run` where `optimize` is followed by none of its actions."""
    given = list(arguments)
    if given[:1] != [NAME] or len(given) < 2 or given[1] in (*ACTIONS, "-h", "--help"):
        return given
    return [NAME, "run", *given[1:]]
