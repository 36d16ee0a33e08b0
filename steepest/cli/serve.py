"""`steepest serve`: conversations about decisions on a page, for a browser."""

import argparse
import getpass
import sys
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.options import add_command, add_solver, argument, solver_options
from steepest.errors import InputError
from steepest.quantities import read_cost, read_count, read_repairs

if TYPE_CHECKING:
    from steepest.agents.llm import ChatModel
    from steepest.web.allowance import Allowance
    from steepest.web.guard import Door

EPILOG = """\
examples:
  steepest serve                                  a page for you alone; it prints the address
  steepest serve --model local --port 8765
  steepest serve --auth people --add-user anna    let somebody in: it asks for a password
  steepest serve --host 0.0.0.0 --auth people     for others; each sees their own conversations

It speaks plain HTTP: put a proxy with TLS before it where others reach it (docs/web.md)."""

_MOST_SECONDS = 300.0
"""Of a solve, unless somebody says otherwise; whoever waits can end it before."""


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = add_command(commands, "serve", "talk about decision problems on a page in the browser", EPILOG)
    group = parser.add_argument_group("who reaches it")
    group.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1: this machine alone)")
    group.add_argument("--port", metavar="N", type=_port, default=8390, help="port (8390)")
    group.add_argument("--auth", metavar="FILE", type=Path, help="people who may log in, with their passwords hashed")
    group.add_argument("--add-user", metavar="NAME", help="add somebody to --auth, or give a new password, and end")
    group.add_argument("--name", metavar="HOST", action="append", help="name by which browsers call it, of a proxy")
    parser.add_argument("--sessions", metavar="FILE", help="where conversations are kept (else STEEPEST_SESSIONS)")
    parser.add_argument("--most-upload", metavar="MB", type=argument(read_count), default=50, help="of a file (50)")
    group = parser.add_argument_group("what each person may take")
    count, cost = argument(read_count), argument(read_cost)
    group.add_argument("--user-turns", metavar="N", type=count, help="turns at once (2 with --auth, else any)")
    group.add_argument("--user-conversations", metavar="N", type=count, help="kept (500 with --auth, else any)")
    group.add_argument("--user-files", metavar="MB", type=count, help="of uploads and exports in all (1000)")
    group.add_argument("--user-cost", metavar="USD", type=cost, help="most that their calls may cost in a day")
    group.add_argument("--user-tokens", metavar="N", type=count, help="most tokens of their calls in a day")
    group = parser.add_argument_group("language model")
    group.add_argument("--model", metavar="SPEC", help="which model to ask")
    group.add_argument("--max-cost", metavar="USD", type=argument(read_cost), help="most that all calls may cost")
    group.add_argument("--max-tokens", metavar="N", type=argument(read_count), help="most tokens of all calls")
    group.add_argument("--repairs", metavar="N", type=argument(read_repairs), help="most repairs of a formulation")
    group.add_argument("--library", metavar="FILE", help="library of insights, or postgresql://...#NAME")
    add_solver(parser)
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Serve until Ctrl-C."""
    if find_spec("nicegui") is None:
        raise InputError("a page needs nicegui: pip install 'steepest[web]'.")
    if arguments.add_user is not None:
        return _add_user(arguments, console)
    from steepest.addresses import listening
    from steepest.agents.chat.means import Means
    from steepest.agents.chat.stores.places import open_sessions, sessions_place, turns_place
    from steepest.experience import consulted
    from steepest.settings import read_settings
    from steepest.solving import budgeted
    from steepest.web.rooms import Rooms
    from steepest.web.serving import serve

    settings = read_settings()
    folder = _folder(arguments)
    door = _door(arguments, folder)
    model = budgeted(
        arguments.model or settings.model,
        max_cost=arguments.max_cost,
        max_tokens=arguments.max_tokens,
        settings=settings,
    )
    options = solver_options(arguments, settings)
    if options.time_limit is None:
        options = options.model_copy(update={"time_limit": _MOST_SECONDS})
    repairs = settings.repairs if arguments.repairs is None else arguments.repairs
    place = arguments.sessions or sessions_place()
    with closing(open_sessions(place)) as store, consulted(arguments.library, console.say) as experience:
        means = Means(model, options, repairs, experience, checkpoints=turns_place(place))
        allowance = _allowance(arguments, model)
        most = arguments.most_upload * 2**20
        rooms = Rooms(store, means, folder / "conversations", most_upload=most, allowance=allowance)
        with listening(arguments.host, arguments.port) as at:
            console.say(f"{_address(arguments, door)}\nCtrl-C ends it.")
            serve(rooms, door, at)
    return ExitCode.SOLVED


def _port(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: use 1 to 65535")
    return int(text)


def _add_user(arguments: argparse.Namespace, console: Console) -> ExitCode:
    from steepest.web.accounts import add_account

    if arguments.auth is None:
        raise InputError("--add-user needs the file that people stand in: --auth FILE.")
    add_account(arguments.auth, arguments.add_user, _password(arguments.add_user))
    console.say(f"{arguments.auth}: {arguments.add_user} may log in")
    return ExitCode.SOLVED


def _password(name: str) -> str:
    """Asked for twice at a terminal, or the first line of what is piped in."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().removesuffix("\n")
    password = getpass.getpass(f"password of {name}: ")
    if getpass.getpass("again: ") != password:
        raise InputError("the two passwords differ.")
    return password


