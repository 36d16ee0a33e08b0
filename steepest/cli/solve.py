"""`steepest solve`: a problem told in words becomes a formulation, is solved, and answered."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.options import add_command, add_data, add_format, add_output, add_solver, argument, solver_options
from steepest.quantities import read_cost, read_count, read_repairs

if TYPE_CHECKING:
    from steepest.agents.llm import ChatModel, Transcript
    from steepest.agents.modeling import Answer
    from steepest.cli.artifacts import OutputFolder
    from steepest.cli.report import Report
    from steepest.solvers.formulation import Formulation

EPILOG = """\
examples:
  steepest solve examples/bakery.txt --model local
  steepest solve problem.txt --data demand=demand.csv --out result
  steepest solve problem.txt --library lib.db --insights 3
  steepest solve - --format json --max-cost 0.05 < problem.txt
  steepest solve "A bakery makes bread and cakes ..." --show formulation,pyomo

The model is that of --model, else STEEPEST_MODEL, else the first of Anthropic and OpenAI whose key is set, else the
local one. `steepest models` lists the forms of a model's name."""


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = add_command(commands, "solve", "solve a problem told in words", EPILOG)
    parser.add_argument("problem", metavar="FILE|-|TEXT", help="a text file, - for standard input, or the text itself")
    add_format(parser)
    add_data(parser)
    add_output(parser, shown="formulation")
    group = parser.add_argument_group("language model")
    group.add_argument("--model", metavar="SPEC", help="which model to ask")
    group.add_argument("--max-cost", metavar="USD", type=argument(read_cost), help="most that the calls may cost")
    group.add_argument("--max-tokens", metavar="N", type=argument(read_count), help="most tokens read and written")
    group.add_argument("--repairs", metavar="N", type=argument(read_repairs), help="most repairs of the formulation")
    _add_library(parser)
    add_solver(parser)
    parser.set_defaults(execute=execute)


def _add_library(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("experience")
    group.add_argument("--library", metavar="FILE", help="library of insights, or postgresql://...#NAME")
    group.add_argument("--insights", metavar="N", type=argument(read_count), help="most insights in a prompt (5)")


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Formulate, solve and answer, and print the answer."""
    from steepest.agents.modeling import Transcript, solve_problem
    from steepest.cli.artifacts import output_folder
    from steepest.cli.inputs import read_problem, read_tables
    from steepest.cli.live import live_control
    from steepest.cli.outcome import finish
    from steepest.cli.starts import read_start
    from steepest.experience import consulted
    from steepest.settings import read_settings
    from steepest.solving import budgeted

    settings = read_settings()
    options = solver_options(arguments, settings)
    tables = read_tables(arguments.data)
    start = read_start(arguments.start)
    source = read_problem(arguments.problem)
    model = budgeted(
        arguments.model or settings.model,
        max_cost=arguments.max_cost,
        max_tokens=arguments.max_tokens,
        settings=settings,
        on_tokens=lambda count: console.ticker(f"{count:,} tokens written"),
    )
    transcript = Transcript()
    with output_folder(arguments.out) as folder, _kept(transcript, model, folder):
        with consulted(arguments.library, console.say, insights=arguments.insights) as experience:
            answer = solve_problem(
                source.text,
                model,
                tables=tables,
                folder=source.folder,
                options=options,
                max_repairs=settings.repairs if arguments.repairs is None else arguments.repairs,
                on_progress=console.step,
                control=live_control(console, arguments.format),
                start=start,
                transcript=transcript,
                recaller=experience,
            )
        return finish(_report(answer, options.solver), arguments, console, folder, tables, source.folder)


@contextmanager
def _kept(transcript: "Transcript", model: "ChatModel", folder: "OutputFolder | None") -> Iterator[None]:
    """Keep the transcript however the block ends; if it fails, keep the last formulation that a model wrote too."""
    try:
        yield
    except BaseException:
        formulation = _last_formulation(transcript, structured=model.structured)
        if folder is not None and formulation is not None:
            from steepest.cli.outcome import keep_formulation

            keep_formulation(formulation, folder)
        raise
    finally:
        if folder is not None and len(transcript):
            folder.keep("transcript.json", transcript.to_json() + "\n")


def _last_formulation(transcript: "Transcript", *, structured: bool) -> "Formulation | None":
    from steepest.agents.modeling.reply import read_reply

    for record in reversed(transcript.records):
        if record.reply is not None:
            formulation = read_reply(record.reply, structured=structured).formulation
            if formulation is not None:
                return formulation
    return None


def _report(answer: "Answer", asked_solver: str | None) -> "Report":
    from steepest.cli.report import Cost, Report, outcome_of

    totals = answer.transcript.totals()
    # The solver may have been stopped by Ctrl-C, which for a script is not the same as a limit that it set itself.
    outcome = outcome_of(answer.solution) if answer.solution else answer.outcome
    return Report(
        outcome,
        answer.formulation,
        answer.solution,
        diagnostics=answer.diagnostics,
        assumptions=answer.assumptions,
        missing=answer.missing,
        explanation=answer.explanation,
        reading=answer.reading,
        problem=answer.problem,
        insights=answer.insights,
        cost=Cost(answer.model, totals.calls, totals.input_tokens, totals.output_tokens, totals.cost),
        asked_solver=asked_solver,
    )
