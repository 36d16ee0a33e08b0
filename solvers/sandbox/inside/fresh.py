"""The start of a job in a fresh process without a boundary (`Isolation.UNSAFE`); the rest is as in a jailed one."""

import os
import sys
from typing import Any

from steepest.solvers.sandbox.flavours import Kind, flavour_of, load
from steepest.solvers.sandbox.inside.channel import CONFINED, Channel


def start(options: dict[str, Any]) -> None:
    """Entry of the process that `fresh_process` starts."""
    request, result = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(2, 1)  # what the code prints must not mix with its result
    sys.argv[:] = ["<sandbox>"]
    kind: Kind = options["kind"]
    work = load(flavour_of(kind))[kind]
    if sys.platform != "win32":
        _limit(options["memory_bytes"], options["cpu_seconds"])
    channel = Channel(request, result)
    header, body = channel.read_request()
    channel.write(CONFINED)
    work(header, body, channel)


def _limit(memory_bytes: int, cpu_seconds: float) -> None:
    from steepest.solvers.sandbox.isolation import Isolation
    from steepest.solvers.sandbox.jail import Confinement, address_space, confine

    confine(Confinement(Isolation.UNSAFE, (), memory_bytes, address_space(), cpu_seconds))
