"""Run a command as the user nobody, where root has its Python to itself: `python ordinary_user.py COMMAND ...`.

A Python below a home of mode 0700 is closed to everybody else. In a mount namespace of its own the command finds every
such folder covered by an empty one that shows nothing but Python and this project, under their own paths. Nothing is
copied, and nothing changes outside.
"""

import os
import stat
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from steepest.solvers.sandbox.jail import libc, privileges
from steepest.solvers.sandbox.jail.rootfs import Bind, Link, layout

ROOT = Path(__file__).parents[3]
_NEWNS = 0x00020000
_BIND, _RECURSIVE, _PRIVATE = 1 << 12, 1 << 14, 1 << 18


def become_ordinary_user() -> None:
    """Become nobody, who can read this Python; the calling process has one thread and is root.

    Raises:
        OSError: Root may not do this here, as in a container.
    """
    entries = layout(sorted({sys.prefix, sys.base_prefix, os.path.realpath(sys.executable), str(ROOT)}))
    closed = _closed_folders(entry.path for entry in entries)
    if closed:
        libc.unshare(_NEWNS)
        libc.mount(None, "/", None, _RECURSIVE | _PRIVATE)
        _cover(closed, [entry for entry in entries if entry.path.startswith(tuple(f"{each}/" for each in closed))])
    privileges.change_user(privileges.NOBODY)


def _closed_folders(paths: Iterable[str]) -> set[str]:
    """The topmost folders on the ways to paths that not everybody may pass."""
    found = set()
    for path in paths:
        above = [str(folder) for folder in reversed(Path(path).parents)]
        found.update([folder for folder in above if not os.stat(folder).st_mode & stat.S_IXOTH][:1])
    return found


def _cover(folders: Iterable[str], entries: Sequence[Link | Bind]) -> None:
    held = {entry.path: os.open(entry.path, os.O_PATH) for entry in entries if isinstance(entry, Bind)}
    for folder in folders:
        libc.mount("tmpfs", folder, "tmpfs", 0, "size=1m,mode=0755")
    for entry in entries:
        os.makedirs(os.path.dirname(entry.path), mode=0o755, exist_ok=True)
        if isinstance(entry, Link):
            os.symlink(entry.target, entry.path)
            continue
        if entry.is_folder:
            os.makedirs(entry.path, mode=0o755, exist_ok=True)
        else:
            Path(entry.path).touch()
        libc.mount(f"/proc/self/fd/{held[entry.path]}", entry.path, None, _BIND | _RECURSIVE)
    for descriptor in held.values():
        os.close(descriptor)


if __name__ == "__main__":
    become_ordinary_user()
    os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606
