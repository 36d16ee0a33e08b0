"""A root folder of the jail's own: a small read-only file system in memory that shows the readable paths alone."""

import os
import stat
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from steepest.solvers.sandbox.jail import libc

_NOSUID, _NODEV, _BIND, _RECURSIVE, _PRIVATE = 1 << 1, 1 << 2, 1 << 12, 1 << 14, 1 << 18
_DETACH = 1 << 1
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_ATTR_RDONLY, _ATTR_NOSUID, _ATTR_NODEV = 1 << 0, 1 << 1, 1 << 2
_MOST_LINKS = 40
"""As many symbolic links as the kernel itself follows on one path."""
_OLD = "/old"


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link to make again."""

    path: str
    target: str


@dataclass(frozen=True, slots=True)
class Bind:
    """A file or folder to show under the same path; no component of it is a symbolic link."""

    path: str
    is_folder: bool
    is_device: bool


def replace_root(readable: Sequence[str]) -> None:
    """Give the calling process, in a mount namespace of its own, a root folder with only the readable paths.

    Raises:
        OSError: A mount was refused, its target in the text.
    """
    entries = layout(readable)
    libc.mount(None, "/", None, _RECURSIVE | _PRIVATE)  # else the mounts below would show outside
    place = _mount_point()
    libc.mount("tmpfs", place, "tmpfs", _NOSUID | _NODEV, "size=1m,nr_inodes=4096,mode=0755")
    os.mkdir(f"{place}{_OLD}")
    libc.pivot_root(place, f"{place}{_OLD}")  # what the tmpfs has covered shows again below /old
    os.chdir("/")
    for entry in entries:
        _show(entry)
    libc.umount(_OLD, _DETACH)
    os.rmdir(_OLD)
    _set_attributes("/", _ATTR_RDONLY | _ATTR_NOSUID, recursive=False)


def layout(readable: Sequence[str]) -> tuple[Link | Bind, ...]:
    """What the new root holds: each readable path and each symbolic link that it runs over, in the order to make them.

    Paths that don't exist are left out. Looks at the present root.
    """
    entries: dict[str, Link | Bind] = {}
    for path in readable:
        if os.path.exists(path):
            entries.update((entry.path, entry) for entry in _way_to(path))
    shown = [entry.path for entry in entries.values() if isinstance(entry, Bind)]
    return tuple(entry for entry in entries.values() if not _is_below(entry.path, shown))


def _way_to(path: str) -> Iterator[Link | Bind]:
    """The links that a path runs over, and where it ends."""
    for _ in range(_MOST_LINKS):
        link = next((start for start in _beginnings(path) if os.path.islink(start)), None)
        if link is None:
            mode = os.stat(path).st_mode
            yield Bind(path, stat.S_ISDIR(mode), stat.S_ISCHR(mode))
            return
        target = os.readlink(link)
        yield Link(link, target)
        path = os.path.normpath(os.path.join(os.path.dirname(link), target) + path[len(link) :])


def _beginnings(path: str) -> list[str]:
    """`/a`, `/a/b` and `/a/b/c` of `/a/b/c`."""
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[: count + 1]) for count in range(len(parts))]


def _is_below(path: str, folders: Sequence[str]) -> bool:
    return any(path.startswith(f"{folder}/") for folder in folders)


def _mount_point() -> str:
    """Any folder does: what lies in it is seen again as soon as the root is replaced."""
    return next(folder for folder in ("/tmp", "/mnt", "/var", "/usr") if os.path.isdir(folder))  # noqa: S108


def _show(entry: Link | Bind) -> None:
    os.makedirs(os.path.dirname(entry.path), mode=0o755, exist_ok=True)
    if isinstance(entry, Link):
        os.symlink(entry.target, entry.path)
        return
    if entry.is_folder:
        os.makedirs(entry.path, mode=0o755, exist_ok=True)
    else:
        os.close(os.open(entry.path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o644))
    libc.mount(f"{_OLD}{entry.path}", entry.path, None, _BIND | _RECURSIVE)
    _set_attributes(entry.path, _ATTR_RDONLY | _ATTR_NOSUID | (0 if entry.is_device else _ATTR_NODEV), recursive=True)


def _set_attributes(path: str, attributes: int, *, recursive: bool) -> None:
    """Attributes of a mount, and of those below it: a file system mounted inside of /usr/lib is read-only too."""
    wanted = struct.pack("=QQQQ", attributes, 0, 0, 0)
    flags = _AT_RECURSIVE if recursive else 0
    libc.syscall("mount_setattr", _AT_FDCWD, os.fsencode(path), flags, wanted, len(wanted), about=path)
