"""The two kinds of fork server: one for functions, which starts fast, and one that has imported Pyomo and HiGHS.

What a job may import should be imported before the fork: it costs nothing then, and where jobs may open no files at
all (`Isolation.SECCOMP`) it is the only way.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from steepest.solvers.sandbox.inside.channel import Channel

Kind = Literal["function", "timing", "script", "solve"]
"""What a server can be asked to fork; `script` and `solve` are the two processes of a Pyomo script."""

Worker = Callable[[dict[str, Any], bytes, Channel], None]
"""Does the work of a job, in its process: takes the request and sends the result."""

NO_THREADS = {
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # pyarrow's, which pandas imports
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
"""Environment in which the imports start no threads: one that did would leave its locks held in every fork."""

_HERE = "steepest.solvers.sandbox.inside"

_STANDARD_LIBRARY = (
    "abc",
    "array",
    "ast",
    "asyncio",
    "base64",
    "bisect",
    "calendar",
    "collections.abc",
    "concurrent.futures",
    "concurrent.futures.thread",
    "contextlib",
    "copy",
    "csv",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "fractions",
    "functools",
    "hashlib",
    "heapq",
    "inspect",
    "io",
    "itertools",
    "json",
    "logging",
    "math",
    "numbers",
    "operator",
    "pathlib",
    "pprint",
    "queue",
    "random",
    "re",
    "secrets",
    "statistics",
    "string",
    "struct",
    "tempfile",
    "textwrap",
    "threading",
    "time",
    "traceback",
    "types",
    "typing",
    "unicodedata",
    "uuid",
    "warnings",
    "zoneinfo",
)
_NUMPY = ("numpy", "numpy.linalg", "numpy.random")


@dataclass(frozen=True, slots=True)
class Flavour:
    """A fork server by what it serves."""

    name: str
    workers: dict[Kind, str]
    """The module whose `run(header, body, channel)` does the work, by kind of job."""
    preload: tuple[str, ...]
    """Modules to import before the first fork; one that is not installed is left out."""


FUNCTIONS = Flavour(
    "functions",
    {"function": f"{_HERE}.functions", "timing": f"{_HERE}.timing"},
    (*_STANDARD_LIBRARY, *_NUMPY),
)
SCRIPTS = Flavour(
    "scripts",
    {"script": f"{_HERE}.script", "solve": f"{_HERE}.solve"},
    (*_STANDARD_LIBRARY, *_NUMPY, "pandas"),
)
FLAVOURS = {flavour.name: flavour for flavour in (FUNCTIONS, SCRIPTS)}


def flavour_of(kind: Kind) -> Flavour:
    """The server that serves a kind of job."""
    return FUNCTIONS if kind in FUNCTIONS.workers else SCRIPTS


def load(flavour: Flavour, more: tuple[str, ...] = ()) -> dict[Kind, Worker]:
    """Import what the jobs of a flavour need, and give the worker of each kind.

    A worker's module may name modules of its own to import (`PRELOAD`) and have a `warm_up` for what is made on first
    use.

    Raises:
        ImportError: One of `more` can't be imported.
    """
    modules = {kind: importlib.import_module(name) for kind, name in flavour.workers.items()}
    own = [name for module in modules.values() for name in getattr(module, "PRELOAD", ())]
    for name in (*flavour.preload, *own):
        try:
            importlib.import_module(name)
        except ModuleNotFoundError:
            continue  # optional: a job that asks for it is told that it is not installed
    for name in more:
        importlib.import_module(name)
    for module in modules.values():
        if warm_up := getattr(module, "warm_up", None):
            warm_up()
    return {kind: module.run for kind, module in modules.items()}
