"""`steepest optimize run`: search for better values of a workflow's parameters, and keep everything."""

import argparse
import shlex
import sys
from contextlib import ExitStack, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.optimize.loading import Target, load, load_workflow, read_target
from steepest.cli.options import add_command, add_format, argument
from steepest.cli.termination import as_interruption
from steepest.quantities import read_cost, read_count, read_seconds, read_seed

if TYPE_CHECKING:
    from steepest.agents.optimizers.outcome import Optimized
    from steepest.agents.optimizers.search.limits import SearchLimits
    from steepest.agents.optimizers.search.search import Search
    from steepest.cli.optimize.progress import Progress

ENGINES = ("threads", "processes", "ray")
EPILOG = """\
examples:
  steepest optimize flow.py:agent --data train.jsonl --guide flow.py:score --model local --out runs/agent
  steepest optimize flow.py:agent --data train.jsonl --validation dev.jsonl --test test.jsonl --guide flow.py:score \\
      --model openai:gpt-5.4-mini --model anthropic:claude-haiku-4-5 --max-cost 2 --out runs/agent
  steepest optimize sizes.py:plan --data cases.jsonl --guide sizes.py:cost --metric-calls 400 --out runs/sizes --apply

OBJECT is a function, a bundle or a module with trainable parameters (docs/optimize.md); FN judges its output: it takes
the example and the output, and returns a score, larger is better, or a score and words. Both files are run.

Strategies: auto (tpe, or llambo with a model, for numbers and choices, islands for code, else pareto), pareto,
minibatch, optoprime, textgrad, best-of-n, beam, ucb, opro, simba, protegi, etgpo, islands, llambo, pbt, tpe, random.

Stop it at any time (Ctrl-C, SIGTERM, or worse): the same command again goes on, and pays for nothing twice. The exit
code is 0 when the search has ended, by its budget too, 7 when the budget did not even allow for the seed, 130 after
Ctrl-C, 143 after SIGTERM."""


def add_parser(actions: Any) -> None:
    """Add the action to the parser."""
    parser = add_command(actions, "run", "search for better prompts, numbers and code of a workflow", EPILOG)
    parser.add_argument(
        "workflow", metavar="FILE.py:OBJECT", type=argument(read_target), help="what is to be optimized"
    )
    parser.add_argument("--out", metavar="RUN", type=Path, required=True, help="folder of the run")
    add_format(parser)
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error")
    parser.add_argument("--apply", action="store_true", help="write the best values into FILE.py, after a question")
    parser.add_argument("--yes", action="store_true", help="write without the question")
    _add_search(parser)
    _add_limits(parser)
    parser.set_defaults(execute=execute)


