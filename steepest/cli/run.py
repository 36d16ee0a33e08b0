"""`steepest run`: solve a formulation that a person wrote, without any language model."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.front import BY_FRONT, add_pareto, found_front
from steepest.cli.further import Questions, add_questions, answered, read_questions, require_applicable
from steepest.cli.options import add_command, add_data, add_format, add_output, add_solver, solver_options
from steepest.errors import InputError

if TYPE_CHECKING:
    from steepest.cli.inputs import Source
    from steepest.cli.report import Report
    from steepest.solvers.control import SolveControl
    from steepest.solvers.formulation import Formulation
    from steepest.solvers.options import SolveOptions
    from steepest.solvers.solution import Solution

EPILOG = """\
examples:
  steepest run examples/bakery.five
  steepest run model.five --data demand=demand.csv --time-limit 60 --out result
  steepest run model.five --sensitivity --what-if 'flour = 50' --what-if 'drop cakes_sold' --alternatives 3
  steepest run model.five --pareto --out result
  steepest run model.five --format json | jq .objective.value"""


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = add_command(commands, "run", "solve a formulation; no language model involved", EPILOG)
    parser.add_argument("file", metavar="FILE.five", help="a formulation as text or JSON; - is standard input")
    add_format(parser)
    add_data(parser)
    add_output(parser, shown="none")
    add_solver(parser)
    add_pareto(parser)
    add_questions(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Read, check and solve a formulation, and print the answer."""
    from steepest.cli.artifacts import output_folder
    from steepest.cli.inputs import read_formulation_source, read_tables
    from steepest.cli.live import live_control
    from steepest.cli.outcome import finish
    from steepest.cli.starts import read_start
    from steepest.settings import read_settings
    from steepest.solvers.interruption import cancelled_by_ctrl_c

    options = solver_options(arguments, read_settings())
    tables = read_tables(arguments.data)
    questions = read_questions(arguments)
    if arguments.pareto is not None and questions != Questions():
        raise InputError("questions about the answer are for one answer: rank the objectives, or leave --pareto out.")
    start, control = read_start(arguments.start), live_control(console, arguments.format)
    source = read_formulation_source(arguments.file)
    task = _Task(source, tables, options, questions, arguments.pareto, start, control)
    with cancelled_by_ctrl_c(control), output_folder(arguments.out) as folder:
        report = _report(task, console)
        return finish(report, arguments, console, folder, tables, source.folder)


@dataclass(frozen=True, slots=True)
class _Task:
    """What is asked of one formulation."""

    source: "Source"
    tables: Mapping[str, Path | float]
    options: "SolveOptions"
    questions: Questions
    points: int | None
    """Of its front; None asks for one answer."""
    start: "Solution | None"
    control: "SolveControl"


def _report(task: _Task, console: Console) -> "Report":
    """The report on a formulation: why it can't be solved, its answer, or its front."""
    from steepest.cli.formulations import load
    from steepest.cli.report import Report

    name = task.source.name
    console.step(f"reading {name}")
    loaded = load(task.source, task.tables)
    if task.points is not None:
        loaded = loaded.without("unranked-objectives")
    formulation = loaded.formulation
    if formulation is None or not loaded.is_usable:
        return Report("not_formulated", formulation, diagnostics=loaded.diagnostics, source=name)
    if loaded.missing:
        return Report("missing_data", formulation, diagnostics=loaded.diagnostics, missing=loaded.missing, source=name)
    found = _solved(formulation, task, console) if task.points is None else _front(formulation, task, console)
    return replace(found, diagnostics=loaded.diagnostics, source=name)


def _front(formulation: "Formulation", task: _Task, console: Console) -> "Report":
    from steepest.cli.report import Report
    from steepest.solvers.display import assumptions_of
    from steepest.solvers.interruption import cancelled_by_ctrl_c

    with cancelled_by_ctrl_c(task.control):
        front = found_front(
            formulation, task.points, task.tables, task.source.folder, task.options, task.control, console.step
        )
    outcome = BY_FRONT.get(front.status, front.status)
    return Report(
        outcome, formulation, assumptions=assumptions_of(formulation), front=front, asked_solver=task.options.solver
    )


def _solved(formulation: "Formulation", task: _Task, console: Console) -> "Report":
    from steepest.cli.report import Report, outcome_of
    from steepest.solvers.display import assumptions_of
    from steepest.solvers.infeasibility.explanations import with_explanation
    from steepest.solvers.interruption import cancelled_by_ctrl_c
    from steepest.solvers.solve import solve_formulation

    tables, options, folder = task.tables, task.options, task.source.folder
    require_applicable(task.questions, formulation, tables, folder)
    with cancelled_by_ctrl_c(task.control):
        solution = solve_formulation(
            formulation,
            tables,
            folder=folder,
            options=options,
            on_progress=console.step,
            control=task.control,
            start=task.start,
        )
    if solution.status in ("infeasible", "unbounded"):
        console.step("looking for the reason")
    solution = with_explanation(
        solution, formulation, tables, folder=folder, time_limit=options.time_limit, control=task.control
    )
    with cancelled_by_ctrl_c(task.control):
        further = answered(task.questions, formulation, solution, tables, folder, options, console.step, task.control)
    return Report(
        "interrupted" if task.control.cancelled and further is not None else outcome_of(solution),
        formulation,
        solution,
        assumptions=assumptions_of(formulation),
        further=further,
        asked_solver=options.solver,
    )
