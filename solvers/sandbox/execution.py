"""A job from its request to its outcome: one function for each kind of job, over whatever runs the processes."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from steepest.errors import InputError
from steepest.solvers.options import SolveOptions
from steepest.solvers.sandbox.answers import parse_answer
from steepest.solvers.sandbox.decoding import (
    UnreadableError,
    decoded_call,
    decoded_failure,
    decoded_line,
    decoded_output,
)
from steepest.solvers.sandbox.flavours import Kind
from steepest.solvers.sandbox.inside.channel import framed
from steepest.solvers.sandbox.isolation import Isolation
from steepest.solvers.sandbox.jobs import Call, FunctionCalls, FunctionTiming, PyomoScript
from steepest.solvers.sandbox.limits import Limits
from steepest.solvers.sandbox.outcomes import (
    CallResult,
    Completed,
    Failed,
    Failure,
    Outcome,
    ScriptAnswer,
    TimingReport,
    Usage,
)
from steepest.solvers.sandbox.running_job import JobEnd, JobEndedError, ResourceCaps, RunningJob, resource_caps
from steepest.solvers.sandbox.timing import CallFailedError, Measurements, require_repeats, time_calls, timing_report
from steepest.solvers.sandbox.verdicts import failure_of, without_result

_SOLVE_GRACE_SECONDS = 5.0
"""Beyond the solver's own time limit: to read the model in, and to send the incumbent."""
_NOT_LOADED = b'{"failure"'
_MODEL, _FAILURE = b"M", b"F"
_LONGEST_FAILURE = 1 << 17
"""In place of a model; a model may be far longer, and is not read here."""


class Runner(Protocol):
    """What starts jobs: the fork server, or a fresh process where that is asked for by name."""

    @property
    def isolation(self) -> Isolation:
        """What is in force in its jobs."""
        ...

    def start(self, kind: Kind, caps: ResourceCaps) -> RunningJob:
        """Start a job."""
        ...


@dataclass(frozen=True, slots=True)
class Execution:
    """How jobs are to be run."""

    runner: Callable[[Kind], Runner]
    limits: Limits
    screening: bool


def run_calls(job: FunctionCalls, how: Execution) -> Outcome[tuple[CallResult, ...]]:
    """Call a function with every set of arguments."""
    body = _json({"source": job.source, "calls": [_plain(call) for call in job.calls]})
    caps = resource_caps(how.limits)
    runner = how.runner("function")
    with runner.start("function", caps) as running:
        running.send(framed({"function": job.function, "screening": how.screening}, body))
        end = running.end()
    usage, output = _usage(end, runner.isolation), decoded_output(end.output)
    results, failure = _calls_made(end, caps, len(job.calls))
    if failure is not None:
        return Failed(failure, usage, output, results)
    return Completed(results, usage, output)


def run_timing(job: FunctionTiming, how: Execution) -> Outcome[TimingReport]:
    """Time a function."""
    require_repeats(job.repeats)
    body, call = _json({"source": job.source}), _json(_plain(job.call))
    caps = resource_caps(how.limits)
    runner = how.runner("timing")
    with runner.start("timing", caps) as running:
        running.send(framed({"function": job.function, "screening": how.screening}, body))
        timed = _timed(running, call, job.repeats)
        end = running.end()
    usage, output = _usage(end, runner.isolation), decoded_output(end.output)
    failure = timed if isinstance(timed, Failure) else failure_of(end, caps)
    if isinstance(timed, Measurements) and failure is None:
        return Completed(timing_report(timed, end.cpu_seconds), usage, output)
    return Failed(failure or without_result("result"), usage, output)