def _add_search(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what is searched, and how")
    group.add_argument("--data", metavar="D.jsonl", type=Path, help="examples to learn from, one on each line")
    group.add_argument("--validation", metavar="D.jsonl", type=Path, help="those that rank candidates (else --data)")
    group.add_argument("--test", metavar="D.jsonl", type=Path, help="sealed: seed and best are run on them at the end")
    group.add_argument(
        "--guide", metavar="FILE.py:FN", type=argument(read_target), required=True, help="what judges an output"
    )
    group.add_argument(
        "--model", metavar="SPEC", action="append", default=[], help="who proposes (`steepest models`); may be repeated"
    )
    group.add_argument("--strategy", metavar="NAME", default="auto", help="how to search (auto)")
    group.add_argument("--goal", metavar="TEXT", default="", help="what you want, in words, for whoever proposes")
    group.add_argument("--seed", metavar="K", type=argument(read_seed), default=0, help="of all random choices")


def _add_limits(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("how far, how fast; a run may be continued with more")
    group.add_argument(
        "--metric-calls", metavar="N", type=argument(read_count), help="runs of the workflow (20 an example)"
    )
    group.add_argument("--max-tokens", metavar="N", type=argument(read_count), help="of all models")
    group.add_argument("--max-cost", metavar="USD", type=argument(read_cost), help="of all models")
    group.add_argument("--max-seconds", metavar="S", type=argument(read_seconds), help="of wall-clock time")
    group.add_argument("--steps", metavar="N", type=argument(read_count), help="of the strategy")
    group.add_argument("--engine", choices=ENGINES, default="threads", help="where the workflow runs (threads)")
    group.add_argument("--workers", metavar="N", type=argument(read_count), help="runs at once")


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Search, show the progress, print the figures, and write the best if that is wanted."""
    from steepest.agents.llm.errors import LLMError
    from steepest.agents.optimizers.reports.result import read_run, result_of
    from steepest.agents.optimizers.search.limits import BudgetSpent
    from steepest.cli.optimize.apply import apply
    from steepest.cli.optimize.texts import run_text

    target: Target = arguments.workflow
    try:
        with as_interruption() as termination, redirect_stdout(sys.stderr):  # what a workflow prints is no result
            found = _search(arguments, console)
    except KeyboardInterrupt:
        console.say(f"interrupted: what was done is in {arguments.out}")
        _tell_how_to_go_on(arguments, console)
        return termination.code
    except BudgetSpent as error:
        console.say(str(error))
        return ExitCode.STOPPED
    except LLMError:
        _tell_how_to_go_on(arguments, console)
        raise
    run = read_run(arguments.out)
    if arguments.format == "json":
        console.document(result_of(found))
    else:
        console.result(run_text(run))
    console.say(f"to look at it: steepest optimize report {shlex.quote(str(arguments.out))}")
    if arguments.apply:
        return apply(run, [target.path], console, is_sure=arguments.yes)
    if found.best.number:
        place = f"{shlex.quote(str(arguments.out))} {shlex.quote(str(target.path))}"
        console.say(f"to write the best into the source: steepest optimize apply {place}")
    return ExitCode.SOLVED


def _search(arguments: argparse.Namespace, console: Console) -> "Optimized":
    from steepest.agents.optimizers.optimize import optimize
    from steepest.cli.optimize.progress import Progress

    workflow = load_workflow(arguments.workflow)
    guide = load(arguments.guide)
    progress = Progress(arguments.steps)
    with ExitStack() as stack:
        return optimize(
            workflow,
            arguments.data,
            guide=guide,
            strategy=arguments.strategy,
            budget=_limits(arguments),
            steps=arguments.steps,
            llm=arguments.model or None,
            validation=arguments.validation,
            test=arguments.test,
            out=arguments.out,
            engine=arguments.engine,
            workers=arguments.workers,
            seed=arguments.seed,
            goal=arguments.goal,
            watch=_Watch(stack, progress, console, _title(arguments)),
        )


class _Watch:
    """Shows the progress from the first run of the workflow on: what is refused before has none."""

    def __init__(self, stack: ExitStack, progress: "Progress", console: Console, title: str) -> None:
        self._stack = stack
        self._progress = progress
        self._console = console
        self._title = title
        self._search: Search | None = None

    def __call__(self, search: "Search") -> None:
        from steepest.cli.optimize.live import shown

        self._progress.receive(search)
        if self._search is None:
            self._search = search
            self._stack.enter_context(shown(self._progress, self._console, self._title))
            self._stack.callback(self._again)

    def _again(self) -> None:
        """Take in what the last step came to, before the progress is shown for the last time."""
        if self._search is not None:
            self._progress.receive(self._search)


def _limits(arguments: argparse.Namespace) -> "SearchLimits | None":
    """None where no limit is given: what is usual for the data then holds."""
    from steepest.agents.optimizers.search.limits import SearchLimits

    given = arguments.metric_calls, arguments.max_tokens, arguments.max_cost, arguments.max_seconds
    return SearchLimits(*given) if any(each is not None for each in given) else None


def _title(arguments: argparse.Namespace) -> str:
    data = [arguments.data.name] if arguments.data is not None else []
    return " · ".join([str(arguments.workflow), arguments.strategy, *arguments.model, *data])


def _tell_how_to_go_on(arguments: argparse.Namespace, console: Console) -> None:
    from steepest.agents.llm.redaction import redact

    console.say(redact(f"to go on: {shlex.join(['steepest', *arguments.given])}"))
