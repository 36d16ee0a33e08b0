from collections.abc import Callable

import pytest

from steepest.solvers.sandbox.jail.policy import Opens, policy
from steepest.solvers.sandbox.jail.seccomp import ALLOW, ENOSYS, EPERM, KILL_PROCESS, compile_rules
from steepest.solvers.sandbox.jail.syscalls import for_machine
from tests.solvers.sandbox.jail.interpreter import verdict

OWN, OTHER = 4321, 99
HIGH = 1 << 32
AT_FDCWD = -100
MACHINES = ("x86_64", "aarch64")

Ask = Callable[..., int | None]


@pytest.fixture(params=MACHINES)
def ask(request: pytest.FixtureRequest) -> Ask:
    """What becomes of a call, by its name; None where the machine doesn't have it."""
    table = for_machine(request.param)

    def ask(name: str, *arguments: int, threads: bool = True, opens: Opens = Opens.ALL) -> int | None:
        if name not in table.numbers:
            return None
        program = compile_rules(table, policy(OWN, threads=threads, opens=opens))
        return verdict(program, table.audit_arch, table.number(name), arguments)

    return ask


NEEDED = (
    "read write close munmap brk futex clock_gettime getrandom rt_sigaction exit_group openat newfstatat pipe2 "
    "getdents64 sched_yield open stat access readlink poll"
)


@pytest.mark.parametrize("name", NEEDED.split())
def test_what_python_needs_all_the_time_is_allowed(ask: Ask, name: str):
    assert ask(name) in (ALLOW, None)


ATTACKS = (
    "fork vfork execve execveat socket socketpair connect ptrace process_vm_readv unshare setns mount umount2 "
    "pivot_root mount_setattr bpf io_uring_setup perf_event_open userfaultfd keyctl memfd_create tkill "
    "rt_sigqueueinfo pidfd_open open_by_handle_at chmod fchmodat mkdirat unlinkat renameat ftruncate truncate shmget "
    "capset seccomp"
)


@pytest.mark.parametrize("name", ATTACKS.split())
def test_what_a_job_has_no_use_for_is_refused(ask: Ask, name: str):
    assert ask(name) in (EPERM, None)


@pytest.mark.parametrize("machine", MACHINES)
def test_every_number_that_the_policy_does_not_name_is_refused(machine: str):
    table = for_machine(machine)
    rules = policy(OWN)
    program = compile_rules(table, rules)
    named = {table.numbers.get(rule.call) for rule in rules}
    for number in {*range(600)} - named | {0x7FFFFFFF, 0xFFFFFFFF}:
        assert verdict(program, table.audit_arch, number) == EPERM


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_of_another_machine_are_death(machine: str):
    program = compile_rules(for_machine(machine), policy(OWN))
    i386 = 0x40000003
    others = {for_machine(other).audit_arch for other in MACHINES if other != machine} | {i386, 0}
    assert {verdict(program, other, number) for other in others for number in (0, 1, 63)} == {KILL_PROCESS}


def test_the_x32_numbers_of_allowed_calls_are_refused():
    table = for_machine("x86_64")
    program = compile_rules(table, policy(OWN))
    assert {verdict(program, table.audit_arch, number | 0x40000000) for number in range(600)} == {EPERM}


PTHREAD_CREATE, MUSL = 0x3D0F00, 0x7D0F00
FORK, VFORK = 0x01200011, 0x4111
NEWUSER, PTRACE, UNTRACED = 0x10000000, 0x2000, 0x00800000


@pytest.mark.parametrize("flags", [PTHREAD_CREATE, MUSL])
def test_threads_start_unless_they_are_forbidden(ask: Ask, flags: int):
    assert ask("clone", flags) == ALLOW
    assert ask("clone", flags, threads=False) == EPERM


@pytest.mark.parametrize(
    "flags",
    [FORK, VFORK, 0, NEWUSER, *(PTHREAD_CREATE | extra for extra in (NEWUSER, PTRACE, UNTRACED, HIGH, 17))],
)
def test_clone_makes_threads_only(ask: Ask, flags: int):
    assert ask("clone", flags) == EPERM


@pytest.mark.parametrize("threads", [True, False])
def test_clone3_does_not_exist_so_that_the_c_library_falls_back(ask: Ask, threads: bool):
    assert ask("clone3", threads=threads) == ENOSYS


