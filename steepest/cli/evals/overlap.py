"""`steepest eval overlap`: which problems of a test set stand in a training set."""

import argparse
import dataclasses
from typing import Any

from steepest.cli.console import Console
from steepest.cli.evals.options import add_datasets, add_reading
from steepest.cli.exit_codes import ExitCode
from steepest.cli.options import add_command, add_format, argument
from steepest.errors import InputError
from steepest.quantities import read_count

EPILOG = """\
examples:
  steepest eval overlap train.jsonl test.jsonl
  steepest eval overlap train.jsonl test.jsonl --format json | jq -r '.contaminated[]'

What is found is what the texts and their groups show; a problem told in other words is found by its group alone."""


def add_parser(actions: Any) -> None:
    """Add the action to the parser."""
    parser = add_command(actions, "overlap", "find the problems of a test set that stand in a training set", EPILOG)
    add_datasets(parser, "train", metavar="TRAIN", nargs=None)
    add_datasets(parser, "test", metavar="TEST", nargs=None)
    add_format(parser)
    add_reading(parser)
    parser.add_argument("-n", metavar="N", dest="words", type=argument(read_count), help="words in an n-gram")
    parser.add_argument("--threshold", metavar="SHARE", type=argument(read_share), help="of n-grams that is too much")
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Compare the sets and print what they share."""
    from steepest.cli.evals.reading import read_datasets
    from steepest.evals.datasets.overlap import overlap

    # One after the other: the sets may have the same ids, which one run may not.
    (train,) = read_datasets([arguments.train], arguments, console)
    (test,) = read_datasets([arguments.test], arguments, console)
    given = {"n": arguments.words, "threshold": arguments.threshold}
    report = overlap(train.problems, test.problems, **{key: value for key, value in given.items() if value is not None})
    if arguments.format == "json":
        console.document({**dataclasses.asdict(report), "contaminated": list(report.contaminated)})
    else:
        console.result(str(report))
    return ExitCode.SOLVED


def read_share(text: str) -> float:
    """A share from 0 to 1.

    Raises:
        InputError: It is none.
    """
    try:
        share = float(text)
    except ValueError as error:
        raise InputError(f"{text!r} is not a share from 0 to 1") from error
    if not 0 <= share <= 1:
        raise InputError(f"{text!r} is not a share from 0 to 1")
    return share
