"""`steepest optimize apply`: write the best values of a run into the source."""

import argparse
import os
import sys
import tokenize
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from steepest.cli.console import Console
from steepest.cli.exit_codes import ExitCode
from steepest.cli.options import add_command, argument
from steepest.errors import InputError
from steepest.quantities import read_repairs

if TYPE_CHECKING:
    from steepest.agents.optimizers.applying import Unplaced
    from steepest.agents.optimizers.reports.result import KeptRun

EPILOG = """\
examples:
  steepest optimize apply runs/agent flow.py            shows the change, and asks
  steepest optimize apply runs/agent flow.py prompts.py --yes
  steepest optimize apply runs/agent flow.py > best.patch

The code in the change was written by an optimizer and will run in your process: read it. Nothing but the literals and
functions that the parameters are made of is touched. The exit code is 1 if a value has no place in the files; it is
told with the reason."""


def add_parser(actions: Any) -> None:
    """Add the action to the parser."""
    parser = add_command(actions, "apply", "write the best values of a run into the source", EPILOG)
    parser.add_argument("run", metavar="RUN", help="folder of a run")
    parser.add_argument("files", metavar="FILE.py", nargs="+", help="where the parameters are made")
    parser.add_argument("--candidate", metavar="N", type=argument(read_repairs), help="this one in place of the best")
    parser.add_argument("--yes", action="store_true", help="write without asking")
    parser.set_defaults(execute=execute)


def execute(arguments: argparse.Namespace, console: Console) -> ExitCode:
    """Show the change, ask, write."""
    from steepest.agents.optimizers.reports.result import read_run

    files = [_file(each) for each in arguments.files]
    return apply(read_run(arguments.run), files, console, candidate=arguments.candidate, is_sure=arguments.yes)


def _file(text: str) -> Path:
    """FILE.py, also of FILE.py:OBJECT."""
    file, colon, _ = text.rpartition(":")
    return Path(file if colon and file.endswith(".py") else text)


@dataclass(frozen=True, slots=True)
class _Source:
    """A file's text, and how it is written."""

    path: Path
    text: str
    encoding: str


def apply(
    run: "KeptRun", files: list[Path], console: Console, *, candidate: int | None = None, is_sure: bool = False
) -> ExitCode:
    """Write a candidate's values, the best's unless another is named, into files.

    Raises:
        InputError: A file can't be read or written, or there is no such candidate.
    """
    from steepest.agents.optimizers.applying import applied
    from steepest.agents.optimizers.reports.diffs import unified

    history = run.history
    chosen = history.best if candidate is None else candidate
    if chosen not in history.entries:
        raise InputError(f"there is no candidate {chosen}: the numbers go from 0 to {max(history.entries)}")
    before, after = history.values(0), history.values(chosen)
    if before == after:
        console.say("there is nothing to write: the best values are those that the search began with.")
        return ExitCode.SOLVED
    waiting: dict[str, Unplaced] = {}
    changes: list[tuple[_Source, str]] = []
    for number, source in enumerate(map(_read, files)):
        made = applied(source.text, before, after, run.code)
        found = {each.name: each for each in made.unplaced}
        waiting = {name: each for name, each in found.items() if number == 0 or name in waiting}
        if made.source != source.text:
            changes.append((source, made.source))
            old, new = (each.replace("\r\n", "\n") for each in (source.text, made.source))
            console.result(unified(old, new, _name(source.path)))
    if changes and _is_wanted(console, is_sure):
        for source, text in changes:
            _write(source, text)
            console.say(f"wrote {source.path}")
    if not changes and not waiting:
        console.say("there is nothing to write: the best values stand there already.")
    for each in waiting.values():
        console.say(_by_hand(each))
    if waiting:
        console.say("what stands in another file can be put there: steepest optimize apply RUN FILE.py OTHER.py")
    return ExitCode.FAILED if waiting else ExitCode.SOLVED


def _by_hand(unplaced: "Unplaced") -> str:
    from steepest.agents.optimizers.reports.diffs import shown

    value = shown(unplaced.value)
    told = f"\n{value}" if "\n" in value else f" {value}"
    return f"{unplaced.name} has to be put in by hand ({unplaced.reason}). Its value:{told}"


def _is_wanted(console: Console, is_sure: bool) -> bool:
    if is_sure:
        return True
    if sys.stdin is None or not sys.stdin.isatty() or not console.is_terminal:
        console.say("nothing is written: --yes writes the change.")
        return False
    console.ask("Write it? [y/N] ")
    if sys.stdin.readline().strip().lower() in ("y", "yes"):
        return True
    console.say("nothing is written.")
    return False


def _name(path: Path) -> str:
    return path.as_posix().removeprefix("/")


def _read(path: Path) -> _Source:
    try:
        content = path.read_bytes()
        encoding, _ = tokenize.detect_encoding(iter(content.splitlines(keepends=True)).__next__)
        return _Source(path, content.decode(encoding), encoding)
    except OSError as error:
        raise InputError(f"can't read {path}: {error.strerror or error}") from error
    except (SyntaxError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is no Python source: {error}") from error


def _write(source: _Source, text: str) -> None:
    """Whole or not at all, with the rights that the file had."""
    path = source.path.resolve()  # a link stays one
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        try:
            draft.write_bytes(text.encode(source.encoding))
            draft.chmod(path.stat().st_mode & 0o7777)
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    except UnicodeEncodeError as error:
        words = f"{source.path} is in {source.encoding}, which lacks a character of the new values: {error}"
        raise InputError(words) from error
    except OSError as error:
        raise InputError(f"can't write {source.path}: {error.strerror or error}") from error
