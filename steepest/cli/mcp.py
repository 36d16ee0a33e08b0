"""`steepest mcp`: a Model Context Protocol server, for people who work in another assistant."""

import argparse
import os
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.options import add_command, add_solver, argument, solver_options
from steepest.errors import InputError
from steepest.quantities import read_cost, read_count, read_repairs

if TYPE_CHECKING:
    from mcp.server import MCPServer

VARIABLE = "STEEPEST_MCP_TOKEN"
"""The variable that holds the token; on a command line others could read it."""
_MOST_SECONDS = 60.0
"""Of a solve, unless somebody says otherwise: an assistant does not wait for long."""

EPILOG = f"""\
examples:
  steepest mcp                                    over standard input and output, started by the assistant
  steepest mcp --http 127.0.0.1:8000              over streamable HTTP, at /mcp
  {VARIABLE}=... steepest mcp --http 0.0.0.0:8000    for others: they send the token as a bearer token

The tools: solve, check, run, what_if, explain_infeasible, sensitivity, alternatives, test (docs/mcp.md)."""


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = add_command(commands, "mcp", "serve tools to assistants (Model Context Protocol)", EPILOG)
    parser.add_argument("--http", metavar="[HOST:]PORT", help="serve over HTTP instead of standard input and output")
    parser.add_argument("--folder", metavar="DIR", type=Path, help="tables that formulations may name are in here")
    parser.add_argument("--at-once", metavar="N", type=argument(read_count), default=2, help="solves at a time (2)")
    group = parser.add_argument_group("language model")
    group.add_argument("--model", metavar="SPEC", help="which model `solve` asks")
    group.add_argument("--max-cost", metavar="USD", type=argument(read_cost), help="most that all calls may cost")
    group.add_argument("--max-tokens", metavar="N", type=argument(read_count), help="most tokens of all calls")
    group.add_argument("--repairs", metavar="N", type=argument(read_repairs), help="most repairs of a formulation")
    group.add_argument("--library", metavar="FILE", help="library of insights, or postgresql://...#NAME")
    add_solver(parser)
    parser.set_defaults(execute=execute, speaks_protocol=True)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Serve until the client leaves, or Ctrl-C."""
    if find_spec("mcp") is None:
        raise InputError("a Model Context Protocol server needs mcp: pip install 'steepest[mcp]'.")
    import steepest
    from steepest.experience import consulted
    from steepest.mcp.server import Offered, make_server
    from steepest.settings import read_settings
    from steepest.solving import budgeted

    if arguments.folder is not None and not arguments.folder.is_dir():
        raise InputError(f"--folder {arguments.folder}: there is no such folder.")
    settings = read_settings()
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
    with TemporaryDirectory(prefix="steepest-mcp-") as empty, consulted(arguments.library, console.say) as experience:
        folder = arguments.folder or Path(empty)
        offered = Offered(model, folder, options, repairs, experience, arguments.at_once)
        server = make_server(offered, version=steepest.__version__)
        if arguments.http is None:
            server.run("stdio")
        else:
            _serve(server, arguments.http, console)
    return ExitCode.SOLVED


def _serve(server: "MCPServer[Any]", address: str, console: Console) -> None:
    import uvicorn

    from steepest.addresses import is_loopback, listening
    from steepest.mcp.access import BearerOnly, read_address

    host, wanted = read_address(address)
    token = os.environ.get(VARIABLE, "")
    if not is_loopback(host) and not token:
        raise InputError(
            f"{host} can be reached from elsewhere: set {VARIABLE} to a long random word, and give it to them."
        )
    app: Any = server.streamable_http_app(host=host)
    if token:
        app = BearerOnly(app, token)
    shown = f"[{host}]" if ":" in host else host
    with listening(host, wanted) as at, suppress(KeyboardInterrupt):
        port = at.getsockname()[1]  # of port 0, the one that was given
        console.say(f"serving tools at http://{shown}:{port}/mcp; Ctrl-C ends it")
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[at])
