"""`steepest run`: solve a formulation that a person wrote, without any language model."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.further import Questions, add_questions, answered, read_questions, require_applicable
from steepest.cli.options import add_command, add_data, add_format, add_output, add_solver, solver_options

if TYPE_CHECKING:
    from steepest.cli.inputs import Source
    from steepest.cli.report import Report
    from steepest.solvers.options import SolveOptions

EPILOG = """\
examples:
  steepest run examples/bakery.five
  steepest run model.five --data demand=demand.csv --time-limit 60 --out result
  steepest run model.five --sensitivity --what-if 'flour = 50' --what-if 'drop cakes_sold' --alternatives 3
  steepest run model.five --format json | jq .objective.value"""


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = add_command(commands, "run", "solve a formulation; no language model involved", EPILOG)
    parser.add_argument("file", metavar="FILE.five", help="a formulation as text or JSON; - is standard input")
    add_format(parser)
    add_data(parser)
    add_output(parser, shown="none")
    add_solver(parser)
    add_questions(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Read, check and solve a formulation, and print the answer."""
    from steepest.cli.artifacts import output_folder
    from steepest.cli.inputs import read_formulation_source, read_tables
    from steepest.cli.outcome import finish
    from steepest.settings import read_settings

    options = solver_options(arguments, read_settings())
    tables = read_tables(arguments.data)
    questions = read_questions(arguments)
    source = read_formulation_source(arguments.file)
    with output_folder(arguments.out) as folder:
        report = _solved(source, tables, options, questions, console)
        return finish(report, arguments, console, folder, tables, source.folder)


def _solved(
    source: "Source",
    tables: Mapping[str, Path | float],
    options: "SolveOptions",
    questions: Questions,
    console: Console,
) -> "Report":
    from steepest.cli.formulations import load
    from steepest.cli.report import BY_STATUS, Report
    from steepest.solvers.display import assumptions_of
    from steepest.solvers.infeasibility.explanations import with_explanation
    from steepest.solvers.solve import solve_formulation

    console.step(f"reading {source.name}")
    loaded = load(source, tables)
    formulation = loaded.formulation
    if formulation is None or not loaded.is_usable:
        return Report("not_formulated", formulation, diagnostics=loaded.diagnostics, source=source.name)
    if loaded.missing:
        return Report(
            "missing_data", formulation, diagnostics=loaded.diagnostics, missing=loaded.missing, source=source.name
        )
    require_applicable(questions, formulation, tables, source.folder)
    solution = solve_formulation(formulation, tables, folder=source.folder, options=options, on_progress=console.step)
    if solution.status in ("infeasible", "unbounded"):
        console.step("looking for the reason")
    solution = with_explanation(solution, formulation, tables, folder=source.folder, time_limit=options.time_limit)
    return Report(
        BY_STATUS[solution.status],
        formulation,
        solution,
        diagnostics=loaded.diagnostics,
        assumptions=assumptions_of(formulation),
        further=answered(questions, formulation, solution, tables, source.folder, options, console.step),
        source=source.name,
    )
