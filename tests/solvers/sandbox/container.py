"""What a container's default profile leaves of a process, for tests of the sandbox inside of one.

Modelled on Docker's: its fourteen capabilities and the calls that its seccomp profile refuses without CAP_SYS_ADMIN
(moby, profiles/seccomp/default.json). As a program: `python container.py COMMAND ...` runs a command so.
"""

import os
import struct
import sys

from steepest.solvers.sandbox.jail import libc, privileges, seccomp
from steepest.solvers.sandbox.jail.seccomp import ALLOW, ENOSYS, EPERM, Bits, Rule
from steepest.solvers.sandbox.jail.syscalls import this_machine

CAPABILITIES = 0xA80425FB
"""chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap, net_bind_service, net_raw, sys_chroot, mknod,
audit_write, setfcap."""
_LAST_CAPABILITY = 40
_PR_CAPBSET_DROP = 24
_CAPABILITY_VERSION_3 = 0x20080522
_NAMESPACE_FLAGS = 0x7E020000
"""CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET."""
_REFUSED = (
    "unshare setns mount umount2 pivot_root mount_setattr bpf perf_event_open userfaultfd keyctl io_uring_setup "
    "open_by_handle_at"
)


def apply_container_limits() -> None:
    """Leave the calling process what it would have in a container; root stays root, for good.

    Raises:
        OSError: A step failed.
    """
    if os.geteuid() == 0:
        seccomp.install(_profile(), default=ALLOW)  # while CAP_SYS_ADMIN is there: a container can gain privileges
        _keep_capabilities(CAPABILITIES)
    else:
        privileges.forbid_new_privileges()
        seccomp.install(_profile(), default=ALLOW)


def _profile() -> tuple[Rule, ...]:
    refused = (Rule(name, then=EPERM) for name in _REFUSED.split())
    no_namespaces = Bits(0, 0, ((1 << 64) - 1) & ~_NAMESPACE_FLAGS)
    return (*refused, Rule("clone", (no_namespaces,)), Rule("clone3", then=ENOSYS))


def _keep_capabilities(kept: int) -> None:
    for capability in range(_LAST_CAPABILITY + 1):
        if not kept >> capability & 1:
            libc.prctl(_PR_CAPBSET_DROP, capability)
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    words = struct.pack("=6I", kept, kept, 0, 0, 0, 0)
    libc.syscall("capset", this_machine().number("capset"), header, words)


if __name__ == "__main__":
    apply_container_limits()
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606
