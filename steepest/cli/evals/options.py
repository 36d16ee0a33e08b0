"""Options that several actions have, and what they read."""

import argparse
import json
import re
from typing import Any

from steepest.errors import InputError


def add_run(parser: argparse.ArgumentParser, name: str = "run") -> None:
    """The place of a run."""
    parser.add_argument(name, metavar=name.upper(), help="folder of a run, or postgresql://USER@HOST/DATABASE#NAME")


def add_datasets(parser: argparse.ArgumentParser, name: str = "datasets", *, metavar: str, nargs: str | None) -> None:
    """Data sets."""
    parser.add_argument(
        name,
        metavar=metavar,
        nargs=nargs,
        help="JSON lines, JSON, or a folder with a folder for each problem; NAME=PATH gives it another name",
    )


def add_reading(parser: argparse.ArgumentParser) -> None:
    """How data sets are read."""
    parser.add_argument(
        "--dataset-format", metavar="NAME", help="format of the data sets; told from their content unless given"
    )
    parser.add_argument("--skip-bad", action="store_true", help="leave out records that can't be read, and say which")


def read_shard(text: str) -> tuple[int, int]:
    """`2/8` is the second of eight parts.

    Raises:
        InputError: It has another form.
    """
    found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text.strip())
    part, parts = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= part <= parts:
        raise InputError(f"{text!r} is no part such as 2/8, the second of eight")
    return part, parts


def read_ids(text: str) -> tuple[str, ...]:
    """Ids of problems, separated by commas, or one a line of the file that `@` names.

    Raises:
        InputError: There is none, or the file can't be read.
    """
    ids = tuple(id for id in map(str.strip, _listed(text)) if id)
    if not ids:
        raise InputError(f"{text!r} names no problem")
    return ids


def read_assignment(text: str) -> tuple[str, Any]:
    """`key=value`; a value that is JSON is taken as such, any other as a text.

    Raises:
        InputError: There is no `=`.
    """
    key, equals, value = text.partition("=")
    if not (key.strip() and equals):
        raise InputError(f"{text!r} is no setting such as votes=5")
    try:
        return key.strip(), json.loads(value)
    except ValueError:
        return key.strip(), value.strip()


def _listed(text: str) -> list[str]:
    if not text.startswith("@"):
        return text.split(",")
    try:
        with open(text[1:], encoding="utf-8-sig") as file:
            return file.read().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"can't read the ids in {text[1:]}: {error}") from error
