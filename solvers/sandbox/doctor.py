"""What the sandbox finds on this system, level by level, so that a person can see why it is as strong as it is."""

import importlib.util
import platform
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from steepest.solvers.sandbox.errors import SandboxError, SandboxUnavailableError
from steepest.solvers.sandbox.isolation import Isolation
from steepest.solvers.sandbox.jobs import FunctionCalls
from steepest.solvers.sandbox.outcomes import Completed
from steepest.solvers.sandbox.sandbox import Sandbox

LEVELS = (Isolation.FULL, Isolation.PORTABLE, Isolation.SECCOMP)
"""From the strongest to the weakest that is a boundary."""
_EMPTY = FunctionCalls("def nothing(): pass", "nothing")
_SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Level:
    """One isolation as it was tried here: a server was started under it, proved it and ran jobs."""

    isolation: Isolation
    why_not: str
    """Empty if it can be had."""
    start_seconds: float | None = None
    job_milliseconds: float | None = None
    """Median of an empty job."""

    @property
    def is_available(self) -> bool:
        """Whether jobs can run under it."""
        return not self.why_not


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What can be had here."""

    system: str
    """Kernel and machine."""
    levels: tuple[Level, ...]
    has_interpreter: bool
    """Whether `prepare_data` can run (extra `monty`)."""
    has_nonlinear_solver: bool
    """Whether nonlinear models of scripts are solved (extra `nonlinear`)."""

    @property
    def in_force(self) -> Isolation | None:
        """The isolation that a sandbox takes here; None where LLM-written code is refused."""
        return next((level.isolation for level in self.levels if level.is_available), None)


def diagnose() -> Diagnosis:
    """Try every level; takes a second or two."""
    return Diagnosis(
        system=f"{platform.system()} {platform.release()} on {platform.machine()}",
        levels=tuple(_tried(isolation) for isolation in LEVELS),
        has_interpreter=importlib.util.find_spec("pydantic_monty") is not None,
        has_nonlinear_solver=importlib.util.find_spec("pyscipopt") is not None,
    )


def _tried(isolation: Isolation) -> Level:
    begin = perf_counter()
    with Sandbox(isolation=isolation) as sandbox:
        try:
            in_force = sandbox.isolation
        except SandboxUnavailableError as error:
            return Level(isolation, "; ".join(error.reasons))
        except SandboxError as error:
            return Level(isolation, str(error))
        start_seconds = perf_counter() - begin
        outcomes = [sandbox.run(_EMPTY) for _ in range(_SAMPLES)]
    failed = next((outcome.failure for outcome in outcomes if not isinstance(outcome, Completed)), None)
    if failed is not None:
        return Level(isolation, f"an empty job fails: {failed}")
    milliseconds = 1000 * median(outcome.usage.seconds for outcome in outcomes)
    return Level(in_force, "", start_seconds, milliseconds)
