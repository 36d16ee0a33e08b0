"""`steepest library merge`: one insight in the place of several that say the same."""

import argparse
import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.library.asking import add_model, opened_model
from steepest.cli.library.options import add_library, open_library, part_of
from steepest.cli.options import add_command, add_format, argument
from steepest.errors import InputError
from steepest.quantities import read_count, read_repairs, read_seconds, read_seed

if TYPE_CHECKING:
    from steepest.agents.library.events import Event
    from steepest.agents.library.library import Library
    from steepest.agents.library.merging.batch import Merges
    from steepest.agents.library.merging.verification import Verify
    from steepest.agents.llm.chat import ChatModel

SOLVER_SECONDS = 60.0
EPILOG = """\
examples:
  steepest library merge lib.db --model openai:gpt-5.4-mini                     what it would merge; writes nothing
  steepest library merge lib.db --model openai:gpt-5.4-mini --problems problems.jsonl
  steepest library merge lib.db --model local --label "network flow" --unverified

A model names groups among insights that are near, and writes one text for each. It comes in their place only when every
problem that they were learned from is solved with it, --proofs times of --proofs, and none that they helped gets worse;
that takes the problems (--problems). --unverified takes what the model says; `steepest library undo` brings back what a
merge took away."""


def add_parser(actions: Any) -> None:
    """Add the action to the parser."""
    parser = add_command(actions, "merge", "put one insight in the place of several that say the same", EPILOG)
    add_library(parser)
    add_model(parser, "who compares them, and solves the problems again")
    parser.add_argument("--label", metavar="WORDS", help="only those under a label with these words, such as a track")
    parser.add_argument("--dry-run", action="store_true", help="write nothing")
    parser.add_argument("--unverified", action="store_true", help="merge without solving problems again")
    _add_problems(parser)
    add_format(parser)
    parser.set_defaults(execute=execute, status="active", limit=None, gold=None)


