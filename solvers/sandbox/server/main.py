"""The start of a fork server: import, lock down, prove the isolation, and say what is in force."""

import gc
import os
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from steepest.solvers.sandbox.flavours import FLAVOURS, NO_THREADS, load
from steepest.solvers.sandbox.isolation import Isolation
from steepest.solvers.sandbox.jail import (
    become_nobody,
    enter_namespaces,
    examine,
    hide_from_peers,
    readable_paths,
    self_test,
)
from steepest.solvers.sandbox.server.forks import ForkLoop
from steepest.solvers.sandbox.server.job import JobSetting
from steepest.solvers.sandbox.server.wire import ServerReady, ServerUnavailable, encode

_ENVIRONMENT = {
    "HOME": "/nonexistent",
    "LANG": "C.UTF-8",
    "PATH": "/nonexistent",
    **NO_THREADS,
}


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """What the supervisor asks of a server; it travels as JSON in the arguments and holds no secret."""

    flavour: str
    isolation: str | None
    """None for the strongest that can be had."""
    supervisor: int
    """Its pid: when it is gone the server goes too."""
    preload: tuple[str, ...] = ()


def main(control: int, options: ServerOptions) -> None:
    """Serve until the supervisor is gone.

    Args:
        control: Descriptor of the control socket.
        options: What is asked for.
    """
    os.environ.clear()
    os.environ.update(_ENVIRONMENT)
    sys.argv[:] = sys.orig_argv[:] = ["<sandbox>"]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the supervisor's to handle
    supervisor = socket.socket(fileno=control)
    readable = readable_paths()
    findings = examine(readable, Isolation(options.isolation) if options.isolation else None)
    if findings.isolation is None:
        supervisor.send(encode(ServerUnavailable(findings.reasons)))
        return
    flavour = FLAVOURS[options.flavour]
    workers = load(flavour, options.preload)
    _require_single_thread()
    address_space, inherited = _memory()
    sys.path[:] = [entry for entry in sys.path if _is_under(entry, readable)]
    _lock_down(findings.isolation, readable)
    setting = JobSetting(findings.isolation, readable, address_space, workers, os.getpid())
    if passed := self_test(setting.confinement(memory_bytes=1 << 28, cpu_seconds=5.0)):
        supervisor.send(encode(ServerUnavailable((*findings.reasons, *(f"not prevented: {act}" for act in passed)))))
        return
    gc.collect()
    gc.freeze()  # a collection in a child would write to, and so copy, every page of these objects
    supervisor.send(encode(ServerReady(findings.isolation, inherited)))
    _detach_streams()
    ForkLoop(supervisor, options.supervisor, setting).serve()


def _detach_streams() -> None:
    """Nobody reads this process's words once it serves, and a full pipe would stop it."""
    null = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(null, stream)
    os.close(null)


def _require_single_thread() -> None:
    tasks = os.listdir("/proc/self/task")
    if len(tasks) == 1:
        return
    names = sorted({Path(f"/proc/self/task/{task}/comm").read_text().strip() for task in tasks})
    raise RuntimeError(
        f"the modules imported beforehand have started threads ({', '.join(names)}), so a fork would not be sound: "
        "leave out of `preload` what does that"
    )


def _memory() -> tuple[int, int]:
    """Address space of this process, and the resident part that a fork begins with: not pages of files. In bytes."""
    with open("/proc/self/statm") as statm:
        size, resident, of_files = map(int, statm.read().split()[:3])
    page = os.sysconf("SC_PAGE_SIZE")
    return size * page, (resident - of_files) * page


def _is_under(entry: str, folders: tuple[str, ...]) -> bool:
    return any(entry == folder or entry.startswith(folder.rstrip("/") + "/") for folder in folders)


def _lock_down(isolation: Isolation, readable: tuple[str, ...]) -> None:
    """Give up what the server does not need itself. Nobody of its own user may look into it afterwards."""
    if isolation is Isolation.FULL:
        enter_namespaces(readable)
    else:
        become_nobody(readable)
    hide_from_peers()


def start(options: dict[str, Any]) -> None:
    """Entry of the process that `fork_server` starts."""
    control: int = options.pop("control")
    main(control, ServerOptions(**{**options, "preload": tuple(options["preload"])}))
