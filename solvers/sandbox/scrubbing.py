"""What leaves the sandbox as text: no path of the host, nothing that a terminal obeys, no invisible character.

A pure function of a text. The job applies it to its own failures; the supervisor applies it again to everything that
comes out, because what a job says of itself is only a claim.
"""

import os
import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache, lru_cache

Prefixes = tuple[tuple[str, str], ...]
"""Folders of the host, each with the word that stands for it."""

_TERMINAL_ESCAPE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # colours, cursor
    r"|(?:\x1b[]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"  # titles, links, clipboard
    r"|\x1b[ -/]*[0-~]?"
)
_LINE_BREAK = re.compile(r"\r\n?|[\u2028\u2029]")
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters; \t and \n stay
    # Format characters (Unicode's category Cf): joiners, marks of direction and byte order, soft hyphens, tags.
    r"\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    r"\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    # What else is shown as nothing (Default_Ignorable_Code_Point): fillers, selectors of variants, and what Unicode
    # has set aside for more of the kind.
    r"\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


def scrub(text: str, prefixes: Prefixes = ()) -> str:
    """The text as it may be shown; in time linear in its length.

    Args:
        text: Anything, a hostile program's output too.
        prefixes: What `host_prefixes` gives.
    """
    text = _TERMINAL_ESCAPE.sub("", text)
    text = _LINE_BREAK.sub("\n", text)
    text = _UNSEEN.sub("", text)
    text = _LONE_SURROGATE.sub("\ufffd", text)
    if not prefixes:
        return text
    words = dict(prefixes)
    return _pattern(prefixes).sub(lambda found: words[found[0]], text)


def scrubbed(text: str) -> str:
    """The text as it may leave this host."""
    return scrub(text, _own_prefixes())


def host_prefixes() -> Prefixes:
    """The folders that would tell who and where the host is: Python's, the user's home, the current one."""
    found: dict[str, str] = {}
    for folder, word in _folders():
        for spelling in _spellings(folder):
            found.setdefault(spelling, word)
    return tuple(sorted(found.items(), key=lambda each: -len(each[0])))


def _folders() -> Iterator[tuple[str, str]]:
    paths = sysconfig.get_paths()
    for name in ("purelib", "platlib"):
        yield paths[name], "<packages>"
    yield from ((entry, "<packages>") for entry in sys.path if entry.endswith(("site-packages", "dist-packages")))
    for name in ("stdlib", "platstdlib"):
        yield paths[name], "<python>"
    # Our own sources: for the installed package the folder that holds it.
    yield os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "<steepest>"
    for prefix in (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix):
        yield prefix, "<python>"
    yield os.path.expanduser("~"), "<home>"
    with suppress(OSError):  # the current folder is gone: it has no name that could leak
        yield os.getcwd(), "<folder>"
    for variable in ("TMPDIR", "TEMP", "TMP"):
        yield os.environ.get(variable, ""), "<temp>"
    yield "/tmp", "<temp>"  # noqa: S108 - named, not used
    # Wherever else packages were installed to; what is Python's own has its word already.
    yield from ((entry, "<packages>") for entry in sys.path if not entry.startswith(sys.base_prefix))


def _spellings(folder: str) -> Iterable[str]:
    """A folder as it is named, as its links lead, and as a Windows path stands in a `repr`."""
    for path in (folder, os.path.realpath(folder) if folder else ""):
        trimmed = path.rstrip("/\\")
        if os.path.isabs(path) and len(trimmed) > 2:  # neither `/` nor `C:\`
            yield trimmed
            yield trimmed.replace("\\", "\\\\")
            yield trimmed.replace("\\", "/")


@cache
def _own_prefixes() -> Prefixes:
    return host_prefixes()


@lru_cache(maxsize=16)
def _pattern(prefixes: Prefixes) -> re.Pattern[str]:
    longest_first = sorted((path for path, _ in prefixes), key=len, reverse=True)
    return re.compile("(?:" + "|".join(map(re.escape, longest_first)) + r")(?![\w-])")
