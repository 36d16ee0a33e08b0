"""Options that several actions have, and the library that they name."""

import argparse
import getpass
from difflib import get_close_matches
from typing import TYPE_CHECKING, get_args

from steepest.errors import InputError

if TYPE_CHECKING:
    from steepest.agents.library.library import Library
    from steepest.agents.library.stores.protocol import Entry

MOST_NEAR = 3


def add_library(parser: argparse.ArgumentParser) -> None:
    """The place of a library."""
    parser.add_argument("library", metavar="LIBRARY", help="file of a library, or postgresql://USER@HOST/DATABASE#NAME")


def add_part(parser: argparse.ArgumentParser) -> None:
    """Which insights."""
    parser.add_argument("--status", help="only candidate, active, quarantined or retired ones")
    parser.add_argument("--label", metavar="WORDS", help="only those under a label with these words, such as a track")


def open_library(arguments: argparse.Namespace, *, must_exist: bool = True) -> "Library":
    """The library that the arguments name.

    Raises:
        LibraryError: It is not there, or is none.
    """
    from steepest.agents.library.library import Library

    return Library.open(arguments.library, author=_person(), must_exist=must_exist)


def part_of(library: "Library", arguments: argparse.Namespace) -> "list[Entry]":
    """The insights that `--status` and `--label` leave.

    Raises:
        InputError: There is no such status.
    """
    from steepest.agents.library.insights import Status

    statuses = get_args(Status)
    if arguments.status is not None and arguments.status not in statuses:
        raise InputError(f"--status {arguments.status}: an insight is one of {', '.join(statuses)}.")
    words = (arguments.label or "").casefold()
    entries = library.entries(arguments.status)
    return [each for each in entries if any(words in str(label).casefold() for label in each.insight.labels)]


def entry_of(library: "Library", name: str) -> "Entry":
    """An insight by its id.

    Raises:
        InputError: There is none; ids that are near are named.
    """
    found = library.store.entries([name])
    if found:
        return found[0]
    raise InputError(f"{library.store.place} has no insight {name}{nearest(name, known_ids(library))}")


def known_ids(library: "Library") -> list[str]:
    """Ids of all insights."""
    return [each.insight.id for each in library.entries()]


def nearest(name: str, known: list[str]) -> str:
    """The end of a sentence about a name that is not known."""
    near = [each for each in known if each.startswith(name)][:MOST_NEAR] or get_close_matches(name, known, MOST_NEAR)
    return f"; is it {' or '.join(near)}?" if near else "."


def _person() -> str:
    """Who changes things, for the record."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container may run as a user without a name
        return "command line"