@pytest.mark.parametrize("name", ["kill", "tgkill"])
@pytest.mark.parametrize("target", [OTHER, 0, 1, -1, -OWN, OWN + 1])
def test_signals_go_to_the_job_itself_only(ask: Ask, name: str, target: int):
    assert ask(name, OWN, 6) == ALLOW
    assert ask(name, target, 6) == EPERM


PROT_READ, MAP_SHARED, MAP_PRIVATE, MAP_SHARED_VALIDATE, MAP_FIXED, MAP_ANONYMOUS = 1, 1, 2, 3, 0x10, 0x20


def test_memory_is_private(ask: Ask):
    private = MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS
    for kind, outcome in ((private, ALLOW), (HIGH | private, ALLOW), (MAP_SHARED, EPERM), (HIGH | MAP_SHARED, EPERM)):
        assert ask("mmap", 0, 1 << 20, PROT_READ, kind, -1, 0) == outcome
    for kind in (0, MAP_SHARED_VALIDATE, MAP_SHARED_VALIDATE | MAP_ANONYMOUS, 0x8, MAP_PRIVATE | 0x8):
        assert ask("mmap", 0, 1 << 20, PROT_READ, kind, -1, 0) == EPERM


def test_limits_can_be_read_but_not_set(ask: Ask):
    assert ask("prlimit64", 0, 7, 0, 0xDEAD) == ALLOW
    assert ask("prlimit64", 0, 7, 0x1000, 0) == EPERM
    assert ask("prlimit64", 0, 7, 5 * HIGH, 0) == EPERM  # a pointer whose low half is 0
    assert ask("prlimit64", OTHER, 7, 0, 0xDEAD) == EPERM


@pytest.mark.parametrize(
    ("option", "outcome"), [(15, ALLOW), (0x53564D41, ALLOW), (4, EPERM), (22, EPERM), (38, EPERM)]
)
def test_prctl_names_threads_and_memory_only(ask: Ask, option: int, outcome: int):
    assert ask("prctl", option) == outcome


@pytest.mark.parametrize(("command", "outcome"), [(0x5401, ALLOW), (0x5413, ALLOW), (0x5412, EPERM), (0x8904, EPERM)])
def test_ioctl_asks_about_a_terminal_but_does_not_type_into_it(ask: Ask, command: int, outcome: int):
    assert ask("ioctl", 1, command) == outcome


@pytest.mark.parametrize(
    ("command", "outcome"),
    [
        (0, ALLOW),
        (1030, ALLOW),
        (3, ALLOW),
        (8, EPERM),
        (10, EPERM),
        (15, EPERM),
        (6, EPERM),
        (1024, EPERM),
        (1031, EPERM),
    ],
)
def test_fcntl_does_not_make_the_kernel_signal_another_process(ask: Ask, command: int, outcome: int):
    assert ask("fcntl", 1, command, OTHER) == outcome


O_RDONLY, O_TRUNC, O_CLOEXEC = 0, 0o1000, 0o2000000


def test_truncation_is_refused_where_landlock_cannot(ask: Ask):
    for name, before in (("openat", (AT_FDCWD, 0xDEAD)), ("open", (0xDEAD,))):
        assert ask(name, *before, O_TRUNC | O_CLOEXEC) in (ALLOW, None)
        assert ask(name, *before, O_TRUNC | O_CLOEXEC, opens=Opens.WITHOUT_TRUNCATION) in (EPERM, None)
        assert ask(name, *before, O_RDONLY | O_CLOEXEC, opens=Opens.WITHOUT_TRUNCATION) in (ALLOW, None)


LOOKS = "open openat stat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat getdents getdents64"


@pytest.mark.parametrize("name", LOOKS.split())
def test_without_landlock_no_path_is_looked_at(ask: Ask, name: str):
    assert ask(name, opens=Opens.NONE) in (EPERM, None)


def test_without_landlock_a_descriptor_can_still_be_asked_for_its_state(ask: Ask):
    at_empty_path = 0x1000
    assert ask("newfstatat", 1, 0xDEAD, 0xBEEF, at_empty_path, opens=Opens.NONE) == ALLOW
    assert ask("fstat", 1, opens=Opens.NONE) == ALLOW
