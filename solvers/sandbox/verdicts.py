"""Why a job ended without a value, in words fit for a person and for a model that is to mend the code."""

import signal

from steepest.solvers.sandbox.errors import SandboxError
from steepest.solvers.sandbox.outcomes import Failure
from steepest.solvers.sandbox.overruns import said_too_much, took_too_long, took_too_much_memory
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
            return took_too_long(caps.wall_seconds)
        case "memory":
            return took_too_much_memory(caps.memory_bytes / _MIB)
        case _ if len(end.result) + 1 >= caps.result_bytes:
            return said_too_much("result", f"{caps.result_bytes / _MIB:g} MiB", "result_mib; model_mib of a model")
        case _:
            return said_too_much("output", f"{caps.output_bytes / 1024:g} KiB", "output_kib")


def _of_signal(number: int, end: JobEnd, caps: ResourceCaps) -> Failure:
    is_out_of_cpu = end.cpu_seconds >= caps.cpu_seconds
    if number == signal.SIGXCPU or (number == signal.SIGKILL and is_out_of_cpu):
        return took_too_long(caps.cpu_seconds, "cpu_seconds")
    if number == signal.SIGSYS:
        return Failure("forbidden", "it made a system call that the sandbox kills for")
    # abort() of process 1 of a namespace ends in the second: it ignores the first
    if number in (signal.SIGABRT, signal.SIGSEGV) and end.peak_bytes >= _NEARLY * caps.memory_bytes:
        return took_too_much_memory(caps.memory_bytes / _MIB)
    return Failure("crash", f"the process died of {_signal_name(number)}")


def _signal_name(number: int) -> str:
    words = signal.strsignal(number)
    return f"signal {number} ({words})" if words else f"signal {number}"
