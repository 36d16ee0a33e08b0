"""A Python process of our own with nothing of this one's: no environment, no arguments that tell of the machine."""

import json
import os
import subprocess
import sys
from typing import Any

_START = """\
import importlib, json, os, sys
size, line = int(os.read(0, 8)), b""
while len(line) < size:
    part = os.read(0, size - len(line))
    if not part:
        sys.exit("the process that started this one is gone")
    line += part
begin = json.loads(line)
sys.path[:] = begin["path"]
module, _, function = begin["entry"].partition(":")
getattr(importlib.import_module(module), function)(begin["options"])
"""
"""What the process is to do comes by its standard input, after eight digits for its length: the command line stays in
the process's memory, where foreign code could read it."""


def start_python(
    entry: str,
    options: dict[str, Any],
    *,
    environment: dict[str, str] | None,
    pass_fds: tuple[int, ...] = (),
    stderr: int = subprocess.PIPE,
) -> "subprocess.Popen[bytes]":
    """Start an isolated interpreter that finds the modules that this one finds.

    Args:
        entry: `package.module:function`, called with the options.
        options: What JSON can hold.
        environment: Of the process; None for this one's own.
        pass_fds: Descriptors that it keeps, under the same numbers.
        stderr: Where its standard error goes, as `subprocess.Popen` takes it.

    Returns:
        The process with pipes for what it reads and writes; its standard input holds what comes after the line that
        started it.
    """
    process = subprocess.Popen(  # noqa: S603 (our own interpreter and our own text)
        [sys.executable, "-I", "-c", _START],
        env=environment,
        pass_fds=pass_fds,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        start_new_session=True,
    )
    begin = json.dumps({"entry": entry, "options": options, "path": _import_path()}).encode()
    assert process.stdin is not None  # noqa: S101 (for the type checker: it was asked for as a pipe)
    process.stdin.write(b"%08d" % len(begin) + begin)
    process.stdin.flush()
    return process


def _import_path() -> list[str]:
    return [os.path.abspath(entry) for entry in sys.path if entry and os.path.exists(entry)]
