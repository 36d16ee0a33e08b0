"""A first look at a source before it runs: an earlier, friendlier error than the kernel's.

It is never the boundary. Whoever means harm walks around any list of names (`json.codecs.open` is a short walk), and
is stopped by the kernel; whoever means no harm learns here, before anything has run, what to write instead.
"""

import ast
import sys
import warnings
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from steepest.solvers.sandbox.inside.feedback import SCRIPT, describe, failure, line_excerpt

_MOST_CHARACTERS = 1_000_000
_MOST_FINDINGS = 5

ALLOWED_PACKAGES = frozenset({"highspy", "numpy", "pandas", "pyomo", "scipy"})

# Of the standard library; os, sys, io and pathlib because models write them into scripts that need none of them.
_STANDARD_LIBRARY = """
    __future__ abc argparse array ast asyncio base64 binascii bisect calendar cmath collections colorsys concurrent
    contextlib contextvars copy csv dataclasses datetime decimal difflib enum errno fractions functools gc getopt
    graphlib hashlib heapq hmac html inspect io itertools json keyword linecache locale logging math numbers operator
    os pathlib platform pprint queue random re reprlib sched secrets statistics string stringprep struct sys textwrap
    threading time timeit token tokenize traceback types typing unicodedata unittest uuid warnings weakref zlib zoneinfo
"""
ALLOWED_STANDARD_LIBRARY = frozenset(_STANDARD_LIBRARY.split())

# Parts of allowed packages that lead out of Python or onto the network.
REFUSED_PARTS = frozenset(
    {
        "asyncio.subprocess",
        "concurrent.futures.process",
        "logging.config",
        "logging.handlers",
        "numpy.ctypeslib",
        "numpy.distutils",
        "numpy.f2py",
    }
)

_NO_PROCESSES = "no other process can be started: compute it in this one, with Python and numpy"
_NO_NETWORK = "there is no network: take the data as arguments or write them into the source"
_NO_FILES = "there are no files: take the data as arguments and return the result"
_NO_MACHINE = "nothing below Python is within reach: write it in Python or with numpy"
_NO_LOADING = "modules are loaded by plain `import` only"
_NO_PICKLE = "objects are not read from bytes: use json"

ADVICE = {
    **dict.fromkeys(("multiprocessing", "pexpect", "pty", "signal", "subprocess"), _NO_PROCESSES),
    **dict.fromkeys(
        ("aiohttp", "ftplib", "http", "httpx", "requests", "smtplib", "socket", "socketserver", "ssl", "urllib"),
        _NO_NETWORK,
    ),
    **dict.fromkeys(
        ("fileinput", "glob", "openpyxl", "shutil", "sqlite3", "tarfile", "tempfile", "zipfile"), _NO_FILES
    ),
    **dict.fromkeys(("_ctypes", "cffi", "ctypes", "fcntl", "mmap", "resource"), _NO_MACHINE),
    **dict.fromkeys(("builtins", "imp", "importlib", "pkgutil", "runpy"), _NO_LOADING),
    **dict.fromkeys(("cloudpickle", "dill", "joblib", "marshal", "pickle", "shelve"), _NO_PICKLE),
}
"""What to do instead of the imports that come up most."""

REFUSED_CALLS = {
    "open": _NO_FILES,
    "input": "nobody is there to answer: take the data as arguments",
    "breakpoint": "nobody is there to answer: take the call out",
    "eval": "text is not run as code: write the expression out",
    "exec": "text is not run as code: write it out",
    "compile": "text is not run as code: write it out",
    "__import__": _NO_LOADING,
}

# Dunder attributes that ordinary classes use. Methods that a class defines are not judged, only what it reaches for.
_DUNDERS = """
    abs add aenter aexit and annotations bool call cause class contains copy dataclass_fields deepcopy delattr delitem
    dict doc enter eq exit file float floordiv format ge get getattr getattribute getitem gt hash iadd index init
    init_subclass int invert isub iter itruediv le len lt main matmul members mod module mul name ne neg new next notes
    or pos post_init pow qualname radd repr reversed rmatmul rmul round rpow rsub rtruediv set setattr setitem slots
    str sub traceback truediv version wrapped xor
"""
ALLOWED_ATTRIBUTES = frozenset(f"__{name}__" for name in _DUNDERS.split())
_REFUSED_NAMES = frozenset({"__builtins__", "__loader__", "__spec__"})


