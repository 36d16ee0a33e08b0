"""The jail that a job runs in: what the kernel refuses to the process of foreign code.

`confine` is called once, in the job's own process, and can't be undone: resource limits, Landlock (which paths can be
opened), no capabilities, seccomp (which system calls exist). `enter_namespaces` and `unshare_pids` add what needs a
server with a root folder, a network and process numbers of its own. `examine` finds out at start what the machine
grants, `self_test` whether it really holds. Only the fork server and its jobs call any of this; importing the package
works on every system.
"""

from steepest.solvers.sandbox.jail.confine import Confinement, confine, readable_paths
from steepest.solvers.sandbox.jail.namespaces import enter_namespaces, unshare_pids
from steepest.solvers.sandbox.jail.privileges import become_nobody, die_with_parent, hide_from_peers
from steepest.solvers.sandbox.jail.probe import Findings, examine, self_test
from steepest.solvers.sandbox.jail.resources import address_space

__all__ = [
    "Confinement",
    "Findings",
    "address_space",
    "become_nobody",
    "confine",
    "die_with_parent",
    "enter_namespaces",
    "examine",
    "hide_from_peers",
    "readable_paths",
    "self_test",
    "unshare_pids",
]
