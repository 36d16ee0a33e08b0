"""The system calls that a job has: an allow-list with reasons. Whatever it doesn't name fails with EPERM.

EPERM and not death: Python turns it into a PermissionError with a traceback, which is the better feedback. A job
writes no files and talks to nobody, so what makes, moves or removes a file, a socket or a process is not here.
"""

from collections.abc import Mapping
from enum import Enum

from steepest.solvers.sandbox.jail.seccomp import ENOSYS, EPERM, Bits, OneOf, Rule


class Opens(Enum):
    """What a job may open, as far as a filter can tell: it sees the flags of a call, never the path."""

    ALL = "all"
    """Landlock looks after paths."""
    WITHOUT_TRUNCATION = "without truncation"
    """An early Landlock does, except for O_TRUNC."""
    NONE = "none"
    """There is no Landlock: nothing can be opened."""


_PLAIN: Mapping[str, str] = {
    "read, write and wait on the descriptors that the job was given": (
        "read write readv writev pread64 pwrite64 lseek close close_range fstat dup dup2 dup3 "
        "poll ppoll select pselect6"
    ),
    "a pipe to itself: Pyomo captures output so": "pipe pipe2",
    "memory of its own; RLIMIT_AS bounds it": "brk mremap munmap mprotect madvise membarrier",
    "threads wait for each other": (
        "futex set_robust_list rseq sched_yield sched_getaffinity sched_getparam sched_getscheduler getcpu"
    ),
    "handle signals, which only the job itself can send": (
        "rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack restart_syscall"
    ),
    "read clocks and sleep": "clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time times",
    "who and where am I: nothing here names another process's business": (
        "getpid getppid gettid getuid geteuid getgid getegid getresuid getresgid "
        "uname sysinfo getrusage getrlimit getcwd"
    ),
    "no file is ever made that the mask could matter for": "umask",
    "random numbers without opening a device": "getrandom",
    "end": "exit exit_group",
}
"""Calls that need no look at their arguments, by the reason for having them."""

_PATHS = "stat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat getdents getdents64"
"""Imports look around before they open. Landlock judges none of these but the listing of a folder: of any path that
exists in the jail's root can be learned its size, times, owner and mode, and where a link leads; never what a file
holds. Without readlink, `inspect.stack`, `Path.resolve` and what uses them fail wherever Python lies below a link, as
uv, Nix and Homebrew lay it."""

_THREAD = 0x00010000
_PTHREAD_CREATE = 0x003D0F00
"""VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, SETTLS, PARENT_SETTID, CHILD_CLEARTID: what glibc passes."""
_MUSL_TOO = 0x00400000  # CLONE_DETACHED, which the kernel ignores

_FCNTL = (0, 1, 2, 3, 4, 1030, 1032)
"""F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC, F_GETPIPE_SZ. Not F_SETOWN and F_SETSIG: a pipe's owner
is sent a signal when data comes, and the owner could be the supervisor. Not locks, leases or pipe sizes: all shared."""
_IOCTLS = (0x5401, 0x5413, 0x541B, 0x5451)
"""TCGETS and TIOCGWINSZ (is this a terminal, how wide), FIONREAD, FIOCLEX. Not TIOCSTI, which types into a terminal."""
_PR_SET_NAME, _PR_SET_VMA = 15, 0x53564D41
"""Names of threads, and of memory areas (malloc)."""

_MAP_PRIVATE, _MAP_KINDS = 0x02, 0x0F
"""Shared memory stays when a mapping lets go of its pages (MADV_DONTNEED), and no process is charged with it then."""

_O_TRUNC = 0o1000
_AT_EMPTY_PATH = 0x1000
_ALL_BITS = (1 << 64) - 1


def policy(own_pid: int, *, threads: bool = True, opens: Opens = Opens.ALL) -> tuple[Rule, ...]:
    """The calls that a job has. Some names exist on one kind of machine only.

    Args:
        own_pid: Process number of the job, the only one it can send signals to.
        threads: Whether it may start threads.
        opens: What it may open.
    """
    plain = tuple(Rule(name) for names in _PLAIN.values() for name in names.split())
    return (*plain, *_with_arguments(own_pid), *_threads(threads), *_paths(opens))


def _with_arguments(own_pid: int) -> tuple[Rule, ...]:
    """Calls of which only a part is harmless."""
    itself = (OneOf(0, (own_pid,)),)
    return (
        Rule("mmap", (Bits(3, _MAP_PRIVATE, _ALL_BITS & ~_MAP_KINDS),)),
        Rule("kill", itself),
        Rule("tgkill", itself),  # abort() and raise(); the first argument is the process
        Rule("prlimit64", (OneOf(0, (0,)), OneOf(2, (0,), wide=True))),  # own limits, and no new one: only a getter
        Rule("prctl", (OneOf(0, (_PR_SET_NAME, _PR_SET_VMA)),)),
        Rule("fcntl", (OneOf(1, _FCNTL),)),
        Rule("ioctl", (OneOf(1, _IOCTLS),)),
    )


def _threads(allowed: bool) -> tuple[Rule, ...]:
    """Threads and no processes. clone3 hides its flags behind a pointer; told it doesn't exist, glibc takes clone."""
    clone = Rule("clone", (Bits(0, _THREAD, _PTHREAD_CREATE | _MUSL_TOO),)) if allowed else Rule("clone", then=EPERM)
    return (clone, Rule("clone3", then=ENOSYS))


def _paths(opens: Opens) -> tuple[Rule, ...]:
    if opens is Opens.NONE:
        # glibc 2.33 to 2.38 asks for the state of a descriptor with an empty path. That it is empty can't be seen:
        # what leaks is whether a path exists.
        return (Rule("newfstatat", (OneOf(3, (_AT_EMPTY_PATH,)),)),)
    looks = tuple(Rule(name) for name in _PATHS.split())
    if opens is Opens.ALL:
        return (*looks, Rule("open"), Rule("openat"))
    harmless = _ALL_BITS & ~_O_TRUNC
    return (*looks, Rule("open", (Bits(1, 0, harmless),)), Rule("openat", (Bits(2, 0, harmless),)))
