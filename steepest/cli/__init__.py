"""The command line: a module for each command (`solve`, `run`, `check`, `equivalent`, ...); what they share.

Only `main` is called from outside (the `steepest` script, `python -m steepest`, tests). Nothing heavy is imported
before a command needs it, so that `steepest --help` answers at once.
"""

import argparse
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import nullcontext

from steepest.cli import (
    chat,
    check,
    equivalent,
    evals,
    learn,
    library,
    mcp,
    models,
    optimize,
    run,
    sandbox,
    serve,
    solve,
)
from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.standard_output import results_alone
from steepest.cli.termination import ended
from steepest.errors import SteepestError

__all__ = ["main"]

DESCRIPTION = "Turn a decision problem told in words into an optimization model, solve it, and answer in words."
EXAMPLES = """\
examples:
  steepest solve problem.txt                    words in, answer out
  steepest solve "Maximize 3x + 2y ..."         the same, with the words themselves
  steepest solve problem.txt --model local --out result
  steepest chat                                 in a conversation: what if, why, undo
  steepest serve                                the same on a page in the browser
  steepest run model.five --data demand=demand.csv
  steepest check model.five
  steepest models                               which models answer from here
  steepest sandbox solve model.py               a Pyomo script that somebody or a model wrote
  steepest eval run problems.jsonl --out run    how often a method is right
  steepest optimize flow.py:agent --data train.jsonl --guide flow.py:score --out run
  steepest learn problems.jsonl --library lib.db --out run
  steepest library list lib.db                  what was learned, to be read and edited

exit codes: 0 solved, 1 failed, 2 wrong usage, 3 no optimization problem, 4 formulation not usable, 5 infeasible,
6 unbounded, 7 stopped at a limit, 8 unsupported class, 9 data missing, 10 and 11 different and undecided (equivalent),
12 locally optimal, 130 interrupted"""


def main(argv: list[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: The arguments after the command's name; `sys.argv` unless given.

    Returns:
        The exit code, one of `ExitCode`.

    Raises:
        SystemExit: The arguments are wrong (code 2), or `--help` or `--version` was asked for (code 0).
    """
    given = sys.argv[1:] if argv is None else argv
    arguments = make_parser().parse_args(optimize.with_action(given))
    arguments.given = given
    # Who speaks a protocol over standard output keeps it to itself on its own.
    alone = nullcontext() if getattr(arguments, "speaks_protocol", False) else results_alone()
    with alone as stdout:
        console = Console(stdout, quiet=getattr(arguments, "quiet", False))
        code = execute(arguments.execute, arguments, console)
    if code is ExitCode.INTERRUPTED and argv is None:
        ended()  # the program ends with this code, whatever else comes of the same press
    return code


def make_parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="steepest",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in (solve, chat, run, check, equivalent, models, sandbox, evals, optimize, learn, library, mcp, serve):
        command.add_parser(commands)
    return parser


class _Version(argparse.Action):
    """Looks the version up only when it is asked for: the look-up reads the installed files."""

    def __init__(self, option_strings: list[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="print the version")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        import steepest

        Console().result(f"steepest {steepest.__version__}")
        parser.exit()


def execute(
    command: Callable[[argparse.Namespace, Console], ExitCode], arguments: argparse.Namespace, console: Console
) -> ExitCode:
    """Run a command and tell every failure in words: no traceback, no secret."""
    try:
        return command(arguments, console)
    except KeyboardInterrupt:
        console.say("interrupted")
        return ExitCode.INTERRUPTED
    except SteepestError as error:
        console.say(_redacted(str(error)))
        return _exit_code(error)
    except MemoryError:
        console.say("the model with its data does not fit into memory: use smaller or sparser sets")
        return ExitCode.FAILED
    except Exception as error:
        console.say(_redacted(_bug(error)))
        return ExitCode.FAILED


def _exit_code(error: SteepestError) -> ExitCode:
    from steepest.solvers.diagnostics import FormulationError

    return ExitCode.NOT_FORMULATED if isinstance(error, FormulationError) else ExitCode.FAILED


def _bug(error: Exception) -> str:
    if os.environ.get("STEEPEST_DEBUG"):
        return "".join(traceback.format_exception(error))
    return (
        f"unexpected {type(error).__name__}: {error}\nThis is a bug in steepest. STEEPEST_DEBUG=1 shows where; "
        "please report it with the command and the input."
    )


def _redacted(text: str) -> str:
    from steepest.agents.llm import redact

    return redact(text)
