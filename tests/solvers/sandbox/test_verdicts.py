"""Why a job ended, told from how its process did."""

import signal
from dataclasses import replace

import pytest

from steepest.solvers.sandbox import Limits, SandboxError
from steepest.solvers.sandbox.outcomes import FailureKind
from steepest.solvers.sandbox.running_job import JobEnd, resource_caps
from steepest.solvers.sandbox.verdicts import failure_of

CAPS = resource_caps(Limits(wall_seconds=3, cpu_seconds=2, memory_mib=100, output_kib=1, result_mib=1))
WELL = JobEnd(
    is_confined=True,
    result=b"",
    output=b"",
    killed_for=None,
    exit_code=0,
    seconds=0.1,
    cpu_seconds=0.1,
    peak_bytes=1 << 20,
)


def test_a_process_that_ends_well_has_not_failed() -> None:
    assert failure_of(WELL, CAPS) is None


@pytest.mark.parametrize(
    ("killed_for", "words"),
    [("timeout", "3 seconds"), ("memory", "100 MiB"), ("output", "output is larger than 1 KiB")],
)
def test_a_limit_is_named_with_its_value(killed_for: FailureKind, words: str) -> None:
    failure = failure_of(replace(WELL, killed_for=killed_for, exit_code=-9), CAPS)
    assert failure is not None
    assert failure.kind == killed_for
    assert words in failure.message


@pytest.mark.parametrize(
    ("number", "cpu_seconds", "peak_mib", "kind"),
    [
        (signal.SIGXCPU, 2.0, 1, "timeout"),
        (signal.SIGKILL, 2.5, 1, "timeout"),
        (signal.SIGKILL, 0.1, 1, "crash"),
        (signal.SIGABRT, 0.1, 95, "memory"),
        (signal.SIGABRT, 0.1, 1, "crash"),
        (signal.SIGSEGV, 0.1, 1, "crash"),
        (signal.SIGSYS, 0.1, 1, "forbidden"),
    ],
)
def test_a_signal_is_told_by_what_the_process_used(number: int, cpu_seconds: float, peak_mib: int, kind: str) -> None:
    end = replace(WELL, exit_code=-number, cpu_seconds=cpu_seconds, peak_bytes=peak_mib << 20)
    failure = failure_of(end, CAPS)
    assert failure is not None
    assert failure.kind == kind


def test_a_job_that_was_never_confined_is_the_sandboxes_own_failure() -> None:
    end = replace(WELL, is_confined=False, exit_code=70, output=b"sandbox: OSError: landlock\n")
    with pytest.raises(SandboxError, match="landlock"):
        failure_of(end, CAPS)
