"""Which processes come from which, by /proc."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PR_SET_CHILD_SUBREAPER, PR_GET_CHILD_SUBREAPER = 36, 37


def descendants(ancestor: int) -> dict[int, str]:
    """The live processes below one, by number, each with its name; zombies are dead."""
    parents, names = {}, {}
    for entry in os.listdir("/proc"):
        if not entry.isdecimal():
            continue
        with suppress(OSError):
            name, _, rest = Path(f"/proc/{entry}/stat").read_text().rpartition(")")
            state, parent = rest.split()[:2]
            if state not in "ZX":
                names[int(entry)] = name.partition("(")[2]
            parents[int(entry)] = int(parent)
    return {number: name for number, name in names.items() if _descends(number, ancestor, parents)}


def _descends(number: int, ancestor: int, parents: dict[int, int]) -> bool:
    while number in parents:
        number = parents[number]
        if number == ancestor:
            return True
    return False


@contextmanager
def orphans_come_here() -> Iterator[None]:
    """Become the parent of every daemon below, so that none is lost from sight."""
    libc = ctypes.CDLL(None, use_errno=True)
    before = ctypes.c_int()
    libc.prctl(PR_GET_CHILD_SUBREAPER, ctypes.byref(before), 0, 0, 0)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        libc.prctl(PR_SET_CHILD_SUBREAPER, before.value, 0, 0, 0)
