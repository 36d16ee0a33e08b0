"""`steepest solve`: a problem told in words becomes a formulation, is solved, and answered."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.options import (
    add_command,
    add_data,
    add_format,
    add_output,
    add_samples,
    add_solver,
    argument,
    solver_options,
)
from steepest.quantities import read_cost, read_count, read_repairs

if TYPE_CHECKING:
    from steepest.agents.llm import ChatModel, Transcript
    from steepest.agents.modeling import Answer
    from steepest.agents.modeling.classic.comparison import ScriptCheck
    from steepest.cli.artifacts import OutputFolder
    from steepest.cli.report import Report
    from steepest.solvers.formulation import Formulation
    from steepest.solvers.options import SolveOptions

EPILOG = """\
examples:
  steepest solve examples/bakery.txt --model local
  steepest solve problem.txt --data demand=demand.csv --out result
  steepest solve problem.txt --data tables/
  steepest solve problem.txt --library lib.db --insights 3
  steepest solve problem.txt --samples 5 --sure-at 0.8
  steepest solve - --format json --max-cost 0.05 < problem.txt
  steepest solve "A bakery makes bread and cakes ..." --show formulation,pyomo

The model is that of --model, else STEEPEST_MODEL, else the first of Anthropic and OpenAI whose key is set, else the
local one. `steepest models` lists the forms of a model's name."""


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = add_command(commands, "solve", "solve a problem told in words", EPILOG)
    parser.add_argument("problem", metavar="FILE|-|TEXT", help="a text file, - for standard input, or the text itself")
    add_format(parser)
    add_data(parser, places=True)
    add_output(parser, shown="formulation")
    group = parser.add_argument_group("language model")
    group.add_argument("--model", metavar="SPEC", help="which model to ask")
    group.add_argument("--max-cost", metavar="USD", type=argument(read_cost), help="most that the calls may cost")
    group.add_argument("--max-tokens", metavar="N", type=argument(read_count), help="most tokens read and written")
    group.add_argument("--repairs", metavar="N", type=argument(read_repairs), help="most repairs of the formulation")
    group.add_argument(
        "--script", action="store_true", help="have the model write a Pyomo script too, run in the sandbox and compared"
    )
    add_samples(parser)
    _add_second_looks(parser)
    _add_library(parser)
    add_solver(parser)
    parser.set_defaults(execute=execute)


def _add_second_looks(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("how the work is done")
    group.add_argument(
        "--readings",
        choices=("never", "in-doubt", "always"),
        default="never",
        help="ask how else the text could be read, a further call, and solve each reading (never)",
    )
    group.add_argument("--no-tests", action="store_true", help="do not test the answer for contradictions")
    group.add_argument(
        "--checkpoints",
        metavar="PLACE",
        help="file, or postgresql://..., where every step is kept: the same command goes on after a kill",
    )


def _add_library(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("experience")
    group.add_argument("--library", metavar="FILE", help="library of insights, or postgresql://...#NAME")
    group.add_argument("--insights", metavar="N", type=argument(read_count), help="most insights in a prompt (5)")


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Formulate, solve and answer, and print the answer."""
    from steepest.agents.modeling import Transcript, solve_problem
    from steepest.agents.modeling.checkpoints import Checkpoints
    from steepest.agents.modeling.data.catalogue import tables_for
    from steepest.agents.modeling.problems import TESTS
    from steepest.agents.modeling.sampling.confidence import SURE
    from steepest.cli.artifacts import output_folder
    from steepest.cli.inputs import read_data, read_problem
    from steepest.cli.live import live_control
    from steepest.cli.outcome import finish
    from steepest.cli.starts import read_start
    from steepest.experience import consulted
    from steepest.settings import read_settings
    from steepest.solving import budgeted

    settings = read_settings()
    options = solver_options(arguments, settings)
    tables, catalogue = read_data(arguments.data)
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
                catalogue=catalogue,
                tests=None if arguments.no_tests else TESTS,
                readings=arguments.readings.replace("-", "_"),
                checkpoints=Checkpoints(arguments.checkpoints) if arguments.checkpoints else None,
                samples=arguments.samples,
                sure_at=SURE if arguments.sure_at is None else arguments.sure_at,
            )
            checked = _checked(answer, model, transcript, options) if arguments.script else None
        bound = tables_for(answer.formulation, tables, catalogue) if answer.formulation is not None else tables
        return finish(_report(answer, options.solver, checked), arguments, console, folder, bound, source.folder)


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


def _checked(
    answer: "Answer", model: "ChatModel", transcript: "Transcript", options: "SolveOptions"
) -> "ScriptCheck | None":
    """What a script by the model itself comes to (the classic path); the answer stands without it."""
    from steepest.agents.llm.chat import run_sync
    from steepest.agents.modeling.classic.comparison import ScriptCheck, check_by_script
    from steepest.agents.modeling.classic.writing import Writer
    from steepest.errors import SteepestError
    from steepest.solvers.sandbox import Sandbox

    try:
        with Sandbox() as sandbox:
            return run_sync(check_by_script(answer, Writer(model, sandbox, options, transcript)))
    except SteepestError as error:
        return ScriptCheck(script="", status="", told=f"no script by the model could be written and run: {error}")


def _report(answer: "Answer", asked_solver: str | None, checked: "ScriptCheck | None") -> "Report":
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
        ambiguity=answer.ambiguity,
        battery=answer.battery,
        agreement=answer.agreement,
        script=checked,
        cost=Cost(answer.model, totals.calls, totals.input_tokens, totals.output_tokens, totals.cost),
        asked_solver=asked_solver,
    )
