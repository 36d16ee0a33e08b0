"""`steepest learn`: fill an experience library from problems that a model does not solve by itself."""

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.options import add_command, add_format, argument
from steepest.cli.termination import as_interruption
from steepest.quantities import read_cost, read_count, read_repairs, read_seconds, read_seed

if TYPE_CHECKING:
    from steepest.cli.learn.session import Learned

EPILOG = """\
examples:
  steepest learn problems.jsonl --library lib.db --out runs/first --model local --limit 20
  steepest learn problems.jsonl --library lib.db --out runs/first --model openai:gpt-5.4-mini \\
      --teacher anthropic:claude-haiku-4-5 --iterations 2 --budget 3
  steepest learn problems.jsonl --library lib.db --out runs/gold --gold solution

Each problem that is not solved teaches: what would have prevented the mistake becomes an insight, which enters the
library only when its problem is solved with it every time and no problem solved before gets worse
(docs/library-learning.md). Iterations after the first find out why problems fail, refine when insights are found, and
set aside what hurts. `steepest library list LIBRARY` shows what was learned.

Stop it at any time (Ctrl-C, SIGTERM, or worse): the same command again goes on, and pays for nothing twice. The exit
code is 0 when all problems are done, 7 at a limit of money or tokens, 130 after Ctrl-C, 143 after SIGTERM."""


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = add_command(commands, "learn", "learn insights from problems that a model does not solve", EPILOG)
    parser.add_argument("datasets", metavar="PROBLEMS", nargs="+", help="JSON lines, JSON, or a folder of problems")
    parser.add_argument("--library", metavar="LIBRARY", required=True, help="file, or postgresql://...; may be new")
    parser.add_argument("--out", metavar="RUN", type=Path, required=True, help="folder of the run")
    add_format(parser)
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error")
    _add_problems(parser)
    _add_learning(parser)
    _add_limits(parser)
    parser.set_defaults(execute=execute)


def _add_problems(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("which problems")
    group.add_argument("--limit", metavar="N", type=argument(read_count), help="so many, drawn by --seed")
    group.add_argument("--seed", metavar="K", type=argument(read_seed), default=0, help="of the sample, of solvers")
    group.add_argument("--gold", metavar="FIELD", help="field of the file with a right formulation or program")
    group.add_argument("--non-commercial", action="store_true", help="learn from problems of such a licence, too")
    group.add_argument("--dataset-format", metavar="NAME", help="told from their content unless given")
    group.add_argument("--skip-bad", action="store_true", help="leave out records that can't be read, and say which")


def _add_learning(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("how it is learned")
    group.add_argument("--model", metavar="SPEC", help="who solves the problems (`steepest models`)")
    group.add_argument("--teacher", metavar="SPEC", help="who says what went wrong; best a stronger one (else --model)")
    group.add_argument("--iterations", metavar="N", type=argument(read_count), default=1, help="through all (1)")
    group.add_argument(
        "--attempts", metavar="N", type=argument(read_count), default=1, help="at a problem, all to be right (1)"
    )
    group.add_argument(
        "--rounds", metavar="N", type=argument(read_count), default=5, help="of looking for a right formulation (5)"
    )
    group.add_argument(
        "--proofs", metavar="N", type=argument(read_count), default=2, help="attempts with an insight, all right (2)"
    )
    group.add_argument(
        "--guards",
        metavar="N",
        type=argument(read_repairs),
        default=3,
        help="problems solved before that are tried again with an insight that they find (3)",
    )
    group.add_argument("--without-comparison", action="store_true", help="do not measure whether insights helped")
    group.add_argument(
        "--batch",
        metavar="N",
        type=argument(read_repairs),
        default=12,
        help="problems after which what says the same is merged (12; 0: never)",
    )
    group.add_argument(
        "--most", metavar="N", type=argument(read_count), help="active insights; those worth least a token are retired"
    )
    group.add_argument("--repairs", metavar="N", type=argument(read_repairs), help="of a formulation (3)")
    group.add_argument("--time-limit", metavar="S", type=argument(read_seconds), help="seconds of a solver (60)")


def _add_limits(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("how far; a run may be continued with more")
    group.add_argument("--budget", metavar="USD", type=argument(read_cost), help="of the whole run, all models")
    group.add_argument("--max-tokens", metavar="N", type=argument(read_count), help="of the whole run, all models")


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Learn, show the progress, print the figures."""
    from steepest.agents.llm.errors import BudgetExceeded, LLMError, PriceUnknown
    from steepest.cli.learn.session import learn

    try:
        with as_interruption() as termination:
            learned = learn(arguments, console)
    except KeyboardInterrupt:
        console.say(f"interrupted: what was learned is in {_library(arguments)}, the rest in {arguments.out}")
        _tell_how_to_go_on(arguments, console)
        return termination.code
    except BudgetExceeded as error:
        console.say(str(error))
        _tell_how_to_go_on(arguments, console, "with a larger limit")
        return ExitCode.STOPPED
    except PriceUnknown:
        raise
    except LLMError:
        _tell_how_to_go_on(arguments, console)
        raise
    _print(learned, arguments, console)
    return ExitCode.SOLVED


def _print(learned: "Learned", arguments: argparse.Namespace, console: Console) -> None:
    from steepest.cli.learn.texts import document, summary_text

    if arguments.format == "json":
        console.document(document(learned))
    else:
        console.result(summary_text(learned))
    console.say(f"to see what was learned: steepest library list {shlex.quote(_library(arguments))}")
    console.say(f"to see how: {learned.report}")


def _library(arguments: argparse.Namespace) -> str:
    from steepest.agents.llm.redaction import redact

    return redact(str(arguments.library))


def _tell_how_to_go_on(arguments: argparse.Namespace, console: Console, how: str = "") -> None:
    from steepest.agents.llm.redaction import redact

    told = f"to go on{' ' + how if how else ''}"
    console.say(redact(f"{told}: {shlex.join(['steepest', *arguments.given])}"))
