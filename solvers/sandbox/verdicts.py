"""Why a job ended without a value, in words fit for a person and for a model that is to mend the code."""

import signal

from steepest.solvers.sandbox.errors import SandboxError
from steepest.solvers.sandbox.outcomes import Failure
from steepest.solvers.sandbox.running_job import JobEnd, ResourceCaps

_MIB = 1 << 20
_NEARLY = 0.8
"""A process that aborts with so much of its memory used has most likely failed to get more."""


def failure_of(end: JobEnd, caps: ResourceCaps) -> Failure | None:
    """What stopped a job, or None if it ended by itself and well.

    Raises:
        SandboxError: It never came to run the code.
    """
    if end.killed_for is not None:
        return _over_limit(end, caps)
    if not end.is_confined:
        words = end.output.decode(errors="replace").strip()
        raise SandboxError(f"a job could not be confined, so its code did not run: {words or 'it gave no reason'}")
    if end.exit_code < 0:
        return _of_signal(-end.exit_code, end, caps)
    if end.exit_code > 0:
        return Failure("crash", f"the process ended by itself with exit code {end.exit_code} before it had a result")
    return None


def without_result(kind: str) -> Failure:
    """The failure of a process that ended well but sent nothing that can be read."""
    return Failure("crash", f"the process ended without a readable {kind}: it was cut off, or something else was sent")


def _over_limit(end: JobEnd, caps: ResourceCaps) -> Failure:
    match end.killed_for:
        case "timeout":
            return _timeout(caps.wall_seconds, "wall_seconds")
        case "memory":
            return _memory(caps)
        case _:
            is_result = len(end.result) + 1 >= caps.result_bytes
            what = "result" if is_result else "output"
            cap = f"{caps.result_bytes / _MIB:g} MiB" if is_result else f"{caps.output_bytes / 1024:g} KiB"
            limit = "result_mib (model_mib of a model)" if is_result else "output_kib"
            return Failure("output", f"the {what} is larger than {cap} (limit {limit}): it was stopped")


def _timeout(seconds: float, limit: str) -> Failure:
    return Failure("timeout", f"it was stopped after {seconds:g} seconds (limit {limit})")


def _memory(caps: ResourceCaps) -> Failure:
    return Failure("memory", f"it was stopped for using more than {caps.memory_bytes / _MIB:g} MiB (limit memory_mib)")


def _of_signal(number: int, end: JobEnd, caps: ResourceCaps) -> Failure:
    is_out_of_cpu = end.cpu_seconds >= caps.cpu_seconds
    if number == signal.SIGXCPU or (number == signal.SIGKILL and is_out_of_cpu):
        return _timeout(caps.cpu_seconds, "cpu_seconds")
    if number == signal.SIGSYS:
        return Failure("forbidden", "it made a system call that the sandbox kills for")
    # abort() of process 1 of a namespace ends in the second: it ignores the first
    if number in (signal.SIGABRT, signal.SIGSEGV) and end.peak_bytes >= _NEARLY * caps.memory_bytes:
        return _memory(caps)
    return Failure("crash", f"the process died of {_signal_name(number)}")


def _signal_name(number: int) -> str:
    words = signal.strsignal(number)
    return f"signal {number} ({words})" if words else f"signal {number}"
