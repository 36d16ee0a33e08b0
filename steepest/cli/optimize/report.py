"""`steepest optimize report`: a run as a page, or in Markdown."""

import argparse
from pathlib import Path
from typing import Any

from steepest.cli.console import Console
from steepest.cli.evals.files import form_of, size_of
from steepest.cli.exit_codes import ExitCode
from steepest.cli.options import add_command

FORMATS = ("html", "md")
EPILOG = """\
examples:
  steepest optimize report runs/agent                       figures here, and the page runs/agent.html
  steepest optimize report runs/agent --out /tmp/agent.html
  steepest optimize report runs/agent --format md           a comment for a change

The page is one file that loads nothing: it can be mailed or kept. A run that is going on is reported as it stands."""


def add_parser(actions: Any) -> None:
    """Add the action to the parser."""
    parser = add_command(actions, "report", "tell what a run came to: a page, or Markdown", EPILOG)
    parser.add_argument("run", metavar="RUN", help="folder of a run")
    parser.add_argument("--format", choices=FORMATS, help="told from the ending of --out unless given; html else")
    parser.add_argument("--out", metavar="FILE", type=Path, help="file to write; md is printed else")
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Write or print the report."""
    from steepest.agents.optimizers.reports import read_run, report_markdown, report_page
    from steepest.agents.optimizers.reports.result import write_text
    from steepest.cli.optimize.texts import run_text

    form = arguments.format or ("html" if arguments.out is None else form_of(arguments.out, FORMATS))
    run = read_run(arguments.run)
    made = (report_page if form == "html" else report_markdown)(run.records, run.run, run.result)
    if form == "md" and arguments.out is None:
        console.result(made)
        return ExitCode.SOLVED
    path = write_text(arguments.out or _beside(arguments.run), made)
    console.result(run_text(run))
    console.say(f"wrote {path} ({size_of(path)})")
    return ExitCode.SOLVED


def _beside(run: str) -> Path:
    """The page of a run's folder stands next to the folder, which holds the run and nothing else."""
    folder = Path(run).resolve()
    return folder.with_name(f"{folder.name}.html")
