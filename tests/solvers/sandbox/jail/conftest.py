"""Programs that confine themselves, each in a process of its own: what is confined can't be let out again."""

import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from steepest.solvers.sandbox.isolation import Isolation
from steepest.solvers.sandbox.jail import landlock

ROOT = Path(__file__).parents[4]

_OPENING = """
import os, sys
from steepest.solvers.sandbox.isolation import Isolation
from steepest.solvers.sandbox.jail import *
from steepest.solvers.sandbox.jail import landlock, libc, privileges, resources, rootfs, seccomp, trials
from tests.solvers.sandbox.container import apply_container_limits
"""

_CONFINEMENT = """
readable, base = readable_paths(), address_space()
{first}
if {isolation!r} == "full":
    enter_namespaces(readable)
    unshare_pids()
    if child := os.fork():
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
confine(Confinement(Isolation({isolation!r}), readable, {memory}, base, 20.0, {threads}))
"""

Run = Callable[[str], str]


@cache
def _lacks(isolation: Isolation) -> str:
    """Why an isolation can't be had here, or nothing."""
    if sys.platform != "linux":
        return "no Linux"
    said = run_program(
        f"print(Isolation({isolation.value!r}) is not examine((), Isolation({isolation.value!r})).isolation)"
    )
    return f"{isolation} can't be had here" if said == "True\n" else ""


def run_program(program: str) -> str:
    """What a program prints, to which the jail's names are known."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _OPENING + program], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(name="run_program")
def run_program_fixture() -> Run:
    if sys.platform != "linux":
        pytest.skip("the jail needs Linux")
    return run_program


@pytest.fixture
def run_jailed() -> Callable[..., str]:
    """Run a program in a jail; the test is skipped where the machine doesn't grant it."""

    def run(
        program: str,
        isolation: Isolation = Isolation.PORTABLE,
        *,
        first: str = "",
        memory: int = 1 << 30,
        threads: bool = True,
    ) -> str:
        if lack := _lacks(isolation):
            pytest.skip(lack)
        opening = _CONFINEMENT.format(first=first, isolation=isolation.value, memory=memory, threads=threads)
        return run_program(opening + program)

    return run


@pytest.fixture
def needs_landlock() -> None:
    if sys.platform != "linux" or landlock.abi() == 0:
        pytest.skip("there is no Landlock here")
