"""What the arguments name: a problem's text, a formulation's file, tables of data."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from steepest.errors import InputError

if TYPE_CHECKING:
    from steepest.agents.modeling.data.catalogue import Catalogue

STDIN = "-"
PATH_LIKE = re.compile(r"\S*[/\\]\S*|\S+\.[A-Za-z][A-Za-z0-9]{0,5}|.{1,200}\.(?:txt|md|five)")
"""A problem told in words never looks like this: no blank and a slash or an extension, or the end of a file's name."""

PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")

LARGEST_PROBLEM = 1_000_000
"""Bytes of a problem told in words; what is larger is a table or a mistake."""
LARGEST_FORMULATION = 64_000_000
"""Bytes of a formulation, which may have its data in it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A text, where it came from, and the folder that file names in it are relative to."""

    text: str
    name: str
    folder: Path


def read_problem(argument: str) -> Source:
    """The text of a problem: from a file, from standard input (`-`), or the argument itself.

    Raises:
        InputError: The file is not there or can't be read, what it holds is no text, or it is a formulation.
    """
    from steepest.agents.modeling.intake import decode_problem

    if not argument.strip():
        raise InputError("the text is empty; write the problem out, or name a file that holds it.")
    if argument.endswith(".five") and _exists(argument):
        raise InputError(f"{argument} is a formulation already: solve it with `steepest run {argument}`.")
    if argument == STDIN or _exists(argument):
        return Source(decode_problem(_content(argument, LARGEST_PROBLEM)), argument, _folder(argument))
    if PATH_LIKE.fullmatch(argument):
        raise InputError(
            f"there is no file {argument!r}; name an existing file, or write the problem out as a text in quotes."
        )
    return Source(argument, "the text", Path())


def read_formulation_source(argument: str) -> Source:
    """The text of a formulation: from a file or from standard input (`-`).

    Raises:
        InputError: The file is not there or can't be read, or what it holds is no text.
    """
    content = _content(argument, LARGEST_FORMULATION)
    return Source(_decoded(content, _shown(argument)), _shown(argument), _folder(argument))


def read_data(given: list[str]) -> "tuple[dict[str, Path | float], Catalogue | None]":
    """What `--data` options give: tables and numbers by name, and at most one folder of tables or database.

    Raises:
        InputError: An option has another form, or there is no such thing; two folders or databases are given.
        FormulationError: A file can't be read.
    """
    from steepest.agents.modeling.data.places import is_catalogue, open_catalogue

    places = [each.strip() for each in given if is_catalogue(each.strip())]
    if len(places) > 1:
        raise InputError(f"--data {places[1]}: give one folder or database; of others, tables as NAME=FILE.")
    tables = read_tables([each for each in given if each.strip() not in places])
    return tables, open_catalogue(places[0]) if places else None


def read_tables(pairs: list[str]) -> dict[str, Path | float]:
    """What `--data NAME=FILE` options bind, by name; a number in place of the file is a scalar parameter's value.

    Raises:
        InputError: An option has another form, names a thing twice, or names a file that is not there.
    """
    tables: dict[str, Path | float] = {}
    for pair in pairs:
        name, equals, content = (part.strip() for part in pair.partition("="))
        if not (name and equals and content):
            raise InputError(f"--data {pair}: write NAME=FILE, such as demand=demand.csv, or NAME=NUMBER.")
        if name in tables:
            raise InputError(f"--data names {name} twice; which of the two is meant?")
        tables[name] = _table(pair, content)
    return tables


def _table(pair: str, content: str) -> Path | float:
    if _exists(content):
        return Path(content).absolute()  # a formulation's own paths are relative to its folder, these to ours
    if PLAIN_NUMBER.fullmatch(content):
        return float(content)
    raise InputError(f"--data {pair}: there is no file {content!r}.")


def _exists(argument: str) -> bool:
    try:
        return Path(argument).exists()
    except (OSError, ValueError):  # a long text is no possible name of a file, nor one with a zero character
        return False


def _shown(argument: str) -> str:
    return "standard input" if argument == STDIN else argument


def _folder(argument: str) -> Path:
    return Path() if argument == STDIN else Path(argument).parent


def _content(argument: str, largest: int) -> bytes:
    """The bytes of a file or of standard input, which is not read further than the limit."""
    try:
        if argument == STDIN:
            if sys.stdin is None:
                raise InputError("standard input is closed: there is nothing to read.")
            content = sys.stdin.buffer.read(largest + 1)
        else:
            with Path(argument).open("rb") as stream:
                content = stream.read(largest + 1)
    except OSError as error:
        raise InputError(f"can't read {_shown(argument)}: {error.strerror or error}.") from error
    if len(content) > largest:
        raise InputError(
            f"{_shown(argument)} is larger than {largest // 1_000_000} MB; "
            "keep the data in tables and bind them with --data NAME=table.csv."
        )
    return content


def _decoded(content: bytes, name: str) -> str:
    if b"\x00" in content:
        raise InputError(f"{name} is binary; name a text file.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name} is no text in UTF-8 (byte {error.start} is {content[error.start]:#04x}); "
            "convert it, or name a text file."
        ) from error
    if not text.strip():
        raise InputError(f"{name} is empty: it holds no formulation.")
    return text
