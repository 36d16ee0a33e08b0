"""What the sandbox's tests share: where one can be had, and a look at its processes."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from steepest.solvers.sandbox import Limits, Sandbox, SandboxUnavailableError
from steepest.solvers.sandbox.flavours import FUNCTIONS
from steepest.solvers.sandbox.fork_server import start_server


def why_no_sandbox() -> str:
    """Why no isolation can be had here; empty where one can."""
    if sys.platform != "linux":
        return f"{sys.platform} has no Landlock and no seccomp"
    try:
        start_server(FUNCTIONS, None).close()
    except SandboxUnavailableError as error:
        return str(error)
    return ""


@pytest.fixture(scope="session")
def isolated() -> None:
    """Skip where there is no isolation."""
    if reason := why_no_sandbox():
        pytest.skip(reason)


@pytest.fixture(scope="module")
def sandbox(isolated: None) -> Iterator[Sandbox]:
    """One sandbox for the tests of a module, with limits that end a bad job soon."""
    with Sandbox(Limits(wall_seconds=5, memory_mib=256)) as sandbox:
        yield sandbox


def children_of(pid: int) -> list[int]:
    """The processes that a process has started, by any of its threads, and that still are."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    try:
        return [int(child) for each in lists for child in each.read_text().split()]
    except (FileNotFoundError, ProcessLookupError):  # it, or a thread of it, has just ended
        return children_of(pid) if Path(f"/proc/{pid}").exists() else []


def is_gone(pid: int) -> bool:
    """Whether a process has ended (a zombie has)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def open_descriptors() -> set[str]:
    """The descriptors of this process by what they are."""
    links = []
    for entry in os.listdir("/proc/self/fd"):
        try:
            links.append(os.readlink(f"/proc/self/fd/{entry}"))
        except FileNotFoundError:
            continue  # the one that lists the folder
    return set(links)
