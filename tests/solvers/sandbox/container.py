"""What a container's default profile leaves of a process, for tests of the sandbox inside of one.

Modelled on Docker's: its fourteen capabilities and the calls that its seccomp profile refuses without CAP_SYS_ADMIN
(moby, profiles/seccomp/default.json). As a program: `python container.py COMMAND ...` runs a command so.
"""

import os
import struct
import sys
from pathlib import Path

from steepest.solvers.sandbox.jail import libc, privileges, seccomp
from steepest.solvers.sandbox.jail.seccomp import ALLOW, ENOSYS, EPERM, Bits, Rule

CAPABILITIES = 0xA80425FB
"""chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap, net_bind_service, net_raw, sys_chroot, mknod,
audit_write, setfcap."""
_SYS_ADMIN, _LAST_CAPABILITY = 21, 40
_PR_CAPBSET_READ, _PR_CAPBSET_DROP = 23, 24
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
    capabilities = _capabilities()
    if not capabilities >> _SYS_ADMIN & 1:  # without it the kernel takes no filter from a process that could gain it
        privileges.forbid_new_privileges()
    seccomp.install(_profile(), default=ALLOW)
    _keep_capabilities(capabilities & CAPABILITIES)


def _capabilities() -> int:
    """The permitted ones, as bits."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1], 16) for line in lines if line.startswith("CapPrm"))


def _profile() -> tuple[Rule, ...]:
    refused = (Rule(name, then=EPERM) for name in _REFUSED.split())
    no_namespaces = Bits(0, 0, ((1 << 64) - 1) & ~_NAMESPACE_FLAGS)
    return (*refused, Rule("clone", (no_namespaces,)), Rule("clone3", then=ENOSYS))


def _keep_capabilities(kept: int) -> None:
    for capability in range(_LAST_CAPABILITY + 1):
        if not CAPABILITIES >> capability & 1 and libc.prctl(_PR_CAPBSET_READ, capability) and os.geteuid() == 0:
            libc.prctl(_PR_CAPBSET_DROP, capability)
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    words = struct.pack("=6I", kept, kept, 0, 0, 0, 0)
    libc.syscall("capset", header, words)


if __name__ == "__main__":
    apply_container_limits()
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606
