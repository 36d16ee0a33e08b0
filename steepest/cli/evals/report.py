"""`steepest eval report`: what a run came to, as a page, as Markdown, CSV or JSON."""

import argparse
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steepest.cli.console import Console
from steepest.cli.evals.files import form_of
from steepest.cli.evals.options import add_run
from steepest.cli.exit_codes import ExitCode
from steepest.cli.options import add_command
from steepest.errors import InputError

if TYPE_CHECKING:
    from steepest.evals.statistics import Summary
    from steepest.evals.stores.protocol import RunReader

FORMATS = ("html", "md", "csv", "json")
EPILOG = """\
examples:
  steepest eval report runs/five                          figures here, and the page runs/five.html
  steepest eval report runs/five --out /tmp/five.html
  steepest eval report runs/five --format md              a comment for a change
  steepest eval report runs/five --out samples.csv        one row a sample (docs/evaluation.md lists the columns)
  steepest eval report runs/five --profile optibench      grades what is kept by one more profile
  steepest eval report theirs.eval                        a log of inspect_ai

The page is one file that loads nothing: it can be mailed or kept. A run that is going on is reported as it stands."""


def add_parser(actions: Any) -> None:
    """Add the action to the parser."""
    parser = add_command(actions, "report", "tell what a run came to: a page, Markdown, CSV or JSON", EPILOG)
    add_run(parser)
    parser.add_argument("--format", choices=FORMATS, help="told from the ending of --out unless given; html else")
    parser.add_argument("--out", metavar="FILE", type=Path, help="file to write; md, csv and json are printed else")
    parser.add_argument(
        "--profile",
        metavar="NAME",
        action="append",
        default=[],
        help="grade what is kept by this too, without asking again; may be repeated",
    )
    parser.add_argument("--without-transcripts", action="store_true", help="leave the model calls out of the page")
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Write or print the report."""
    from steepest.evals.runs import open_run

    form = arguments.format or ("html" if arguments.out is None else form_of(arguments.out, FORMATS))
    run = open_run(arguments.run).graded_by(*arguments.profile)
    if form == "html":
        _write_page(run, arguments, console)
    elif arguments.out is not None:
        _write_text(run, form, arguments.out, console)
    elif form == "json":
        console.document(_summary(run).model_dump(mode="json"))
    else:
        console.result(_text(run, form))
    return ExitCode.SOLVED


def _write_page(run: "RunReader", arguments: argparse.Namespace, console: Console) -> None:
    from steepest.cli.evals.files import replaced, size_of
    from steepest.cli.evals.texts import summary_text
    from steepest.evals.reports import html_report

    path = arguments.out or _beside(arguments.run)
    with replaced(path) as draft, draft.open("w", encoding="utf-8", newline="\n") as stream:
        summary = html_report(run, stream, transcripts=not arguments.without_transcripts)
    console.result(summary_text(run.specification(), summary))
    console.say(f"wrote {path} ({size_of(path)}, {summary.overall.attempts:,} attempts)")


def _beside(run: str) -> Path:
    """The page of a run's folder stands next to the folder, which holds the run and nothing else."""
    if "://" in run:
        raise InputError("name the page to write with --out FILE.html.")
    folder = Path(run).resolve()
    return folder.with_name(f"{folder.name}.html")


def _text(run: "RunReader", form: str) -> str:
    from steepest.evals.reports import csv_report, run_markdown

    if form == "csv":
        stream = io.StringIO()
        csv_report(run, stream)
        return stream.getvalue()
    summary = _summary(run)
    return run_markdown(run.specification(), summary) if form == "md" else summary.model_dump_json(indent=2) + "\n"


def _summary(run: "RunReader") -> "Summary":
    from steepest.evals.statistics import summarize

    return summarize(run.problems(), run.samples())


def _write_text(run: "RunReader", form: str, path: Path, console: Console) -> None:
    from steepest.cli.evals.files import replaced, size_of

    with replaced(path) as draft:
        draft.write_text(_text(run, form), encoding="utf-8", newline="\n")
    console.say(f"wrote {path} ({size_of(path)})")
