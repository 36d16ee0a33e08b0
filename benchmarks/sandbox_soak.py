"""Thousands of jobs from many threads, a third of them hostile: nothing may leak, and nobody's result go to another.

    python -m benchmarks.sandbox_soak
    python -m benchmarks.sandbox_soak --jobs 10000 --threads 8 --kills 4 --isolation portable

Every benign job carries a number of its own that has to come back. The hostile ones are those of the tests' suite, run
under short limits. In between the fork servers are killed: the next job must find new ones. Before and after are
compared: descriptors, threads, processes, memory of this process and of the servers, files in the usual places.
Prints how it goes and what was wrong, and ends with exit code 1 if anything was.
"""

import argparse
import os
import random
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from steepest.solvers.sandbox import (
    Call,
    Completed,
    Failed,
    FunctionCalls,
    FunctionTiming,
    Isolation,
    Limits,
    PyomoScript,
    Returned,
    Sandbox,
    SandboxError,
)
from tests.solvers.sandbox.hostile.catalogue import HostileProgram, shots
from tests.solvers.sandbox.hostile.processes import descendants, orphans_come_here
from tests.solvers.sandbox.hostile.surroundings import Surroundings, surroundings

BENIGN = Limits(wall_seconds=60, memory_mib=256)
HOSTILE = Limits(wall_seconds=0.3, cpu_seconds=5, memory_mib=128, output_kib=64, result_mib=1, model_mib=4)
SHARE_OF_HOSTILE = 1 / 3
SHARE_OF_SLOW = 1 / 10
"""Of the hostile: those that only a limit ends."""
MOST_GROWTH_MIB = 16.0
"""Of memory over the last two thirds of the jobs: 10,000 jobs that leak two kilobytes each are found."""
REPORTS = 20

FUNCTION = """
import numpy as np
def echo(number):
    print("function", number)
    return {"number": number, "sum": int(np.arange(number % 1000).sum())}
"""
SCRIPT = """
import pyomo.environ as pyo
print("script", {number})
model = pyo.ConcreteModel()
model.x = pyo.Var(bounds=(0, {number}))
model.y = pyo.Var(domain=pyo.Binary)
model.most = pyo.Objective(expr=model.x - model.y, sense=pyo.maximize)
"""
TIMED = "def echo(number):\n    return number"


