"""The shooting range: one program against one sandbox, and everything that must hold afterwards."""

import json
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from steepest.solvers.sandbox import (
    Call,
    Completed,
    Failed,
    FunctionCalls,
    Isolation,
    Limits,
    Outcome,
    PyomoScript,
    Raised,
    Returned,
    Sandbox,
    ScriptAnswer,
    TimingReport,
)
from tests.solvers.sandbox.hostile.catalogue import BREACH, HONEST_MODEL, HONEST_OPTIMUM, HostileProgram
from tests.solvers.sandbox.hostile.processes import orphans_come_here
from tests.solvers.sandbox.hostile.surroundings import Surroundings, surroundings

MEMORY_MIB = 256
SUPERVISOR_MIB = 256
"""More than its largest packet takes, three times over, and far less than what it could be blown up to."""
GRACE_SECONDS = 10.0
"""Beyond the limits of time: for the kernel to take a large process apart, on a machine that is busy."""
SOLVE_SECONDS = 7.0
"""A script's second process, with its own grace."""

STATE = """
import builtins, gc, os, signal, sys, threading, warnings
import numpy as np

def state(number, secret):
    return {
        "number": number + 1,
        "modules": hash(tuple(sorted(sys.modules))) and len(sys.modules),
        "builtins": sorted(name for name in dir(builtins)),
        "length": len([1, 2]),
        "environment": dict(os.environ),
        "errors": np.geterr(),
        "sum": float(np.sum(np.array([1.0, 2.0]))),
        "threads": threading.active_count(),
        "handlers": [str(signal.getsignal(number)) for number in (signal.SIGTERM, signal.SIGALRM, signal.SIGUSR1)],
        "recursion": sys.getrecursionlimit(),
        "switch": sys.getswitchinterval(),
        "path": len(sys.path),
        "finders": len(sys.meta_path),
        "work folder": os.getcwd() if hasattr(os, "getcwd") else "",
        "poison": hasattr(builtins, "poisoned"),
    }
"""
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u115f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e01ef]"
)
_jobs = count(1)


@dataclass(frozen=True)
class Verdict:
    """What came of a program: nothing may stand in `defects`."""

    program: str
    kind: str
    ended: str
    seconds: float
    defects: tuple[str, ...] = ()


@dataclass
class Range:
    """A sandbox in surroundings that are watched."""

    sandbox: Sandbox
    place: Surroundings
    isolation: Isolation
    fresh_state: dict[str, Any] = field(default_factory=dict)

    def shoot(self, program: HostileProgram, kind: str) -> Verdict:
        """Run a program as one kind of job, with each of its seeds; the first that gets through decides."""
        for seed in range(program.seeds):
            verdict = self._shoot_once(program, kind, seed)
            if verdict.defects:
                break
        return verdict

    def state(self) -> dict[str, Any]:
        """What a job sees of its process; raises AssertionError unless the sandbox answers rightly."""
        number = next(_jobs)
        outcome = self.sandbox.run(FunctionCalls(STATE, "state", [Call((number, f"tenant-secret-9{number}"))]))
        assert isinstance(outcome, Completed), f"a benign function ended in {outcome}"
        (result,) = outcome.value
        assert isinstance(result, Returned), f"a benign function raised {result}"
        assert result.value.pop("number") == number + 1
        return dict(result.value)

    def _shoot_once(self, program: HostileProgram, kind: str, seed: int) -> Verdict:
        job = program.job(kind, self.place.scene() | {"seed": seed})
        own_memory, begin = _own_peak_from_now(), time.monotonic()
        outcome = self.sandbox.run(job, limits=_limits(program))
        seconds = time.monotonic() - begin
        ended = _ending(outcome)
        defects = [
            *self._words_out(outcome),
            *_answers(program, outcome),
            *self._use(program, outcome, seconds),
            *_own_use(own_memory),
            *self.place.harm_done(),
            *self._aftermath(kind),
        ]
        if ended not in self._right_ends(program):
            defects.append(f"ended in {ended}, not {program.ends}: {_failure_text(outcome)}{outcome.output[-500:]}")
        return Verdict(program.name, kind, ended, round(seconds, 3), tuple(defects))

    def _right_ends(self, program: HostileProgram) -> tuple[str, ...]:
        if self.isolation is Isolation.SECCOMP:  # without files there is no import of what is not imported yet
            return (*program.ends, "exception", "forbidden")
        return program.ends

    def _words_out(self, outcome: Outcome[Any]) -> Iterator[str]:
        """Everything that the outcome says, searched for what must not get out."""
        failure, value = _failure_text(outcome), _value_text(outcome)
        for words in (failure, value, outcome.output):
            if BREACH in words:
                yield words[words.index(BREACH) :][:1000]
            if self.place.secret in words:
                yield f"the secret got out: {words[:500]}"
        for words in (failure, outcome.output):
            if unseen := _UNSEEN.search(words):
                yield f"{unseen[0]!r} is in what people read: {words[:500]!r}"
            for name, path in _host_paths().items():
                if path in words:
                    yield f"{name} of the host is in what people read: {words[max(0, words.index(path) - 100) :][:300]}"

    def _use(self, program: HostileProgram, outcome: Outcome[Any], seconds: float) -> Iterator[str]:
        usage = outcome.usage
        if usage.isolation is not self.isolation:
            yield f"ran under {usage.isolation}"
        if seconds > program.wall_seconds + SOLVE_SECONDS * ("script" in program.jobs) + GRACE_SECONDS:
            yield f"took {seconds:.1f} s"
        if usage.peak_memory_mib > MEMORY_MIB * 1.25:
            yield f"took {usage.peak_memory_mib:.0f} MiB of {MEMORY_MIB}"

    def _aftermath(self, kind: str) -> Iterator[str]:
        """The next job is a benign one, and right."""
        try:
            state = self.state()
            if state != self.fresh_state:
                yield f"the next job found {state}, not {self.fresh_state}"
            if kind == "script":
                outcome = self.sandbox.run(PyomoScript(HONEST_MODEL))
                assert isinstance(outcome, Completed), f"a benign script ended in {outcome}"
                assert outcome.value.objective == HONEST_OPTIMUM
        except AssertionError as error:
            yield f"after it: {error}"


