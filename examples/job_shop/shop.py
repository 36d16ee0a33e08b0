"""Job shops: instances, what makes a schedule right, and the shortest one by a solver.

A shop is a list of jobs, a job a list of `[machine, duration]` in the order in which its operations have to be done.
"""

import random
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.solve import solve_formulation

Jobs = Sequence[Sequence[Sequence[int]]]

FT06 = """\
2 1  0 3  1 6  3 7  5 3  4 6
1 8  2 5  4 10 5 10 0 10 3 4
2 5  3 4  5 8  0 9  1 1  4 7
1 5  0 5  2 5  3 3  4 8  5 9
2 9  1 3  4 5  5 4  0 3  3 1
1 3  3 3  5 9  0 10 4 4  2 1
"""
"""The instance of Fisher and Thompson (1963): a line a job, machine and duration in turns."""

SHORTEST = {
    "train-1": 75,
    "train-2": 91,
    "train-3": 93,
    "train-4": 88,
    "train-5": 101,
    "train-6": 102,
    "train-7": 99,
    "train-8": 85,
    "train-9": 103,
    "train-10": 117,
    "train-11": 82,
    "ft06": 55,
    "test-21": 89,
    "test-22": 87,
    "test-23": 86,
    "test-24": 86,
    "test-25": 97,
    "test-26": 92,
    "test-27": 91,
    "test-28": 104,
    "test-29": 95,
    "test-30": 93,
    "test-31": 94,
    "test-32": 92,
}
"""Makespans that HiGHS has proved to be the shortest; `python -m examples.job_shop --prove` proves them again."""


def ft06() -> list[list[list[int]]]:
    """Six jobs on six machines."""
    rows = [[int(word) for word in line.split()] for line in FT06.splitlines()]
    return [[[machine, duration] for machine, duration in zip(row[::2], row[1::2], strict=True)] for row in rows]


def generated(jobs: int, machines: int, seed: int) -> list[list[list[int]]]:
    """A shop at random: every job once on every machine, durations from 1 to 20."""
    rng = random.Random(f"job shop/{seed}")
    return [[[machine, rng.randint(1, 20)] for machine in rng.sample(range(machines), machines)] for _ in range(jobs)]


def instances(split: str) -> list[dict[str, Any]]:
    """Shops to learn from ("train") or to measure on ("test")."""
    numbers = range(1, 12) if split == "train" else range(21, 33)
    shops = {f"{split}-{number}": generated(6, 5, number) for number in numbers}
    if split == "train":
        shops["ft06"] = ft06()
    return [{"name": name, "jobs": jobs} for name, jobs in shops.items()]


def makespan(starts: Sequence[Sequence[float]], jobs: Jobs) -> float:
    """When the last operation ends.

    Raises:
        ValueError: The schedule is none for these jobs; the message says where.
    """
    if [len(row) for row in starts] != [len(job) for job in jobs]:
        raise ValueError("there has to be a start for each operation of each job")
    busy: dict[int, list[tuple[float, float, str]]] = {}
    for number, (job, row) in enumerate(zip(jobs, starts, strict=True)):
        free = 0.0
        for step, ((machine, duration), start) in enumerate(zip(job, row, strict=True)):
            if not start >= free:
                raise ValueError(f"operation {step} of job {number} starts at {start}, before it can at {free}")
            free = start + duration
            busy.setdefault(machine, []).append((start, free, f"operation {step} of job {number}"))
    for machine, spans in busy.items():
        spans.sort()
        for (_, end, one), (start, _, other) in pairwise(spans):
            if start < end:
                raise ValueError(f"machine {machine} has {one} and {other} at once, at {start}")
    return max(end for spans in busy.values() for _, end, _ in spans)


def idle(starts: Sequence[Sequence[float]], jobs: Jobs) -> Mapping[int, float]:
    """How long each machine waits for work before its last operation."""
    ends: dict[int, float] = {}
    work: dict[int, float] = {}
    for job, row in zip(jobs, starts, strict=True):
        for (machine, duration), start in zip(job, row, strict=True):
            ends[machine] = max(ends.get(machine, 0.0), start + duration)
            work[machine] = work.get(machine, 0.0) + duration
    return {machine: end - work[machine] for machine, end in sorted(ends.items())}


def shortest(jobs: Jobs, horizon: int) -> int:
    """The shortest makespan, proved by HiGHS on the disjunctive formulation (Manne 1960).

    Args:
        jobs: The shop.
        horizon: The makespan of some schedule.

    Raises:
        RuntimeError: The solver was not done in ten minutes.
    """
    formulation = Formulation.from_text(_formulation(jobs, horizon))
    solution = solve_formulation(formulation, options=SolveOptions(time_limit=600))
    if solution.status != "optimal" or solution.objective is None:
        raise RuntimeError(f"the solver ended with {solution.status}")
    return round(solution.objective)


def _formulation(jobs: Jobs, horizon: int) -> str:
    operations = [(job, step) for job, steps in enumerate(jobs) for step in range(len(steps))]
    conflicts = [(a, p, b, q) for a, p in operations for b, q in operations if a < b and jobs[a][p][0] == jobs[b][q][0]]
    durations = ", ".join(f"({job}, {step}): {jobs[job][step][1]}" for job, step in operations)
    return f"""\
# The shortest schedule of a job shop
sets:
  Operation = {{{", ".join(map(str, operations))}}}
  Conflict = {{{", ".join(map(str, conflicts))}}}
parameters:
  duration[Operation] = {{{durations}}}
  horizon = {horizon}
variables:
  start[Operation]: real >= 0 <= horizon
  comes_first[Conflict]: binary
  makespan: real >= 0
minimize: makespan
constraints:
  last[(j, k) in Operation]: start[j, k] + duration[j, k] <= makespan
  in_order[(j, k) in Operation if k > 0]: start[j, k] >= start[j, k-1] + duration[j, k-1]
  one[(a, p, b, q) in Conflict]:
    start[b, q] >= start[a, p] + duration[a, p] - horizon * (1 - comes_first[a, p, b, q])
  other[(a, p, b, q) in Conflict]:
    start[a, p] >= start[b, q] + duration[b, q] - horizon * comes_first[a, p, b, q]
"""