@dataclass
class Soak:
    """A run under way: what went wrong so far, and how memory went."""

    sandbox: Sandbox
    place: Surroundings
    jobs: int
    kills: int
    hostile: dict[bool, list[tuple[HostileProgram, str]]]
    wrong: list[str] = field(default_factory=list)
    ended: Counter[str] = field(default_factory=Counter)
    memory: list[tuple[int, float, float]] = field(default_factory=list)
    """Jobs done, MiB of this process, MiB of the servers; now and then."""
    begin: float = field(default_factory=time.monotonic)
    _done: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def one(self, number: int) -> None:
        """Run the job of a number and look at what came of it."""
        choice = random.Random(number)
        try:
            if choice.random() < SHARE_OF_HOSTILE:
                self._hostile(choice)
            else:
                self._benign(number, choice)
        except SandboxError as error:
            self.wrong.append(f"job {number}: {type(error).__name__}: {error}")
        self._count()

    def _benign(self, number: int, choice: random.Random) -> None:
        kind = choice.choices(("function", "script", "timing"), (6, 3, 1))[0]
        answer, words = getattr(self, f"_{kind}")(number)
        self.ended[f"benign {kind}"] += 1
        if answer is not True:
            self.wrong.append(f"job {number}, a benign {kind}, came to {answer}")
        elif words not in ("", f"{kind} {number}\n"):
            self.wrong.append(f"job {number}, a benign {kind}, has the output {words!r}")

    def _function(self, number: int) -> tuple[object, str]:
        outcome = self.sandbox.run(FunctionCalls(FUNCTION, "echo", [Call((number,))]), limits=BENIGN)
        size = number % 1000
        expected = (Returned({"number": number, "sum": size * (size - 1) // 2}),)
        return (isinstance(outcome, Completed) and outcome.value == expected) or outcome, outcome.output

    def _script(self, number: int) -> tuple[object, str]:
        outcome = self.sandbox.run(PyomoScript(SCRIPT.format(number=number)), limits=BENIGN)
        return (isinstance(outcome, Completed) and outcome.value.objective == number) or outcome, outcome.output

    def _timing(self, number: int) -> tuple[object, str]:
        outcome = self.sandbox.run(FunctionTiming(TIMED, "echo", Call((number,)), repeats=3), limits=BENIGN)
        return (isinstance(outcome, Completed) and outcome.value.value == number) or outcome, outcome.output

    def _hostile(self, choice: random.Random) -> None:
        program, kind = choice.choice(self.hostile[choice.random() < SHARE_OF_SLOW])
        job = program.job(kind, self.place.scene() | {"seed": choice.randrange(1000)})
        outcome = self.sandbox.run(job, limits=HOSTILE)
        end = outcome.failure.kind if isinstance(outcome, Failed) else "completed"
        self.ended[f"hostile: {end}"] += 1
        if "BREACH" in outcome.output or self.place.secret in repr(outcome):
            self.wrong.append(f"{program.name} as {kind} got through: {outcome}"[:1000])

    def _count(self) -> None:
        with self._lock:
            self._done += 1
            done = self._done
        if done in {self.jobs * kill // (self.kills + 1) for kill in range(1, self.kills + 1)}:
            self._kill_servers()
        if done % max(1, self.jobs // REPORTS) == 0:
            self._report(done)

    def _kill_servers(self) -> None:
        for pid in servers(self.place):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.ended["kills of the servers"] += 1

    def _report(self, done: int) -> None:
        own, theirs = resident_mib(os.getpid()), sum(resident_mib(pid) for pid in servers(self.place))
        self.memory.append((done, own, theirs))
        rate = done / (time.monotonic() - self.begin)
        print(
            f"{done:>7} jobs {rate:>6.1f}/s   this process {own:>6.1f} MiB, servers {theirs:>6.1f} MiB, "
            f"{open_descriptors()} descriptors, {threading.active_count()} threads, {len(self.wrong)} wrong",
            flush=True,
        )


def main() -> int:
    """Run the soak and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--kills", type=int, default=4, help="how often the fork servers are killed")
    parser.add_argument("--isolation", type=Isolation, default=None, help="the strongest that can be had, unless given")
    arguments = parser.parse_args()
    wrong = soak(arguments.jobs, arguments.threads, arguments.kills, arguments.isolation)
    print("\n".join(["", *wrong[:50], f"{len(wrong)} things were wrong" if wrong else "nothing was wrong"]))
    return 1 if wrong else 0


def soak(jobs: int, threads: int, kills: int, isolation: Isolation | None = None) -> list[str]:
    """Run so many jobs and give what was wrong."""
    with orphans_come_here(), surroundings() as place, own_temporary_folder() as folder:
        before = (open_descriptors(), threading.active_count())
        with Sandbox(isolation=isolation, screening=False) as sandbox:
            run = Soak(sandbox, place, jobs, kills, hostile_by_speed())
            print(f"{jobs} jobs from {threads} threads under {sandbox.isolation}, {sandbox.workers} at once")
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(run.one, range(1, jobs + 1)))
        run.wrong += growth(run.memory)
        run.wrong += leavings(place, before, folder)
    for end, count in sorted(run.ended.items()):
        print(f"{count:>7} {end}")
    return run.wrong


def hostile_by_speed() -> dict[bool, list[tuple[HostileProgram, str]]]:
    """The hostile programs that fit here, with the kind of job; under True those that take long."""
    found: dict[bool, list[tuple[HostileProgram, str]]] = {True: [], False: []}
    for program, kind in shots():
        if program.fits_here:
            is_slow = program.wall_seconds != 2.0 or program.name.startswith(("memory_", "model_too", "thread_bomb"))
            found[is_slow].append((program, kind))
    return found


def growth(memory: list[tuple[int, float, float]]) -> list[str]:
    """What this process grew by over the last two thirds, along a straight line; the servers are killed in between."""
    settled = memory[len(memory) // 3 :]
    if len(settled) < 2:
        return []
    done, own, of_servers = zip(*settled, strict=True)
    grown = statistics.linear_regression(done, own).slope * (done[-1] - done[0])
    print(
        f"this process grew by {grown * 1024 / (done[-1] - done[0]):.2f} KiB a job; servers: {max(of_servers):.0f} MiB"
    )
    if grown > MOST_GROWTH_MIB:
        return [f"this process grew by {grown:.1f} MiB between jobs {done[0]} and {done[-1]}"]
    return []


def leavings(place: Surroundings, before: tuple[int, int], folder: Path) -> Iterator[str]:
    """What is left when the sandbox is closed."""
    deadline = time.monotonic() + 10
    while (left := below(place)) and time.monotonic() < deadline:
        time.sleep(0.1)
    if left:
        yield f"processes are left: {left}"
    if (now := (open_descriptors(), threading.active_count())) != before:
        yield f"descriptors and threads were {before} and are {now}"
    if files := [path.name for path in folder.iterdir()]:
        yield f"files are left in the temporary folder: {files[:10]}"
    place.known = {place.victim.pid}
    yield from place.harm_done()


def below(place: Surroundings) -> dict[int, str]:
    """The processes of the sandbox."""
    return {pid: name for pid, name in descendants(os.getpid()).items() if pid != place.victim.pid}


def servers(place: Surroundings) -> list[int]:
    """The fork servers: children of this process, as the suite's victim is."""
    tasks = Path("/proc/self/task").glob("*/children")
    children = {int(pid) for task in tasks for pid in task.read_text().split()}
    return sorted(children & set(below(place)))


def open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def resident_mib(pid: int) -> float:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)
    return 0.0


@contextmanager
def own_temporary_folder() -> Iterator[Path]:
    """A folder for whatever the supervisor might write, so that nothing of others is taken for it."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory() as folder:
        tempfile.tempdir = folder
        try:
            yield Path(folder)
        finally:
            tempfile.tempdir = before


if __name__ == "__main__":
    sys.exit(main())
