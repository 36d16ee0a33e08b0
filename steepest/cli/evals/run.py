"""`steepest eval run`: ask a model the problems of data sets, grade the answers, and keep everything."""

import argparse
import shlex
import sys
from contextlib import ExitStack, redirect_stdout
from typing import TYPE_CHECKING, Any

from steepest.cli.console import Console
from steepest.cli.evals.options import add_datasets, add_reading, read_assignment, read_ids, read_shard
from steepest.cli.exit_codes import ExitCode
from steepest.cli.options import add_command, add_format, argument
from steepest.errors import InputError
from steepest.quantities import read_cost, read_count, read_repairs, read_seconds, read_seed

if TYPE_CHECKING:
    from steepest.evals.batch import Batch
    from steepest.evals.methods.protocol import Method
    from steepest.evals.progress import Listener
    from steepest.evals.runner import RunEnd
    from steepest.evals.specification import Selection

SOLVER_SECONDS = 60.0
CONCURRENCY = 8
EPILOG = """\
examples:
  steepest eval run problems.jsonl --model local --concurrency 1 --limit 20 --out runs/local
  steepest eval run a.jsonl b.jsonl --model openai:gpt-5.4-mini --max-cost 2 --profile optibench --out runs/mini
  steepest eval run problems.jsonl --method five+repair+vote --set votes=5 --epochs 3 --out runs/vote
  steepest eval run problems.jsonl --method five+repair+library --library lib.db --out runs/experienced
  steepest eval run problems.jsonl --method agent:my_agent:solve --out runs/mine
  steepest eval run problems.jsonl --method agent:"python my_solver.py" --out runs/mine2
  steepest eval run problems.jsonl --shard 2/8 --out runs/part2

methods: direct, code, code+repair, five, five+repair, five+vote, five+repair+vote, five+library,
five+repair+library, llmopt, agent:MODULE:FUNCTION (solve in my_agent.py), agent:COMMAND; +vote goes with direct and
code, too.
An agent of yours needs no --model (docs/eval-methods.md).

Stop it at any time (Ctrl-C, or worse): the same command again goes on, and pays for nothing twice. The exit code is 0
when every sample is recorded, 7 when something is left to do (a limit, or failures of the infrastructure), 130 after
Ctrl-C."""


def add_parser(actions: Any) -> None:
    """Add the action to the parser."""
    parser = add_command(actions, "run", "ask a model the problems of data sets, and grade the answers", EPILOG)
    add_datasets(parser, metavar="DATASET", nargs="+")
    parser.add_argument("--out", metavar="RUN", required=True, help="folder of the run, or postgresql://...#NAME")
    add_format(parser)
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error")
    add_reading(parser)
    _add_method(parser)
    _add_selection(parser)
    _add_limits(parser)
    parser.set_defaults(execute=execute)


