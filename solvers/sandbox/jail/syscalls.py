"""Numbers of system calls by name, for the machines that the jail knows.

x86-64 has numbers of its own (the kernel's arch/x86/entry/syscalls/syscall_64.tbl). aarch64 has the kernel's generic
ones (include/uapi/asm-generic/unistd.h), which leave out every call that a newer one replaces: there is no `open`, only
`openat`. From number 424 on both agree. Only the calls that the policy, the jail itself and its tests name are here.
"""

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from steepest.errors import SteepestError

# fmt: off
_NUMBERS: tuple[tuple[str, int, int | None], ...] = (  # name, x86-64, aarch64
    # Descriptors that the job has.
    ("read", 0, 63),
    ("write", 1, 64),
    ("readv", 19, 65),
    ("writev", 20, 66),
    ("pread64", 17, 67),
    ("pwrite64", 18, 68),
    ("lseek", 8, 62),
    ("close", 3, 57),
    ("close_range", 436, 436),
    ("fstat", 5, 80),
    ("dup", 32, 23),
    ("dup2", 33, None),
    ("dup3", 292, 24),
    ("fcntl", 72, 25),
    ("ioctl", 16, 29),
    ("pipe", 22, None),
    ("pipe2", 293, 59),
    ("poll", 7, None),
    ("ppoll", 271, 73),
    ("select", 23, None),
    ("pselect6", 270, 72),
    # Memory.
    ("brk", 12, 214),
    ("mmap", 9, 222),
    ("mremap", 25, 216),
    ("munmap", 11, 215),
    ("mprotect", 10, 226),
    ("madvise", 28, 233),
    ("membarrier", 324, 283),
    # Threads.
    ("clone", 56, 220),
    ("clone3", 435, 435),
    ("futex", 202, 98),
    ("set_robust_list", 273, 99),
    ("rseq", 334, 293),
    ("sched_yield", 24, 124),
    ("sched_getaffinity", 204, 123),
    ("sched_getparam", 143, 121),
    ("sched_getscheduler", 145, 120),
    ("getcpu", 309, 168),
    # Signals.
    ("rt_sigaction", 13, 134),
    ("rt_sigprocmask", 14, 135),
    ("rt_sigreturn", 15, 139),
    ("sigaltstack", 131, 132),
    ("restart_syscall", 219, 128),
    ("kill", 62, 129),
    ("tgkill", 234, 131),
    # Clocks.
    ("clock_gettime", 228, 113),
    ("clock_getres", 229, 114),
    ("clock_nanosleep", 230, 115),
    ("nanosleep", 35, 101),
    ("gettimeofday", 96, 169),
    ("time", 201, None),
    ("times", 100, 153),
    # The process and the machine.
    ("getpid", 39, 172),
    ("getppid", 110, 173),
    ("gettid", 186, 178),
    ("getuid", 102, 174),
    ("geteuid", 107, 175),
    ("getgid", 104, 176),
    ("getegid", 108, 177),
    ("getresuid", 118, 148),
    ("getresgid", 120, 150),
    ("uname", 63, 160),
    ("sysinfo", 99, 179),
    ("getrusage", 98, 165),
    ("getrlimit", 97, 163),
    ("prlimit64", 302, 261),
    ("prctl", 157, 167),
    ("umask", 95, 166),
    ("getrandom", 318, 278),
    ("exit", 60, 93),
    ("exit_group", 231, 94),
    # Paths.
    ("open", 2, None),
    ("openat", 257, 56),
    ("stat", 4, None),
    ("lstat", 6, None),
    ("newfstatat", 262, 79),
    ("statx", 332, 291),
    ("access", 21, None),
    ("faccessat", 269, 48),
    ("faccessat2", 439, 439),
    ("readlink", 89, None),
    ("readlinkat", 267, 78),
    ("getdents", 78, None),
    ("getdents64", 217, 61),
    ("getcwd", 79, 17),
    # What the jail itself is built with.
    ("capset", 126, 91),
    ("pivot_root", 155, 41),
    ("mount_setattr", 442, 442),
    ("seccomp", 317, 277),
    ("landlock_create_ruleset", 444, 444),
    ("landlock_add_rule", 445, 445),
    ("landlock_restrict_self", 446, 446),
    # What only an attack asks for: the self-test and the tests do.
    ("fork", 57, None),
    ("vfork", 58, None),
    ("execve", 59, 221),
    ("execveat", 322, 281),
    ("socket", 41, 198),
    ("socketpair", 53, 199),
    ("connect", 42, 203),
    ("ptrace", 101, 117),
    ("process_vm_readv", 310, 270),
    ("unshare", 272, 97),
    ("setns", 308, 268),
    ("mount", 165, 40),
    ("umount2", 166, 39),
    ("bpf", 321, 280),
    ("io_uring_setup", 425, 425),
    ("perf_event_open", 298, 241),
    ("userfaultfd", 323, 282),
    ("keyctl", 250, 219),
    ("memfd_create", 319, 279),
    ("tkill", 200, 130),
    ("rt_sigqueueinfo", 129, 138),
    ("pidfd_open", 434, 434),
    ("open_by_handle_at", 304, 265),
    ("chmod", 90, None),
    ("fchmodat", 268, 53),
    ("mkdirat", 258, 34),
    ("unlinkat", 263, 35),
    ("renameat", 264, 38),
    ("ftruncate", 77, 46),
    ("truncate", 76, 45),
    ("shmget", 29, 194),
)
# fmt: on


class UnknownMachineError(SteepestError):
    """The jail has no table of system calls for this kind of machine."""


@dataclass(frozen=True, slots=True)
class Table:
    """The system calls of one kind of machine."""

    machine: str
    audit_arch: int
    """How seccomp names the machine in the data that a filter reads (AUDIT_ARCH_*)."""
    numbers: Mapping[str, int]

    def number(self, name: str) -> int:
        """The number of a call that this machine has."""
        return self.numbers[name]


_TABLES = {
    "x86_64": Table("x86_64", 0xC000003E, {name: number for name, number, _ in _NUMBERS}),
    "aarch64": Table("aarch64", 0xC00000B7, {name: number for name, _, number in _NUMBERS if number is not None}),
}


def for_machine(machine: str) -> Table:
    """The table of a kind of machine, named as `uname -m` does.

    Raises:
        UnknownMachineError: The jail doesn't know the machine.
    """
    if machine not in _TABLES:
        known = " and ".join(_TABLES)
        raise UnknownMachineError(
            f"the sandbox knows the system calls of {known}, not those of {machine or 'this machine'}"
        )
    return _TABLES[machine]


@cache
def this_machine() -> Table:
    """The table of the machine that runs this.

    Raises:
        UnknownMachineError: The jail doesn't know the machine.
    """
    return for_machine(platform.machine())