def run_script(job: PyomoScript, how: Execution) -> Outcome[ScriptAnswer]:
    """Run a script that builds a model, and solve what it hands over in a process that never saw the script."""
    caps = resource_caps(how.limits, result_mib=how.limits.model_mib)
    runner = how.runner("script")
    with runner.start("script", caps) as running:
        header = {"screening": how.screening, "wall_seconds": how.limits.wall_seconds}
        running.send(framed(header, job.source.encode(errors="surrogatepass")))
        end = running.end()
    usage, output = _usage(end, runner.isolation), decoded_output(end.output)
    failure = failure_of(end, caps) or _script_failure(end.result)
    if failure is not None:
        return Failed(failure, usage, output)
    answer, of_solve = _solved(end.result[len(_MODEL) :], job.options, how)
    both = _total(usage, of_solve)
    if isinstance(answer, Failure):
        return Failed(answer, both, output)
    return Completed(answer, both, output)


def _calls_made(end: JobEnd, caps: ResourceCaps, asked: int) -> tuple[tuple[CallResult, ...], Failure | None]:
    """The results that came, and why there are not as many as calls."""
    failure = failure_of(end, caps)
    *lines, unfinished = end.result.split(b"\n")
    try:
        if lines and lines[0].startswith(_NOT_LOADED):
            return (), decoded_failure(decoded_line(lines[0]).get("failure"))
        results = tuple(decoded_call(line) for line in lines[:asked])
    except UnreadableError:
        return (), failure or without_result("result")
    if failure is None and (len(lines) != asked or unfinished):
        failure = without_result("result")
    return results, failure


def _timed(running: RunningJob, call: bytes, repeats: int) -> Measurements | Failure | None:
    """The measurements, or what was sent in place of an answer; None if the process ended: its end says why."""
    try:
        return time_calls(running, call, repeats)
    except CallFailedError as failed:
        return failed.failure
    except UnreadableError:
        return without_result("answer to a call")
    except JobEndedError:
        return None


def _script_failure(result: bytes) -> Failure | None:
    """What the author process says went wrong, or None if it handed over a model."""
    if result.startswith(_MODEL):
        return None
    if not result.startswith(_FAILURE) or len(result) > _LONGEST_FAILURE:
        return without_result("model")
    try:
        return decoded_failure(decoded_line(result[len(_FAILURE) :]))
    except UnreadableError:
        return without_result("model")


def _solved(model: bytes, options: SolveOptions, how: Execution) -> tuple[ScriptAnswer | Failure, Usage]:
    """Solve in a clean process; the solver stops by itself at its limit, to hand over its incumbent."""
    time_limit = options.time_limit or how.limits.wall_seconds
    caps = resource_caps(
        replace(how.limits, cpu_seconds=max(how.limits.cpu_seconds, time_limit * (os.cpu_count() or 1))),
        result_mib=max(how.limits.result_mib, how.limits.model_mib),
        wall_seconds=time_limit + _SOLVE_GRACE_SECONDS,
    )
    header = options.model_copy(update={"time_limit": time_limit}).model_dump()
    runner = how.runner("solve")
    with runner.start("solve", caps) as running:
        running.send(framed(header, model))
        end = running.end()
    usage = _usage(end, runner.isolation)
    failure = failure_of(end, caps)
    if failure is not None and failure.kind == "timeout":
        words = f"the solver was stopped: it kept on for longer than its time limit of {time_limit:g} seconds"
        return replace(failure, message=words), usage
    if failure is not None:
        return replace(failure, message=f"in the solve: {failure.message}"), usage
    return parse_answer(end.result, options), usage


def _json(document: dict[str, object]) -> bytes:
    try:
        return json.dumps(document).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"the arguments of a call travel as JSON, and these can't: {error}") from error


def _plain(call: Call) -> dict[str, object]:
    return {"args": list(call.args), "kwargs": dict(call.kwargs)}


def _usage(end: JobEnd, isolation: Isolation) -> Usage:
    return Usage(end.seconds, end.cpu_seconds, end.peak_bytes / (1 << 20), isolation)


def _total(first: Usage, second: Usage) -> Usage:
    return Usage(
        first.seconds + second.seconds,
        first.cpu_seconds + second.cpu_seconds,
        max(first.peak_memory_mib, second.peak_memory_mib),
        second.isolation,
    )