def _add_method(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what is measured")
    group.add_argument("--model", metavar="SPEC", help="which model to ask (`steepest models`)")
    group.add_argument("--method", metavar="NAME", default="five+repair", help="how (default: five+repair)")
    group.add_argument(
        "--set",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        type=argument(read_assignment),
        help="a setting of the method, such as repairs=1 or votes=5; may be repeated",
    )
    group.add_argument("--library", metavar="FILE", help="of insights, for methods with +library; or postgresql://...")
    group.add_argument(
        "--profile", metavar="NAME", action="append", default=[], help="grade by this too; may be repeated"
    )
    group.add_argument("--seed", metavar="K", type=argument(read_seed), default=0, help="of the sample, of solvers")
    group.add_argument("--time-limit", metavar="S", type=argument(read_seconds), help="seconds of a solver (60)")


def _add_selection(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("which problems; a run may be continued with more of them")
    group.add_argument("--limit", metavar="N", type=argument(read_count), help="so many, drawn by --seed")
    group.add_argument(
        "--ids", metavar="ID,...", type=argument(read_ids), default=(), help="these alone; @FILE has one a line"
    )
    group.add_argument("--type", metavar="TYPE", action="append", default=[], help="of this type; may be repeated")
    group.add_argument("--without-notes", action="store_true", help="only those about whose label nothing is noted")
    group.add_argument("--shard", metavar="I/N", type=argument(read_shard), help="part I of N, for several machines")
    group.add_argument("--epochs", metavar="K", type=argument(read_count), default=1, help="attempts at each (1)")


def _add_limits(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("how far, how fast")
    group.add_argument("--max-cost", metavar="USD", type=argument(read_cost), help="of the whole run")
    group.add_argument("--max-tokens", metavar="N", type=argument(read_count), help="of the whole run")
    group.add_argument(
        "--max-errors",
        metavar="N",
        type=argument(read_repairs),
        help="stop after so many failures of the infrastructure in a row (20; 0: never)",
    )
    group.add_argument(
        "--concurrency", metavar="N", type=argument(read_count), default=CONCURRENCY, help="attempts at once (8)"
    )
    group.add_argument("--engine", choices=("local", "ray"), default="local", help="this machine, or a Ray cluster")
    group.add_argument("--workers", metavar="N", type=argument(read_count), help="processes of a Ray cluster")


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Carry the run out, show its progress, and print its figures."""
    import asyncio

    from steepest.agents.llm.redaction import redact
    from steepest.evals.batch import carry_out

    with redirect_stdout(sys.stderr):  # what an agent prints is no part of the result
        batch = read_batch(arguments, console)
        try:
            method = named_method(batch)
        except InputError as error:
            console.say(redact(str(error)))
            return ExitCode.USAGE
        with ExitStack() as stack:
            end = asyncio.run(carry_out(batch, arguments.out, _listener(stack, _title(batch, method), console)))
        _print_figures(arguments, console)
    return _told(end, arguments, console)


def named_method(batch: "Batch") -> "Method":
    """The method that the batch names.

    Raises:
        InputError: There is no such method, setting or profile.
    """
    from steepest.evals.batch import method_of
    from steepest.evals.grading import profiles_named

    profiles_named(batch.profiles)
    return method_of(batch)


def _title(batch: "Batch", method: "Method") -> str:
    from steepest.evals.methods.protocol import needs_model

    sets = ", ".join(each.reference.name for each in batch.datasets)
    return " · ".join([method.name, *([str(batch.model)] if needs_model(method) else []), sets])


def _listener(stack: ExitStack, title: str, console: Console) -> "Listener":
    """Shows the progress from the run's start on: what is refused before has none."""
    from steepest.cli.evals.live import shown
    from steepest.evals.progress import Event, Progress, RunStarted

    progress = Progress()

    def listen(event: Event) -> None:
        progress.receive(event)
        if isinstance(event, RunStarted):
            stack.enter_context(shown(progress, console, title))

    return listen


def read_batch(arguments: argparse.Namespace, console: Console) -> "Batch":
    """What the arguments ask for.

    Raises:
        InputError: A data set can't be read, or the selection leaves nothing.
    """
    from steepest.cli.evals.reading import read_datasets
    from steepest.evals.batch import Batch
    from steepest.evals.runner import MAX_ERRORS
    from steepest.settings import read_settings

    settings = read_settings()
    wanted = MAX_ERRORS if arguments.max_errors is None else arguments.max_errors
    return Batch(
        datasets=read_datasets(arguments.datasets, arguments, console),
        method=arguments.method,
        model=arguments.model or settings.model,
        method_settings=_settings_of_method(arguments.set),
        library=arguments.library,
        profiles=arguments.profile,
        selection=_selection(arguments),
        seed=arguments.seed,
        solver_seconds=arguments.time_limit or settings.time_limit or SOLVER_SECONDS,
        max_cost=arguments.max_cost or settings.max_cost,
        max_tokens=arguments.max_tokens or settings.max_tokens,
        max_errors=wanted or None,
        concurrency=arguments.concurrency,
        engine=arguments.engine,
        workers=arguments.workers,
    )


def _settings_of_method(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for key, value in pairs:
        if key in settings:
            raise InputError(f"--set names {key} twice; which of the two is meant?")
        settings[key] = value
    return settings


def _selection(arguments: argparse.Namespace) -> "Selection":
    from steepest.evals.specification import Selection

    return Selection(
        limit=arguments.limit,
        ids=arguments.ids,
        shard=arguments.shard,
        types=tuple(arguments.type),
        without_notes=arguments.without_notes,
        epochs=arguments.epochs,
    )


def _print_figures(arguments: argparse.Namespace, console: Console) -> None:
    from steepest.cli.evals.texts import summary_text
    from steepest.evals.statistics import summarize
    from steepest.evals.stores.places import open_run

    run = open_run(arguments.out)
    summary = summarize(run.problems(), run.samples())
    if arguments.format == "json":
        console.document(summary.model_dump(mode="json"))
    else:
        console.result(summary_text(run.specification(), summary))


def _told(end: "RunEnd", arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Say how it ended and what to do next."""
    from steepest.agents.llm.redaction import redact

    if end.message:
        console.say(end.message)
    if end.made == 0 and end.done == end.total:
        console.say(f"0 new attempts, all {end.total:,} were recorded before.")
    if end.failed:
        console.say(
            f"{end.failed} of {end.made} attempts failed by the infrastructure; the same command tries them again."
        )
    if end.done < end.total:
        console.say(redact(f"to go on: {shlex.join(['steepest', *arguments.given])}"))
    console.say(redact(f"to look at it: steepest eval report {shlex.quote(arguments.out)}"))
    if end.reason == "interrupted":
        return ExitCode.INTERRUPTED
    return ExitCode.SOLVED if end.reason == "done" and end.done == end.total else ExitCode.STOPPED
