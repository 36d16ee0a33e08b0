"""Options that several commands have, each defined once."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from steepest.cli.faces import FACES
from steepest.errors import InputError
from steepest.quantities import read_count, read_gap, read_seconds, read_seed, read_share
from steepest.settings import Settings

if TYPE_CHECKING:
    from steepest.solvers.options import SolveOptions

Value = TypeVar("Value")
NO_FACE = "none"


def add_command(commands: Any, name: str, summary: str, epilog: str) -> argparse.ArgumentParser:
    """A sub-command's parser, with its examples below the options.

    Args:
        commands: What `ArgumentParser.add_subparsers` returned; argparse gives its type no public name.
        name: The word on the command line.
        summary: What it does, in a line.
        epilog: Examples.
    """
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    return parser


def add_format(parser: argparse.ArgumentParser) -> None:
    """`--format`."""
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print the result")


def add_data(parser: argparse.ArgumentParser, *, places: bool = False) -> None:
    """`--data`; with `places` a folder of tables or a database too."""
    more = "; or a folder of tables, a SQLite file or postgresql://..., of which the model takes what it needs"
    parser.add_argument(
        "--data",
        metavar="NAME=FILE|FOLDER|URL" if places else "NAME=FILE",
        action="append",
        default=[],
        help="bind a table (.csv, .xlsx, .parquet) to a set or parameter, or a number to a scalar; may be repeated"
        + (more if places else ""),
    )


def add_output(parser: argparse.ArgumentParser, *, shown: str) -> None:
    """`--show`, `--out` and `--quiet`; `shown` are the faces that are printed unless others are asked for."""
    parser.add_argument(
        "--show",
        metavar="FACES",
        type=_faces,
        default=_faces(shown),
        help=f"comma list of {', '.join(FACES)}, or {NO_FACE}: forms of the model to print (default: {shown})",
    )
    parser.add_argument("--out", metavar="DIR", type=Path, help="folder to keep every form of model and answer in")
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error")


def add_samples(parser: argparse.ArgumentParser) -> None:
    """`--samples` and `--sure-at`."""
    group = parser.add_argument_group("several formulations")
    group.add_argument(
        "--samples",
        metavar="N",
        type=argument(read_count),
        default=1,
        help="up to N formulations vote on the answer, fewer where the vote is clear before (1: no vote)",
    )
    group.add_argument(
        "--sure-at",
        metavar="SHARE",
        type=argument(read_share),
        help="confidence below which the answer of a vote says that it is not sure (0.7)",
    )


def add_solver(parser: argparse.ArgumentParser) -> None:
    """Limits of the solver."""
    group = parser.add_argument_group("solver")
    group.add_argument("--time-limit", metavar="S", type=argument(read_seconds), help="seconds for the solver")
    group.add_argument("--gap", metavar="G", type=argument(read_gap), help="relative gap that is good enough")
    group.add_argument("--threads", metavar="N", type=argument(read_count), help="threads of the solver")
    group.add_argument("--seed", metavar="K", type=argument(read_seed), help="seed of the solver's random choices")
    group.add_argument(
        "--start", metavar="ANSWER.json", type=Path, help="an answer to begin with: of --format json, or of --out"
    )
    group.add_argument(
        "--solver",
        metavar="NAME",
        help="highs, scip, cp-sat, or another that Pyomo finds here, such as gurobi or ipopt",
    )


def solver_options(arguments: argparse.Namespace, settings: Settings) -> "SolveOptions":
    """The solver's options from the arguments, and from the settings where an argument is not given."""
    from steepest.solvers.options import solve_options

    return solve_options(
        time_limit=arguments.time_limit if arguments.time_limit is not None else settings.time_limit,
        gap=arguments.gap,
        threads=arguments.threads,
        seed=arguments.seed,
        solver=arguments.solver,
    )


def argument(read: Callable[[str], Value]) -> Callable[[str], Value]:
    """A reader of texts whose complaint argparse shows as it is, with the option's name before it."""

    def convert(text: str) -> Value:
        try:
            return read(text)
        except InputError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return convert


def _faces(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    if names == (NO_FACE,):
        return ()
    for name in names:
        if name not in FACES:
            raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(FACES)}, {NO_FACE}")
    return names
