"""What it costs to run LLM-written code in the sandbox, by isolation, against a fresh Python process for each script.

    python benchmarks/sandbox.py
    python benchmarks/sandbox.py --repeats 50 --isolation portable

`cold` is the first job of its kind, the start of the fork server included; `warm` the median of the repeats. A script
is Pyomo code that builds a model, and its separate solve. The rival runs the same script in a process of its own, which
imports Pyomo and HiGHS, builds and solves; it has neither isolation nor limits. All of them must come to the same
optimum, or the run fails. Memory is proportional set size (PSS), which counts a page shared by n processes as one n-th
to each; it can be read of one's own processes by root alone, since the server forbids others to look.
"""

import argparse
import statistics
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter, sleep

from steepest.solvers.sandbox import (
    Completed,
    FunctionCalls,
    Isolation,
    Job,
    Limits,
    PyomoScript,
    Sandbox,
    SandboxUnavailableError,
    ScriptAnswer,
)

SMALL = """
import pyomo.environ as pyo
model = pyo.ConcreteModel()
model.x = pyo.Var(range(4), bounds=(0, 10))
model.room = pyo.Constraint(expr=sum((i + 1) * model.x[i] for i in range(4)) <= 30)
model.value = pyo.Objective(expr=sum((4 - i) * model.x[i] for i in range(4)), sense=pyo.maximize)
"""
LARGE = """
import pyomo.environ as pyo
model = pyo.ConcreteModel()
model.x = pyo.Var(range(1000), bounds=(0, 1))
model.rooms = pyo.Constraint(range(3000), rule=lambda m, i: m.x[i % 1000] + m.x[(i * 7 + i // 1000) % 1000] <= 1)
model.value = pyo.Objective(expr=sum((1 + i % 7) * model.x[i] for i in range(1000)), sense=pyo.maximize)
"""
SOLVED_IN_PLACE = """
import highspy
pyo.SolverFactory("appsi_highs").solve(model)
print(pyo.value(model.value))
"""
EMPTY = FunctionCalls("def empty():\n    return None", "empty")
JOBS: dict[str, Job] = {
    "empty function": EMPTY,
    "script, 4 variables": PyomoScript(SMALL),
    "script, 3000 constraints": PyomoScript(LARGE),
}
TARGETS = {"empty function": 30, "script, 4 variables": 80}
ASLEEP: dict[str, Job] = {
    "function": FunctionCalls("import time\ndef nap():\n    time.sleep(1)", "nap"),
    "script": PyomoScript(f"import time\ntime.sleep(1)\n{SMALL}"),
}
LIMITS = Limits(wall_seconds=60, memory_mib=1024)


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--isolation", type=Isolation, action="append", help="all that can be had, unless given")
    arguments = parser.parse_args()
    isolations = list(available(arguments.isolation or (Isolation.FULL, Isolation.PORTABLE, Isolation.SECCOMP)))
    optima = print_milliseconds(isolations, arguments.repeats)
    print_rival(optima, max(3, arguments.repeats // 10))
    print_throughput(isolations[0], arguments.repeats)
    print_memory(isolations[0])


def available(isolations: list[Isolation] | tuple[Isolation, ...]) -> Iterator[Isolation]:
    """Those that can be had here; of the others, why not."""
    for isolation in isolations:
        try:
            with Sandbox(isolation=isolation) as sandbox:
                found = sandbox.isolation
        except SandboxUnavailableError as error:
            print(f"{isolation}: {error}")
        else:
            yield found


def print_milliseconds(isolations: list[Isolation], repeats: int) -> dict[str, float | None]:
    print(f"{'ms a job':<26}{'isolation':<12}{'cold':>8}{'warm':>8}{'best':>8}{'target':>8}")
    optima: dict[str, float | None] = {}
    for isolation in isolations:
        for name, job in JOBS.items():
            with Sandbox(LIMITS, isolation=isolation) as sandbox:
                cold, optimum = timed(sandbox, job)
                warm = [timed(sandbox, job)[0] for _ in range(repeats)]
            assert optima.setdefault(name, optimum) == optimum
            figures = f"{cold * 1e3:>8.0f}{statistics.median(warm) * 1e3:>8.1f}{min(warm) * 1e3:>8.1f}"
            print(f"{name:<26}{isolation:<12}{figures}{TARGETS.get(name, ''):>8}")
    return optima


def timed(sandbox: Sandbox, job: Job) -> tuple[float, float | None]:
    """Seconds of a job, and the optimum that a script came to."""
    begin = perf_counter()
    outcome = sandbox.run(job)
    seconds = perf_counter() - begin
    if not isinstance(outcome, Completed):
        raise SystemExit(f"a benign job failed: {outcome.failure}")
    return seconds, outcome.value.objective if isinstance(outcome.value, ScriptAnswer) else None


def print_rival(optima: dict[str, float | None], repeats: int) -> None:
    for name, script in {"script, 4 variables": SMALL, "script, 3000 constraints": LARGE}.items():
        seconds = []
        for _ in range(repeats):
            begin = perf_counter()
            command = [sys.executable, "-c", script + SOLVED_IN_PLACE]
            printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            seconds.append(perf_counter() - begin)
            optimum = optima[name]
            assert optimum is not None
            assert abs(float(printed) - optimum) < 1e-6
        best, median = min(seconds) * 1e3, statistics.median(seconds) * 1e3
        print(f"{name:<26}{'a process':<12}{'':>8}{median:>8.0f}{best:>8.0f}")


def print_throughput(isolation: Isolation, repeats: int) -> None:
    with Sandbox() as sandbox:
        workers = sorted({1, 2, sandbox.workers})
    print(f"\n{'jobs a second':<26}{'isolation':<12}" + "".join(f"{f'{count} workers':>12}" for count in workers))
    for name, job in JOBS.items():
        rates = [f"{rate(isolation, job, count, repeats * 2):>12.1f}" for count in workers]
        print(f"{name:<26}{isolation:<12}" + "".join(rates))


def rate(isolation: Isolation, job: Job, workers: int, count: int) -> float:
    """Jobs a second with as many threads as workers that always have one more to ask for."""
    with Sandbox(LIMITS, isolation=isolation, workers=workers) as sandbox, ThreadPoolExecutor(workers) as threads:
        timed(sandbox, job)
        begin = perf_counter()
        list(threads.map(lambda _: timed(sandbox, job), range(count)))
        return count / (perf_counter() - begin)


def print_memory(isolation: Isolation) -> None:
    print(f"\n{'MiB':<26}{'isolation':<12}{'server':>8}{'job':>8}{'of it its own':>15}")
    for name, job in ASLEEP.items():
        with Sandbox(LIMITS, isolation=isolation) as sandbox:
            timed(sandbox, job)
            servers = children(Path("/proc/self"))
            server = {pid: memory_of(pid, "Pss") for pid in servers}
            while_running = threading.Thread(target=timed, args=(sandbox, job))
            while_running.start()
            sleep(0.5)
            jobs = [pid for server_pid in servers for pid in leaves(Path(f"/proc/{server_pid}"))]
            figures = [*server.values(), *(memory_of(pid, field) for pid in jobs for field in ("Pss", "Private_Dirty"))]
            while_running.join()
        widths = (8, 8, 15)
        cells = [
            f"{figure:>{width}.1f}" if figure else f"{'-':>{width}}"
            for figure, width in zip(figures, widths, strict=True)
        ]
        print(f"{name:<26}{isolation:<12}{''.join(cells)}")


def children(process: Path) -> list[int]:
    return [int(pid) for task in process.glob("task/*/children") for pid in task.read_text().split()]


def leaves(process: Path) -> list[int]:
    """The processes below one that have none below themselves."""
    below = children(process)
    return [leaf for pid in below for leaf in leaves(Path(f"/proc/{pid}")) or [pid]]


def memory_of(pid: int, field: str) -> float | None:
    """MiB of a process by one field of its summary; None where it can't be read."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except PermissionError:
        return None
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{field}:"))


if __name__ == "__main__":
    main()
