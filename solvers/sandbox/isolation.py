"""The isolation that a job runs under, from the strongest to none."""

from enum import StrEnum


class Isolation(StrEnum):
    """What stands between LLM-written code and the machine."""

    FULL = "full"
    """Namespaces (user, mount, network, pid, ipc) over all that `PORTABLE` has."""
    PORTABLE = "portable"
    """Landlock, seccomp and resource limits; needs no privileges and works in a plain container."""
    SECCOMP = "seccomp"
    """Without Landlock: seccomp that refuses to open files at all, and resource limits."""
    UNSAFE = "unsafe"
    """A fresh process with limits only: no boundary. Asked for by name, never chosen."""
    INTERPRETER = "interpreter"
    """Another interpreter than Python's own, which has nothing of the machine to offer: for the preparation of data."""
