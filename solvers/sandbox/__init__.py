"""The sandbox: LLM-written code runs where it can do no harm and forge nothing.

`Sandbox` runs three kinds of job: a Pyomo script, whose model a second, clean process solves; a function, called with
JSON; and the timing of a function. `prepare_data` runs small data preparation in an interpreter of its own, on every
system. docs/sandbox.md says what stands between such code and the machine; `steepest sandbox doctor` what is in force.

The supervisor's side (`sandbox`, `execution`, `forked_job`, `fork_server`) never executes or parses foreign code. The
folder `server` is the clean process that forks the jobs, `jail` what the kernel refuses them, `inside` what runs in
them.

The names below are loaded when they are first used: the processes of the sandbox import this package too, and should
hold as little as they can.
"""

from typing import TYPE_CHECKING

from steepest.lazy import lazy_names

if TYPE_CHECKING:
    from steepest.solvers.sandbox.errors import SandboxError, SandboxUnavailableError
    from steepest.solvers.sandbox.isolation import Isolation
    from steepest.solvers.sandbox.jobs import Call, FunctionCalls, FunctionTiming, Job, PyomoScript
    from steepest.solvers.sandbox.limits import Limits
    from steepest.solvers.sandbox.outcomes import (
        CallResult,
        Completed,
        Failed,
        Failure,
        FailureKind,
        Outcome,
        Raised,
        Returned,
        ScriptAnswer,
        TimingReport,
        Usage,
    )
    from steepest.solvers.sandbox.preparation import prepare_data
    from steepest.solvers.sandbox.sandbox import Sandbox

__all__ = [
    "Call",
    "CallResult",
    "Completed",
    "Failed",
    "Failure",
    "FailureKind",
    "FunctionCalls",
    "FunctionTiming",
    "Isolation",
    "Job",
    "Limits",
    "Outcome",
    "PyomoScript",
    "Raised",
    "Returned",
    "Sandbox",
    "SandboxError",
    "SandboxUnavailableError",
    "ScriptAnswer",
    "TimingReport",
    "Usage",
    "prepare_data",
]

_HOMES = {
    "Call": "jobs",
    "CallResult": "outcomes",
    "Completed": "outcomes",
    "Failed": "outcomes",
    "Failure": "outcomes",
    "FailureKind": "outcomes",
    "FunctionCalls": "jobs",
    "FunctionTiming": "jobs",
    "Isolation": "isolation",
    "Job": "jobs",
    "Limits": "limits",
    "Outcome": "outcomes",
    "PyomoScript": "jobs",
    "Raised": "outcomes",
    "Returned": "outcomes",
    "Sandbox": "sandbox",
    "SandboxError": "errors",
    "SandboxUnavailableError": "errors",
    "ScriptAnswer": "outcomes",
    "TimingReport": "outcomes",
    "Usage": "outcomes",
    "prepare_data": "preparation",
}


__getattr__, __dir__ = lazy_names(__name__, _HOMES)
