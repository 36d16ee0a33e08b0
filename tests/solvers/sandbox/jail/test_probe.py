import os
import platform
import sys
from collections.abc import Callable

import pytest

from steepest.solvers.sandbox.isolation import Isolation
from steepest.solvers.sandbox.jail import examine

RunProgram = Callable[[str], str]

AS_NOBODY = "privileges.change_user(privileges.NOBODY)"
SELF_TEST = """
readable = readable_paths()
{first}
isolation = Isolation({isolation!r})
if examine(readable, isolation).isolation is None:
    print("not granted")
    sys.exit()
if isolation is Isolation.FULL:
    enter_namespaces(readable)
hide_from_peers()
print(self_test(Confinement(isolation, readable, 1 << 30, address_space(1 << 30), 5.0)))
"""


def self_test_after(run_program: RunProgram, isolation: Isolation, *first: str) -> str:
    if AS_NOBODY in first and os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    said = run_program(SELF_TEST.format(isolation=isolation.value, first="\n".join(first)))
    if said == "not granted\n":
        pytest.skip(f"{isolation} can't be had here")
    return said


@pytest.mark.parametrize("first", ["", AS_NOBODY])
@pytest.mark.parametrize("isolation", [Isolation.FULL, Isolation.PORTABLE, Isolation.SECCOMP])
def test_what_is_granted_is_in_force(run_program: RunProgram, isolation: Isolation, first: str):
    assert self_test_after(run_program, isolation, first) == "()\n"


@pytest.mark.parametrize("first", ["", AS_NOBODY])
@pytest.mark.parametrize("isolation", [Isolation.PORTABLE, Isolation.SECCOMP])
def test_it_holds_in_a_container_too(run_program: RunProgram, isolation: Isolation, first: str):
    assert self_test_after(run_program, isolation, first, "apply_container_limits()") == "()\n"


def test_a_container_without_namespaces_is_told_so(run_program: RunProgram):
    said = run_program(
        """
apply_container_limits()
findings = examine(readable_paths())
print(findings.namespaces, findings.isolation is not Isolation.FULL)
print([reason for reason in findings.reasons if reason.startswith("namespaces")])
print(examine(readable_paths(), Isolation.FULL).isolation)
"""
    )
    assert said.splitlines()[0] == "False True"
    assert "namespaces: unshare: Operation not permitted (by AppArmor" in said
    assert said.splitlines()[2] == "None"


def test_the_process_that_asks_stays_as_it_is(run_program: RunProgram):
    said = run_program(
        """
def state():
    status = open("/proc/self/status").read()
    return os.getuid(), os.listdir("/"), status[status.index("NoNewPrivs") : status.index("Cpus")]
before = state()
examine(readable_paths())
print(state() == before)
"""
    )
    assert said == "True\n"


def test_without_landlock_and_namespaces_seccomp_is_left(run_program: RunProgram):
    said = run_program(
        """
from steepest.solvers.sandbox.jail.seccomp import ALLOW, ENOSYS, Rule
privileges.forbid_new_privileges()
seccomp.install([Rule("landlock_create_ruleset", then=ENOSYS)], default=ALLOW)
findings = examine(readable_paths())
print(findings.isolation, findings.landlock_abi, findings.reasons[0])
print(examine(readable_paths(), Isolation.PORTABLE).isolation)
"""
    )
    assert said == "seccomp 0 Landlock: not in this kernel (5.13 brought it), or not named in its lsm= option\nNone\n"


def test_an_act_that_gets_through_is_told(run_program: RunProgram):
    said = run_program(
        """
from steepest.solvers.sandbox.jail import probe
probe.confine = lambda confinement: None
probe.acts_let_through = lambda readable, mode: iter(["a file was made"])
print(self_test(Confinement(Isolation.PORTABLE, ("/dev/null",), 1, 1, 1.0)))
"""
    )
    assert said == "('a file was made',)\n"


def test_a_self_test_that_becomes_another_program_has_failed(run_program: RunProgram):
    said = run_program(
        """
from steepest.solvers.sandbox.jail import probe
probe.confine = lambda confinement: None
print(self_test(Confinement(Isolation.PORTABLE, ("/dev/null",), 1, 1, 1.0)))
"""
    )
    assert said == "('the self-test became another program',)\n"


def test_a_self_test_that_cannot_be_confined_has_failed(run_program: RunProgram):
    said = run_program(
        """
from steepest.solvers.sandbox.jail import probe
def refuse(confinement): raise PermissionError(1, "no", "seccomp")
probe.confine = refuse
print(self_test(Confinement(Isolation.PORTABLE, ("/dev/null",), 1, 1, 1.0)))
"""
    )
    assert "the trial's process ended with status 70: PermissionError" in said


def test_another_system_has_no_sandbox(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    findings = examine(())
    assert findings.isolation is None
    assert findings.reasons == ("the sandbox needs Linux (Landlock and seccomp); this is Darwin",)


def test_an_unknown_machine_has_no_sandbox(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    findings = examine(())
    assert findings.isolation is None
    assert findings.architecture == "riscv64"
    assert "x86_64 and aarch64, not those of riscv64" in findings.reasons[0]


def test_unsafe_is_had_everywhere_but_never_chosen(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "platform", "win32")
    assert examine((), Isolation.UNSAFE).isolation is Isolation.UNSAFE
    assert examine(()).isolation is None
