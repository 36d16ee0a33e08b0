"""`steepest optimize show`: what a run came to, and what it changes."""

import argparse
from typing import Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.options import add_command, add_format, argument
from steepest.errors import InputError
from steepest.quantities import read_repairs

EPILOG = """\
examples:
  steepest optimize show runs/agent                 figures, and what the best changes of the seed
  steepest optimize show runs/agent --candidate 12
  steepest optimize show runs/agent --format json | jq .values

A run that is going on is told as it stands."""


def add_parser(actions: Any) -> None:
    """Add the action to the parser."""
    parser = add_command(actions, "show", "tell what a run came to, and what it changes", EPILOG)
    parser.add_argument("run", metavar="RUN", help="folder of a run")
    parser.add_argument("--candidate", metavar="N", type=argument(read_repairs), help="this one's changes")
    add_format(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Print it."""
    from steepest.agents.optimizers.reports.result import read_run
    from steepest.cli.optimize.texts import differences, run_text

    run = read_run(arguments.run)
    history = run.history
    chosen = history.best if arguments.candidate is None else arguments.candidate
    if chosen not in history.entries:
        raise InputError(f"{arguments.run} has no candidate {chosen}: its numbers go from 0 to {max(history.entries)}")
    if arguments.format == "json":
        entry = history.entries[chosen]
        console.document(
            {
                "candidate": chosen,
                "fate": entry.fate,
                "score": entry.score,
                "seed_score": history.seed.score,
                "parents": list(entry.parents),
                "origin": entry.origin,
                "reason": entry.reason,
                "values": history.values(chosen),
                "admitted": history.admitted,
                "not_better": len(history.tried),
                "refused": history.refused,
                "result": run.result,
            }
        )
    else:
        console.result("\n".join([run_text(run), "", differences(run, chosen)]))
    return ExitCode.SOLVED
