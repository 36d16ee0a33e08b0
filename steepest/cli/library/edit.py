"""`steepest library edit`: an insight in the person's own editor."""

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.library.imports import read_file
from steepest.cli.library.options import add_library, entry_of, open_library
from steepest.cli.options import add_command
from steepest.errors import InputError, SteepestError

EPILOG = """\
examples:
  steepest library edit lib.db 4b1f0c9a22d1
  EDITOR="code --wait" steepest library edit lib.db 4b1f0c9a22d1 --reason "clearer"

Without a terminal: `steepest library export`, edit the file, `steepest library import`."""


def add_parser(actions: Any) -> None:
    """Add the action to the parser."""
    parser = add_command(actions, "edit", "edit an insight in $EDITOR", EPILOG)
    add_library(parser)
    parser.add_argument("id", metavar="ID", help="id of an insight")
    parser.add_argument("--reason", default="", help="why, for the record")
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Write it out, let the person edit it, put it back."""
    from steepest.agents.library.exchange.markdown import markdown, put_back, read_markdown
    from steepest.cli.library.texts import brought_text

    if not (sys.stdin and sys.stdin.isatty()):
        raise InputError(
            "`steepest library edit` needs a terminal; without one, use `steepest library export LIBRARY ID --out "
            "FILE.md`, edit the file, and `steepest library import LIBRARY FILE.md`."
        )
    with open_library(arguments) as library:
        before = markdown([entry_of(library, arguments.id).insight])
        file = _written(arguments.id, before)
        try:
            _let_edit(file)
            after = read_file(file)
            if after == before:
                file.unlink()
                console.say("nothing was changed.")
                return ExitCode.SOLVED
            brought = put_back(library, read_markdown(after, str(file)), arguments.reason or "edited by hand")
        except SteepestError as error:
            raise InputError(f"{error}\nThe text is kept in {file}.") from error
    file.unlink()
    console.result(brought_text(brought))
    return ExitCode.SOLVED


def _written(name: str, text: str) -> Path:
    handle, path = tempfile.mkstemp(prefix=f"{name}-", suffix=".md")
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
        stream.write(text)
    return Path(path)


def _let_edit(file: Path) -> None:
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        done = subprocess.run([*shlex.split(editor), str(file)], check=False)  # noqa: S603 - the person's own editor
    except (OSError, ValueError) as error:
        raise InputError(f"the editor {editor!r} can't be started ({error}); set EDITOR to another.") from error
    if done.returncode:
        raise InputError(f"the editor {editor!r} ended with code {done.returncode}; nothing was changed.")
