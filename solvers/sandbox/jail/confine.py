"""Lock the calling process up, for good, before it reads a line of foreign code."""

import os
import site
import sys
import sysconfig
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass

from steepest.solvers.sandbox.isolation import Isolation
from steepest.solvers.sandbox.jail import landlock, privileges, resources, seccomp
from steepest.solvers.sandbox.jail.policy import Opens, policy

_DEVICES = ("/dev/null", "/dev/urandom")
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")
_INSTALLED = ("site-packages", "dist-packages")
_PACKAGES = ("highspy", "numpy", "pandas", "pyomo")
"""A folder that holds one of these is one that packages were installed into."""
_PROJECT = (".git", "pyproject.toml", "setup.cfg", "setup.py")
"""A folder that holds one of these is somebody's project."""


@dataclass(frozen=True, slots=True)
class Confinement:
    """What a job's process is left with."""

    isolation: Isolation
    readable: tuple[str, ...]
    """Files and folders, absolute, that can be opened for reading; nothing else can be opened at all."""
    memory_bytes: int
    """Address space beyond what the process has when it is confined."""
    base_bytes: int
    """Address space of the server, for a job that has no /proc to read its own size from."""
    cpu_seconds: float
    threads: bool = True
    """Whether the job may start threads; a timing job may not."""


def confine(confinement: Confinement) -> None:
    """Confine the calling process, which has one thread; there is no way back.

    The order matters: resource limits read /proc, Landlock opens the readable paths, and seccomp, which is last,
    refuses both.

    Raises:
        OSError: A step failed, the call's name in its text. The process must then end without running the job: it is
            half confined.
    """
    resources.limit_resources(confinement.memory_bytes, confinement.base_bytes, confinement.cpu_seconds)
    if confinement.isolation is Isolation.UNSAFE:
        return
    privileges.drop_capabilities()
    privileges.forbid_new_privileges()
    opens = _restrict_paths(confinement)
    seccomp.install(policy(os.getpid(), threads=confinement.threads, opens=opens))


def readable_paths() -> tuple[str, ...]:
    """What Python needs while it runs: its libraries, installed packages, time zones, the null and random devices.

    Installed packages are where Python itself installs them and, of `sys.path`, where they were put otherwise: by
    `pip install --user`, by `--target`, by a package manager of its own. Not the prefix as a whole, which may be
    somebody's home, nor a home, the working folder, or the folder of a project.

    Returns:
        Absolute paths that exist, sorted, none of them inside another.
    """
    libraries = [*_LIBRARIES, *(os.path.join(prefix, "lib") for prefix in (sys.base_prefix, sys.base_exec_prefix))]
    folders = [*libraries, *_python_folders(), *_package_folders(sys.path), *zoneinfo.TZPATH]
    found = {os.path.abspath(path) for path in [*folders, *_DEVICES]}
    existing = sorted(path for path in found if os.path.exists(path))
    return tuple(path for path in existing if not any(path.startswith(f"{other}/") for other in existing))


def _python_folders() -> list[str]:
    """Standard library and site-packages, of a virtual environment and of the Python under it."""
    base = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}
    schemes = (sysconfig.get_paths(), sysconfig.get_paths(vars=base))
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    return [*(scheme[name] for scheme in schemes for name in names), *site.getsitepackages()]


def _package_folders(path: Sequence[str]) -> list[str]:
    """Those entries of `sys.path` that packages were installed into."""
    folders = [os.path.abspath(entry) for entry in path if entry and os.path.isdir(entry)]
    return [folder for folder in folders if _holds_installed(folder) and not _is_personal(folder)]


def _holds_installed(folder: str) -> bool:
    if os.path.basename(folder) in _INSTALLED:
        return True
    return _holds(folder, _PACKAGES) and not _holds(folder, _PROJECT)


def _is_personal(folder: str) -> bool:
    """Whether it is the root, the working folder or the home itself, however they are spelled."""
    personal = (place for place in ("/", ".", os.path.expanduser("~")) if os.path.exists(place))
    return any(os.path.samefile(folder, place) for place in personal)


def _holds(folder: str, names: Sequence[str]) -> bool:
    return any(os.path.exists(os.path.join(folder, name)) for name in names)


def _restrict_paths(confinement: Confinement) -> Opens:
    """Put Landlock in force where the isolation has it; what seccomp then has to know about opening files."""
    if confinement.isolation is Isolation.SECCOMP:
        return Opens.NONE
    abi = landlock.restrict_to(confinement.readable)
    return Opens.ALL if abi >= landlock.ABI_WITH_TRUNCATE else Opens.WITHOUT_TRUNCATION
