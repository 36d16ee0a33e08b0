"""`steepest eval compare`: two runs on the same problems, problem by problem."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steepest.cli.console import Console
from steepest.cli.evals.files import form_of
from steepest.cli.evals.options import add_run
from steepest.cli.exit_codes import ExitCode
from steepest.cli.options import add_command

if TYPE_CHECKING:
    from steepest.evals.statistics import Comparison
    from steepest.evals.stores.protocol import RunReader

FORMATS = ("html", "md", "json")
EPILOG = """\
examples:
  steepest eval compare runs/code runs/five
  steepest eval compare runs/code runs/five --profile optibench --out comparison.html
  steepest eval compare runs/old runs/new --on-common --format md
  steepest eval compare runs/five theirs.eval --on-common      a log of inspect_ai

The difference is B less A on the problems that both attempted, with the 95 % interval of a bootstrap over distinct
stories, the exact McNemar test, and Holm's adjustment over data sets."""


def add_parser(actions: Any) -> None:
    """Add the action to the parser."""
    parser = add_command(actions, "compare", "compare two runs on the same problems", EPILOG)
    add_run(parser, "a")
    add_run(parser, "b")
    parser.add_argument(
        "--profile", metavar="NAME", default="strict", help="by which both are graded (default: strict)"
    )
    parser.add_argument(
        "--on-common", action="store_true", help="allow other data sets; take the problems that are the same in both"
    )
    parser.add_argument("--format", choices=("text", "json", "md"), default="text", help="how to print the result")
    parser.add_argument(
        "--out", metavar="FILE", type=Path, help="write it too: .html (a page with every flipped problem), .md or .json"
    )
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Print the comparison, and write its page if there is to be one."""
    from steepest.evals.runs import open_pair
    from steepest.evals.statistics import compare

    form = None if arguments.out is None else form_of(arguments.out, FORMATS)
    first, second = (each.graded_by(arguments.profile) for each in open_pair(arguments.a, arguments.b))
    comparison = compare(first, second, profile=arguments.profile, on_common=arguments.on_common)
    if form is not None:
        _write(form, comparison, (first, second), arguments.out, console)
    _print(comparison, arguments.format, console)
    return ExitCode.SOLVED


def _print(comparison: "Comparison", form: str, console: Console) -> None:
    from steepest.cli.evals.texts import comparison_text
    from steepest.evals.reports import comparison_markdown

    if form == "json":
        console.document(comparison.model_dump(mode="json"))
    else:
        console.result(comparison_markdown(comparison) if form == "md" else comparison_text(comparison))


def _write(
    form: str, comparison: "Comparison", runs: "tuple[RunReader, RunReader]", path: Path, console: Console
) -> None:
    from steepest.cli.evals.files import replaced, size_of
    from steepest.evals.reports import comparison_markdown, comparison_page

    with replaced(path) as draft, draft.open("w", encoding="utf-8", newline="\n") as stream:
        if form == "html":
            comparison_page(comparison, *runs, stream)
        elif form == "md":
            stream.write(comparison_markdown(comparison))
        else:
            stream.write(comparison.model_dump_json(indent=2) + "\n")
    console.say(f"wrote {path} ({size_of(path)})")
