"""`steepest chat`: a conversation about a decision, in the terminal."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.options import add_command, add_solver, argument, solver_options
from steepest.quantities import read_cost, read_count, read_repairs

if TYPE_CHECKING:
    from steepest.agents.chat.stores.protocol import SessionStore

EPILOG = """\
examples:
  steepest chat                                   tell a problem, then change it in words
  steepest chat examples/bakery.txt --model local
  steepest chat --continue                        go on with the latest conversation
  steepest chat --list
  printf 'flour = 50\\n/why\\n' | steepest chat examples/bakery.txt

In a conversation: words, changes such as `flour = 50`, or commands (/help). A line that ends with \\ goes on in the
next one. Ctrl-C ends what is being done, Ctrl-D the conversation; all of it is kept."""

OWNER = "me"


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = add_command(commands, "chat", "talk about a decision problem", EPILOG)
    parser.add_argument("problem", metavar="FILE|TEXT", nargs="?", help="the first thing to say")
    group = parser.add_argument_group("which conversation")
    which = group.add_mutually_exclusive_group()
    which.add_argument("--session", metavar="ID", help="go on with this conversation")
    which.add_argument("--continue", dest="goes_on", action="store_true", help="go on with the latest one")
    which.add_argument("--list", dest="lists", action="store_true", help="list the conversations that are kept")
    group.add_argument("--sessions", metavar="FILE", help="where conversations are kept (else STEEPEST_SESSIONS)")
    group = parser.add_argument_group("language model")
    group.add_argument("--model", metavar="SPEC", help="which model to ask")
    group.add_argument("--max-cost", metavar="USD", type=argument(read_cost), help="most that the calls may cost")
    group.add_argument("--max-tokens", metavar="N", type=argument(read_count), help="most tokens read and written")
    group.add_argument("--repairs", metavar="N", type=argument(read_repairs), help="most repairs of a formulation")
    group.add_argument("--library", metavar="FILE", help="library of insights, or postgresql://...#NAME")
    add_solver(parser)
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error")
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Talk until there is nothing more to say."""
    from contextlib import closing

    from steepest.agents.chat.stores.places import open_sessions

    with closing(open_sessions(arguments.sessions)) as store:
        if arguments.lists:
            return _listed(store, console)
        return _talked(arguments, store, console)


def _listed(store: "SessionStore", console: Console) -> ExitCode:
    from steepest.cli.tables import aligned

    rows = [
        (each.id, f"{each.changed.astimezone():%Y-%m-%d %H:%M}", f"{each.turns} turns", each.title)
        for each in store.sessions(OWNER)
    ]
    console.result("\n".join(aligned(rows)) or "no conversation is kept yet")
    return ExitCode.SOLVED


def _talked(arguments: argparse.Namespace, store: "SessionStore", console: Console) -> ExitCode:
    from steepest.agents.chat.means import Means
    from steepest.agents.chat.session import Session
    from steepest.cli.chat.talk import talk
    from steepest.experience import consulted
    from steepest.settings import read_settings
    from steepest.solving import budgeted

    settings = read_settings()
    model = budgeted(
        arguments.model or settings.model,
        max_cost=arguments.max_cost,
        max_tokens=arguments.max_tokens,
        settings=settings,
        on_tokens=lambda count: console.ticker(f"{count:,} tokens written"),
    )
    repairs = settings.repairs if arguments.repairs is None else arguments.repairs
    with consulted(arguments.library, console.say) as experience:
        means = Means(model, solver_options(arguments, settings), repairs, experience, Path.cwd())
        session = Session(_session(arguments, store), OWNER, store, means)
        return talk(session, console, _first_words(arguments.problem))


def _session(arguments: argparse.Namespace, store: "SessionStore") -> str:
    from steepest.agents.chat.stores.protocol import SessionError

    if arguments.session:
        return str(arguments.session)
    if not arguments.goes_on:
        return store.begin(OWNER)
    known = store.sessions(OWNER)
    if not known:
        raise SessionError("there is no conversation to go on with yet.")
    return known[0].id


def _first_words(given: str | None) -> str | None:
    from steepest.cli.inputs import read_problem

    return read_problem(given).text if given is not None else None