def _folder(arguments: argparse.Namespace) -> Path:
    """Where uploads, exports and the key of passes are: beside the conversations."""
    from steepest.agents.chat.stores.places import default_sessions

    named = arguments.sessions
    if named and "://" not in named:
        return Path(f"{named}.files")
    return default_sessions().parent / "web"


def _allowance(arguments: argparse.Namespace, model: "ChatModel") -> "Allowance":
    from steepest.agents.llm import Usage
    from steepest.agents.llm.prices import price_of_model
    from steepest.web.allowance import AMONG_OTHERS, Allowance

    usual = AMONG_OTHERS if arguments.auth is not None else Allowance()
    if arguments.user_cost is not None and price_of_model(model, Usage(input_tokens=1, output_tokens=1)) is None:
        raise InputError(
            f"--user-cost {arguments.user_cost}: the price of {model.name} is not known; use --user-tokens N."
        )
    return Allowance(
        turns=arguments.user_turns or usual.turns,
        conversations=arguments.user_conversations or usual.conversations,
        files=arguments.user_files * 2**20 if arguments.user_files is not None else usual.files,
        money=arguments.user_cost,
        tokens=arguments.user_tokens,
    )


def _door(arguments: argparse.Namespace, folder: Path) -> "Door":
    import secrets

    from steepest.addresses import is_loopback
    from steepest.web.accounts import Accounts
    from steepest.web.guard import Door
    from steepest.web.passes import Passes, kept_key

    is_alone = is_loopback(arguments.host)
    if not is_alone and arguments.auth is None:
        raise InputError(
            f"{arguments.host} can be reached from elsewhere: name a file of people who may log in (--auth FILE)."
        )
    names = set(arguments.name or ())
    return Door(
        Passes(kept_key(folder / "key")),
        cookie=f"steepest-{arguments.port}",
        token=secrets.token_urlsafe(24) if arguments.auth is None else "",
        accounts=Accounts(arguments.auth) if arguments.auth is not None else None,
        hosts=frozenset({"localhost", "127.0.0.1", "::1", arguments.host, *names} if is_alone else names),
        most_bytes=(arguments.most_upload + 1) * 2**20,
    )


def _address(arguments: argparse.Namespace, door: "Door") -> str:
    host = f"[{arguments.host}]" if ":" in arguments.host else arguments.host
    return f"http://{host}:{arguments.port}/" + (f"?token={door.token}" if door.token else "")