@contextmanager
def shooting_range(isolation: Isolation, *, scripts: bool = True) -> Iterator[Range]:
    """A sandbox under one isolation, without screening: the boundary alone is tried.

    Args:
        isolation: What is tried.
        scripts: Whether there will be scripts, whose server takes seconds to start.

    Raises:
        SandboxUnavailableError: It can't be had here.
    """
    with orphans_come_here(), surroundings() as place, Sandbox(isolation=isolation, screening=False) as sandbox:
        firing = Range(sandbox, place, sandbox.isolation)
        if scripts:
            sandbox.run(PyomoScript(HONEST_MODEL))
        firing.fresh_state = firing.state()
        place.settle()
        yield firing


def shoot_unconfined(program: HostileProgram, place: Surroundings) -> tuple[str, ...]:
    """Run a harmless program where nothing holds it and say what it got through with; proves that it is an attack."""
    source = program.source(place.scene() | {"seed": 0})
    call = "\nfor breach in attack():\n    print(breach, flush=True)\n"
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as output:  # a pipe would wait for daemons
        process = subprocess.Popen(
            [sys.executable, "-c", source + call],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={**os.environ, "TMPDIR": folder},
        )
        try:
            process.wait(3)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        output.seek(0)
        printed = output.read()
    words = [line for line in printed.decode(errors="replace").splitlines() if BREACH in line]
    return (*words, *place.harm_done())


def _limits(program: HostileProgram) -> Limits:
    return Limits(
        wall_seconds=program.wall_seconds,
        cpu_seconds=program.cpu_seconds,
        memory_mib=MEMORY_MIB,
        output_kib=64,
        result_mib=1,
        model_mib=program.model_mib,
    )


def _own_peak_from_now() -> float:
    """Begin to measure the peak of this process's memory; what it is now, in MiB."""
    with suppress(OSError):  # a kernel without it keeps the peak of all time
        Path("/proc/self/clear_refs").write_text("5")
    return _own_peak()


def _own_peak() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _own_use(before: float) -> Iterator[str]:
    if (taken := _own_peak() - before) > SUPERVISOR_MIB:
        yield f"the supervisor took {taken:.0f} MiB to read what came"


def _answers(program: HostileProgram, outcome: Outcome[Any]) -> Iterator[str]:
    """What was believed although it is false."""
    if not isinstance(outcome, Completed):
        return
    answer = outcome.value
    if isinstance(answer, ScriptAnswer) and program.checks_answer and answer.objective != HONEST_OPTIMUM:
        yield f"a forged answer is believed: {answer}"
    if isinstance(answer, ScriptAnswer) and (names := [name for name in answer.values if _UNSEEN.search(name)]):
        yield f"names that a terminal obeys: {names}"
    if isinstance(answer, TimingReport) and program.slow_seconds and _time_shown(answer) < program.slow_seconds * 0.8:
        yield f"a forged time is believed: {answer}"


def _time_shown(report: TimingReport) -> float:
    """Work that a report owns up to: in the calls, or as unmeasured, which tells of work between them."""
    return report.first_seconds + sum(report.cpu_seconds) + report.unmeasured_seconds


def _ending(outcome: Outcome[Any]) -> str:
    if isinstance(outcome, Failed):
        return outcome.failure.kind
    raised = [result for result in _results(outcome) if isinstance(result, Raised)]
    return raised[0].failure.kind if raised else "completed"


def _results(outcome: Outcome[Any]) -> tuple[Any, ...]:
    return outcome.value if isinstance(outcome, Completed) and isinstance(outcome.value, tuple) else ()


def _failure_text(outcome: Outcome[Any]) -> str:
    failures = [result.failure for result in _results(outcome) if isinstance(result, Raised)]
    if isinstance(outcome, Failed):
        failures.append(outcome.failure)
    return "\n".join(f"{failure.kind}: {failure.message}\n{failure.traceback}" for failure in failures)


def _value_text(outcome: Outcome[Any]) -> str:
    returned = [result.value for result in _results(outcome) if isinstance(result, Returned)]
    try:
        return json.dumps(returned)
    except RecursionError:
        return ""


def _host_paths() -> dict[str, str]:
    """Folders that would tell who and where the host is; those of one or two letters stand in too many words."""
    paths = sysconfig.get_paths()
    places = {
        "the prefix": sys.prefix,
        "the base prefix": sys.base_prefix,
        "the packages": paths["purelib"],
        "the library": paths["stdlib"],
        "the home": str(Path.home()),
        "the project": str(Path(__file__).parents[4]),
    }
    return {name: path for name, path in places.items() if len(path) > 4}
