"""Find out what the machine grants, and whether what was put in force holds."""

import os
import platform
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from errno import EACCES, EPERM

from steepest.solvers.sandbox.isolation import Isolation
from steepest.solvers.sandbox.jail import landlock, privileges, seccomp
from steepest.solvers.sandbox.jail.confine import Confinement, confine
from steepest.solvers.sandbox.jail.forbidden_acts import acts_let_through
from steepest.solvers.sandbox.jail.namespaces import enter_namespaces, unshare_pids
from steepest.solvers.sandbox.jail.policy import policy
from steepest.solvers.sandbox.jail.syscalls import UnknownMachineError, for_machine
from steepest.solvers.sandbox.jail.trials import report_of_child

_TRIED = "every act was tried"
"""Last word of a self-test: a process that became another program says nothing."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What the machine grants to this process."""

    isolation: Isolation | None
    """The isolation to use: the one asked for, else the strongest; None where it can't be had."""
    architecture: str
    """Of the machine, `x86_64`."""
    landlock_abi: int = 0
    """Version of Landlock's interface, 0 where there is none."""
    seccomp: bool = False
    namespaces: bool = False
    reasons: tuple[str, ...] = ()
    """What can't be had and why, a line each."""


def examine(readable: tuple[str, ...], wanted: Isolation | None = None) -> Findings:
    """Find the isolation that the machine grants; the calling process, which has one thread, stays as it is.

    Args:
        readable: Paths that jobs may read (`confine.readable_paths`), for the trial of namespaces.
        wanted: An isolation to use or none; without it the strongest that can be had, never `UNSAFE`.
    """
    machine = platform.machine()
    if wanted is Isolation.UNSAFE:
        return Findings(wanted, machine)
    if strangeness := _why_not_here(machine):
        return Findings(None, machine, reasons=(strangeness,))
    abi, no_landlock = _landlock()
    no_seccomp = _why_refused(_try_seccomp)
    no_namespaces = _why_refused(lambda: _try_namespaces(readable))
    granted = _granted(landlocked=abi > 0, filtered=not no_seccomp, namespaced=not no_namespaces)
    refusals = {"Landlock": no_landlock, "seccomp": no_seccomp, "namespaces": no_namespaces}
    return Findings(
        isolation=next((isolation for isolation in granted if wanted in (None, isolation)), None),
        architecture=machine,
        landlock_abi=abi,
        seccomp=not no_seccomp,
        namespaces=not no_namespaces,
        reasons=tuple(f"{name}: {reason}" for name, reason in refusals.items() if reason),
    )


def self_test(confinement: Confinement) -> tuple[str, ...]:
    """Try forbidden acts in a child that is confined like a job.

    Call it in the server when it is as jobs will find it: after `enter_namespaces` for `FULL`. It has one thread.
    Nothing is left behind if an act is let through.

    Returns:
        What was let through, in words; nothing when the isolation is in force.
    """

    def confined() -> str:
        mode = os.stat(confinement.readable[0]).st_mode
        confine(confinement)
        return "\n".join([*acts_let_through(confinement.readable[0], mode), _TRIED])

    def numbered_from_one() -> str:
        unshare_pids()
        return report_of_child(confined)

    try:
        said = report_of_child(numbered_from_one if confinement.isolation is Isolation.FULL else confined)
    except ChildProcessError as error:
        return (str(error),)
    *let_through, last = said.splitlines() or [""]
    return tuple(let_through) if last == _TRIED else ("the self-test became another program",)


def _why_not_here(machine: str) -> str:
    """Why this kind of system has no sandbox, or nothing."""
    if sys.platform != "linux":
        return f"the sandbox needs Linux (Landlock and seccomp); this is {platform.system() or sys.platform}"
    if struct.calcsize("P") != 8:
        return "the sandbox needs a 64-bit Python"
    try:
        for_machine(machine)
    except UnknownMachineError as error:
        return str(error)
    return ""


def _granted(*, landlocked: bool, filtered: bool, namespaced: bool) -> tuple[Isolation, ...]:
    """What can be had, the strongest first."""
    having = {
        Isolation.FULL: landlocked and filtered and namespaced,
        Isolation.PORTABLE: landlocked and filtered,
        Isolation.SECCOMP: filtered,
    }
    return tuple(isolation for isolation, had in having.items() if had)


def _landlock() -> tuple[int, str]:
    """Landlock's version, or 0 and the reason why there is none."""
    try:
        abi = landlock.abi()
    except OSError as error:
        return 0, _in_words(error)
    return abi, "" if abi else "not in this kernel (5.13 brought it), or not named in its lsm= option"


def _try_seccomp() -> None:
    privileges.forbid_new_privileges()
    seccomp.install(policy(os.getpid()))


def _try_namespaces(readable: tuple[str, ...]) -> None:
    enter_namespaces(readable)
    unshare_pids()
    report_of_child(str)  # a process in the new namespace


def _why_refused(step: Callable[[], None]) -> str:
    """Try a step in a child; why it fails, or nothing."""

    def act() -> str:
        try:
            step()
        except OSError as error:
            return _in_words(error)
        return ""

    try:
        return report_of_child(act)
    except ChildProcessError as error:
        return str(error)


def _in_words(error: OSError) -> str:
    """An error with the call that it came from and, where the machine's owner forbids it, who that may have been."""
    words = f"{error.filename or type(error).__name__}: {error.strerror or error}"
    if error.errno in (EPERM, EACCES):
        return f"{words} (by AppArmor, a kernel setting or a container's own filter)"
    return words