def _add_problems(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("problems to solve again")
    group.add_argument(
        "--problems", metavar="FILE", nargs="+", default=[], dest="datasets", help="as in `steepest learn`"
    )
    group.add_argument("--non-commercial", action="store_true", help="take problems of such a licence, too")
    group.add_argument("--dataset-format", metavar="NAME", help="told from their content unless given")
    group.add_argument("--skip-bad", action="store_true", help="leave out records that can't be read, and say which")
    group.add_argument("--proofs", metavar="N", type=argument(read_count), default=2, help="times, all right (2)")
    group.add_argument(
        "--guards", metavar="N", type=argument(read_repairs), default=3, help="problems they helped, tried again (3)"
    )
    group.add_argument("--repairs", metavar="N", type=argument(read_repairs), help="of a formulation (3)")
    group.add_argument("--time-limit", metavar="S", type=argument(read_seconds), help="seconds of a solver (60)")
    group.add_argument("--seed", metavar="K", type=argument(read_seed), default=0, help="of solvers")


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Ask, prove, write, and print what came of it."""
    from steepest.agents.library.embeddings.hashed import HashedNgrams
    from steepest.agents.library.merging.batch import Merging, merge_batch

    if arguments.unverified and arguments.datasets:
        raise InputError("--unverified solves nothing again: leave out either it or --problems.")
    with open_library(arguments) as library:
        names = [each.insight.id for each in part_of(library, arguments)]
        model = opened_model(arguments)
        with _verify(arguments, library, model, console) as verify:
            merging = Merging(library, model, HashedNgrams(), verify, console.say)
            merges = asyncio.run(merge_batch(names, merging))
        is_proven = arguments.unverified or bool(arguments.datasets)
        events = _write(library, merges) if is_proven and not arguments.dry_run else []
    if arguments.format == "json":
        console.document(_document(merges, events))
    else:
        console.result(_text(merges, events))
    for reason in merges.unanswered:
        console.say(reason)
    if merges.left_out:
        console.say(f"left out, since a problem behind them is not at hand: {', '.join(merges.left_out)}")
    if merges.changes and not is_proven:
        console.say(
            "nothing was written: no merge is taken that is not proven on the problems behind it (--problems FILE), "
            "unless you say so (--unverified)."
        )
    return ExitCode.SOLVED


@contextmanager
def _verify(
    arguments: argparse.Namespace, library: "Library", model: "ChatModel", console: Console
) -> "Iterator[Verify]":
    """What proves a merge: solving the problems again, where they are given."""
    from steepest.agents.library.embeddings.hashed import HashedNgrams
    from steepest.agents.library.learning.attempts import Student
    from steepest.agents.library.merging.verification import Unverified, Verification
    from steepest.cli.learn.problems import grade_of, read_tasks, tasks_of
    from steepest.evals.engines.solver_pool import SolverPool
    from steepest.evals.methods.settings import Sampling
    from steepest.settings import read_settings
    from steepest.solvers.options import SolveOptions

    if not arguments.datasets:
        yield Unverified() if arguments.unverified else Unverified("not proven")
        return
    settings = read_settings()
    problems = read_tasks(arguments, console)
    tasks = {each.id: each for each in tasks_of(problems, {})}
    seconds = float(arguments.time_limit or settings.time_limit or SOLVER_SECONDS)
    repairs = settings.repairs if arguments.repairs is None else int(arguments.repairs)
    options = SolveOptions(time_limit=seconds, threads=1, seed=arguments.seed)
    with closing(SolverPool(options, processes=1)) as solvers:
        temperature = Sampling().temperature_for(model, varied=True)
        student = Student(model, solvers.solve, grade_of(problems), repairs, temperature)
        yield Verification(
            student,
            library,
            HashedNgrams(),
            tasks,
            helped_tasks(library),
            times=arguments.proofs,
            most_guards=arguments.guards,
        )


def helped_tasks(library: "Library") -> list[str]:
    """Ids of the tasks that insights helped: solved, as far as the library knows."""
    from steepest.agents.library.events import Outcome

    bodies = (event.body for event in library.history())
    return list(dict.fromkeys(body.task for body in bodies if isinstance(body, Outcome) and body.helped))


def _write(library: "Library", merges: "Merges") -> "list[Event]":
    """Carry out the merges, all or none.

    Raises:
        ConflictError: Somebody else changed one of the insights in the meantime.
    """
    with library.store.alone():
        expected = merges.expected
        return [
            library.carry_out(change, {name: expected[name] for name in change.insights if name in expected})
            for change in merges.changes
        ]


def _document(merges: "Merges", events: "list[Event]") -> dict[str, Any]:
    return {
        "merges": [
            {
                "insights": [name for name, insight in change.insights.items() if insight is None],
                "merged": next(each.model_dump(mode="json") for each in change.insights.values() if each is not None),
                "reason": change.reason,
                "event": events[place].number if events else None,
            }
            for place, change in enumerate(merges.changes)
        ],
        "refused": [each.model_dump(mode="json") for each in merges.refused],
        "compared": merges.asked,
        "left_out": list(merges.left_out),
        "unanswered": list(merges.unanswered),
    }


def _text(merges: "Merges", events: "list[Event]") -> str:
    """What comes in the place of what, a paragraph each."""
    parts = []
    for place, change in enumerate(merges.changes):
        merged = next(each for each in change.insights.values() if each is not None)
        head = f"event {events[place].number}: " if events else ""
        parts.append(
            f"{head}{merged.id} {merged.title}\n  {change.reason}\n  {merged.condition}\n  {merged.explanation}"
        )
    parts += [f"refused: {each.title}\n  {each.reason}" for each in merges.refused]
    groups = f"{merges.asked:,} {'group' if merges.asked == 1 else 'groups'} compared"
    return "\n\n".join([*parts, f"{groups}, {len(merges.changes):,} {'merged' if events else 'to merge'}"])
