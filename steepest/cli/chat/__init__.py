"""`steepest chat`: a conversation about a decision, in the terminal."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.options import add_command, add_samples, add_solver, argument, solver_options
from steepest.quantities import read_cost, read_count, read_repairs

if TYPE_CHECKING:
    from steepest.agents.chat.stores.protocol import SessionStore
    from steepest.cli.chat.talk import Turn

EPILOG = """\
examples:
  steepest chat                                   tell a problem, then change it in words
  steepest chat examples/bakery.txt --model local
  steepest chat examples/bakery.five              about a formulation that is there: no model is asked for it
  steepest chat --continue                        go on with the latest conversation
  steepest chat --list
  steepest chat problem.txt --samples 5           several formulations vote on the answer
  steepest chat orders.txt --data demand=demand.csv
  printf 'flour = 50\\n/why\\n' | steepest chat examples/bakery.txt

In a conversation: words, changes such as `flour = 50`, or commands (/help). A line that ends with \\ goes on in the
next one; a pasted text may have several lines. Ctrl-C ends the turn, and pressed again before the turn has ended,
the program; Ctrl-D, /quit or quit leaves. All of it is kept.

exit code, where the lines come from a pipe: 1 if the last turn failed, else that of `steepest solve`"""

OWNER = "me"


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = add_command(commands, "chat", "talk about a decision problem", EPILOG)
    parser.add_argument("problem", metavar="FILE|TEXT", nargs="?", help="the problem, or a formulation (.five)")
    group = parser.add_argument_group("which conversation")
    which = group.add_mutually_exclusive_group()
    which.add_argument(
        "--session", metavar="ID", help="go on with this conversation; the beginning of its id is enough"
    )
    which.add_argument("--continue", dest="goes_on", action="store_true", help="go on with the latest one")
    which.add_argument("--list", dest="lists", action="store_true", help="list the conversations that are kept")
    group.add_argument(
        "--sessions", metavar="FILE", help="where conversations are kept, or postgresql://... (else STEEPEST_SESSIONS)"
    )
    parser.add_argument(
        "--data", metavar="[NAME=]FILE", action="append", default=[], help="attach a table (.csv, .xlsx, .parquet)"
    )
    group = parser.add_argument_group("language model")
    group.add_argument("--model", metavar="SPEC", help="which model to ask")
    group.add_argument("--max-cost", metavar="USD", type=argument(read_cost), help="most that the calls may cost")
    group.add_argument("--max-tokens", metavar="N", type=argument(read_count), help="most tokens read and written")
    group.add_argument("--repairs", metavar="N", type=argument(read_repairs), help="most repairs of a formulation")
    group.add_argument("--library", metavar="FILE", help="library of insights, or postgresql://...#NAME")
    add_samples(parser)
    add_solver(parser)
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error")
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Talk until there is nothing more to say."""
    from contextlib import closing

    from steepest.agents.chat.stores.places import open_sessions, sessions_place

    place = arguments.sessions or sessions_place()
    with closing(open_sessions(place)) as store:
        return _listed(store, console) if arguments.lists else _talked(arguments, store, place, console)


def _listed(store: "SessionStore", console: Console) -> ExitCode:
    from steepest.cli.tables import aligned

    rows = [
        (
            each.id,
            f"{each.changed.astimezone():%Y-%m-%d %H:%M}",
            f"{each.turns} turn{'' if each.turns == 1 else 's'}",
            each.title,
        )
        for each in store.sessions(OWNER)
    ]
    console.result("\n".join(aligned(rows)) or "no conversation is kept yet")
    return ExitCode.SOLVED


def _talked(arguments: argparse.Namespace, store: "SessionStore", place: str, console: Console) -> ExitCode:
    from steepest.agents.chat.means import Means
    from steepest.agents.chat.session import Session
    from steepest.agents.chat.stores.places import turns_place
    from steepest.agents.modeling.sampling.confidence import SURE
    from steepest.cli.chat.live import is_watched
    from steepest.cli.chat.talk import talk
    from steepest.experience import consulted
    from steepest.settings import read_settings
    from steepest.solving import budgeted

    _require_tables(arguments.data)
    settings = read_settings()
    model = budgeted(
        arguments.model or settings.model,
        max_cost=arguments.max_cost,
        max_tokens=arguments.max_tokens,
        settings=settings,
        on_tokens=(lambda count: console.ticker(f"{count:,} tokens written")) if is_watched(console) else None,
    )
    repairs = settings.repairs if arguments.repairs is None else arguments.repairs
    with consulted(arguments.library, console.say) as experience:
        means = Means(
            model,
            solver_options(arguments, settings),
            repairs,
            experience,
            Path.cwd(),
            checkpoints=turns_place(place),
            samples=arguments.samples,
            sure_at=SURE if arguments.sure_at is None else arguments.sure_at,
        )
        session = Session(_session(arguments, store), OWNER, store, means)
        return talk(session, console, _first(arguments))


def _require_tables(given: list[str]) -> None:
    """Find out what `--data` can't attach before a conversation begins and any model is paid.

    Raises:
        InputError: There is no such file, it is a folder, or it can't be read as a table.
    """
    from steepest.agents.chat.attachable import table_file
    from steepest.agents.chat.commands import read_attach
    from steepest.agents.modeling.tables import describe_tables
    from steepest.errors import InputError
    from steepest.solvers.diagnostics import FormulationError

    for each in given:
        attach = read_attach(each)
        path = table_file(attach.path, Path.cwd())
        try:
            describe_tables({attach.name or path.stem: path})
        except FormulationError as error:
            raise InputError(f"--data {each}: {error}") from error


def _session(arguments: argparse.Namespace, store: "SessionStore") -> str:
    from steepest.agents.chat.stores.protocol import SessionError

    if not (arguments.session or arguments.goes_on):
        return store.begin(OWNER)
    wanted = arguments.session or ""
    known = [each.id for each in store.sessions(OWNER) if each.id.startswith(wanted)]
    if not known:
        raise SessionError(f"there is no conversation {wanted or 'to go on with'}; --list shows what is kept.")
    if wanted and len(known) > 1 and wanted not in known:
        raise SessionError(f"{len(known)} conversations begin with {wanted}: write more of the id.")
    return wanted if wanted in known else known[0]


def _first(arguments: argparse.Namespace) -> "list[Turn]":
    """What is said before anything is read: the data, then the problem or its formulation."""
    from steepest.agents.chat.intents import Rewrite
    from steepest.cli.inputs import read_formulation_source, read_problem

    given = arguments.problem
    data: list[Turn] = [(f"/data {each}", None) for each in arguments.data]
    if given is None:
        return data
    if given.endswith(".five"):
        source = read_formulation_source(given)
        intent = Rewrite(text=source.text, folder=str(source.folder.absolute()))
        return [*data, (f"The formulation is {Path(given).name}.", intent)]
    return [*data, (read_problem(given).text, None)]