class _Finding(NamedTuple):
    line: int
    words: str


def screen(source: str, also: Collection[str] = ()) -> dict[str, Any] | None:
    """The failure that stands in a source, {"kind", "message", "traceback", "line"}; None where it may be run.

    Args:
        source: Python, of a stranger.
        also: Packages that it may import on top of those that the sandbox has, where it runs elsewhere.
    """
    if len(source) > _MOST_CHARACTERS:
        return failure("exception", f"the source has {len(source):,} characters; {_MOST_CHARACTERS:,} are allowed")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the compiler will say them once more
            tree = ast.parse(source, SCRIPT)
    except SyntaxError as error:
        return describe(error, source)
    except (RecursionError, MemoryError):
        return failure("exception", "SyntaxError: the source is nested too deeply; take it apart into statements")
    except ValueError as error:  # a null character, half of a surrogate pair
        return failure("exception", f"SyntaxError: the source is not a text of Python: {error}")
    findings = sorted(set(_findings(tree, frozenset(also))))
    return _refusal(findings, source) if findings else None


def _refusal(findings: list[_Finding], source: str) -> dict[str, Any]:
    """The first finding as the message, each of them with its line in the traceback."""
    first, count = findings[0], len(findings)
    if count == 1:
        return failure("forbidden", f"the sandbox refuses {first.words}", line_excerpt(source, first.line), first.line)
    each = [f"{line_excerpt(source, line)}\n  {words}" for line, words in findings[:_MOST_FINDINGS]]
    message = f"the sandbox refuses {first.words} (and {count - 1} more)"
    return failure("forbidden", message, "\n".join(each), first.line)


def _findings(tree: ast.Module, also: frozenset[str]) -> Iterator[_Finding]:
    own = _own_names(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (_Finding(node.lineno, words) for each in names for words in _import(each.name, also))
            case ast.ImportFrom(level=level) if level:
                yield _Finding(node.lineno, "a relative import: the source is a single file")
            case ast.ImportFrom(module=str(module), names=names):
                inner = [f"{module}.{each.name}" for each in names]
                refused = [
                    *_import(module, also),
                    *(words for name in inner if name in REFUSED_PARTS for words in _import(name, also)),
                ]
                yield from (_Finding(node.lineno, words) for words in refused)
            case ast.Call(func=ast.Name(id=name)) if name in REFUSED_CALLS and name not in own:
                yield _Finding(node.lineno, f"`{name}(...)`: {REFUSED_CALLS[name]}")
            case ast.Attribute(value=ast.Name(id="asyncio"), attr="run"):
                yield _Finding(node.lineno, "`asyncio.run`: write an `async def` function, which is awaited for you")
            case ast.Attribute(attr=name) if _is_dunder(name) and name not in ALLOWED_ATTRIBUTES:
                yield _Finding(node.lineno, f"the attribute `{name}`: Python's inner workings are out of bounds")
            case ast.Attribute(attr="ctypeslib" | "f2py" as name):
                yield _Finding(node.lineno, f"the attribute `{name}`: {_NO_MACHINE}")
            case ast.Name(id=name) if name in _REFUSED_NAMES:
                yield _Finding(node.lineno, f"`{name}`: Python's inner workings are out of bounds")


def _import(name: str, also: frozenset[str]) -> Iterator[str]:
    """Why a module can't be imported; nothing where it can."""
    package = name.partition(".")[0]
    if any(name == part or name.startswith(f"{part}.") for part in REFUSED_PARTS):
        yield f"`import {name}`: {_NO_MACHINE if package == 'numpy' else 'it has no use in here'}"
    elif package in ALLOWED_PACKAGES or package in ALLOWED_STANDARD_LIBRARY or package in also:
        return
    elif package in ADVICE:
        yield f"`import {name}`: {ADVICE[package]}"
    elif package in sys.stdlib_module_names:
        yield f"`import {name}`: this part of the standard library is not offered"
    else:
        yield f"`import {name}`: only the standard library, {', '.join(sorted(ALLOWED_PACKAGES))} are there"


def _own_names(tree: ast.Module) -> set[str]:
    """The names that the source gives things itself: its own function `open` is no file."""
    names = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                names.add(name)
            case ast.alias(name=name, asname=asname):
                names.add(asname or name)
    return names


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and len(name) > 4
