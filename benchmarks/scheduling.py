"""Schedules, routes and puzzles: CP-SAT on the declared global constraints beside HiGHS on their linear forms.

    python benchmarks/scheduling.py
    python benchmarks/scheduling.py --limit 10 --only FT06 LA01

Needs the extra `cp`. Both solvers get the same formulation and the same threads, and are asked for a proof. Seconds are
wall clock of the whole call: reading the formulation, building the model, the process that CP-SAT runs in, the check of
the answer. CP-SAT's process is started beforehand, by a small problem (about a second). Job shops: Fisher and Thompson
1963 (FT06 optimum 55, FT10 930), Lawrence 1984 (LA01 666, LA06 926); the other problems are drawn with fixed seeds.
"""

import argparse
import math
import random
from collections.abc import Callable
from time import perf_counter

from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.solution import Solution
from steepest.solvers.solve import solve_formulation

FT06 = """
2 1 0 3 1 6 3 7 5 3 4 6
1 8 2 5 4 10 5 10 0 10 3 4
2 5 3 4 5 8 0 9 1 1 4 7
1 5 0 5 2 5 3 3 4 8 5 9
2 9 1 3 4 5 5 4 0 3 3 1
1 3 3 3 5 9 0 10 4 4 2 1
"""
FT10 = """
0 29 1 78 2 9 3 36 4 49 5 11 6 62 7 56 8 44 9 21
0 43 2 90 4 75 9 11 3 69 1 28 6 46 5 46 7 72 8 30
1 91 0 85 3 39 2 74 8 90 5 10 7 12 6 89 9 45 4 33
1 81 2 95 0 71 4 99 6 9 8 52 7 85 3 98 9 22 5 43
2 14 0 6 1 22 5 61 3 26 4 69 8 21 7 49 9 72 6 53
2 84 1 2 5 52 3 95 8 48 9 72 0 47 6 65 4 6 7 25
1 46 0 37 3 61 2 13 6 32 5 21 9 32 8 89 7 30 4 55
2 31 0 86 1 46 5 74 4 32 6 88 8 19 9 48 7 36 3 79
0 76 1 69 3 76 5 51 2 85 9 11 6 40 7 89 4 26 8 74
1 85 0 13 2 61 6 7 8 64 9 76 5 47 3 52 4 90 7 45
"""
LA01 = """
1 21 0 53 4 95 3 55 2 34
0 21 3 52 4 16 2 26 1 71
3 39 4 98 1 42 2 31 0 12
1 77 0 55 4 79 2 66 3 77
0 83 3 34 2 64 1 19 4 37
1 54 2 43 4 79 0 92 3 62
3 69 4 77 1 87 2 87 0 93
2 38 0 60 1 41 3 24 4 83
3 17 1 49 4 25 0 44 2 98
4 77 3 79 2 43 1 75 0 96
"""
LA06 = """
1 21 2 34 4 95 0 53 3 55
3 52 4 16 1 71 2 26 0 21
2 31 0 12 1 42 3 39 4 98
3 77 1 77 4 79 0 55 2 66
4 37 3 34 2 64 1 19 0 83
2 43 1 54 0 92 3 62 4 79
0 93 3 69 1 87 4 77 2 87
0 60 1 41 2 38 4 83 3 24
2 98 3 17 4 25 0 44 1 49
0 96 4 77 3 79 1 75 2 43
4 28 2 35 0 95 3 76 1 7
0 61 4 10 2 95 1 9 3 35
4 59 3 16 1 91 2 59 0 46
4 43 1 52 0 28 2 27 3 50
0 87 1 45 2 39 4 9 3 41
"""


def job_shop(text: str) -> str:
    """Jobs whose steps go through machines: in each line the machine and the time of one step after another."""
    jobs = [[int(number) for number in line.split()] for line in text.strip().splitlines()]
    steps = len(jobs[0]) // 2
    return f"""
sets:
  Job = 1..{len(jobs)}
  Step = 1..{steps}
  Machine = 0..{steps - 1}
parameters:
  table machine[Job, Step]:
{table([job[::2] for job in jobs])}
  table takes[Job, Step]:
{table([job[1::2] for job in jobs])}
  horizon = sum(takes[j, s] for j in Job for s in Step)
variables:
  start[Job, Step]: integer in 0..horizon
  makespan: integer in 0..horizon
minimize: makespan
constraints:
  order[j in Job, s in Step if s > 1]: start[j, s] >= start[j, s-1] + takes[j, s-1]
  last[j in Job]: makespan >= start[j, {steps}] + takes[j, {steps}]
  machines[m in Machine]: no_overlap(start[j, s], takes[j, s] for j in Job for s in Step if machine[j, s] == m)
"""


def table(rows: list[list[int]]) -> str:
    """A table with numbered rows and columns."""
    lines = [["", *range(1, len(rows[0]) + 1)], *([number, *row] for number, row in enumerate(rows, 1))]
    return "\n".join(f"    | {' | '.join(str(cell) for cell in line)} |" for line in lines)


def project(tasks: int) -> str:
    """Tasks before others that share two resources (resource-constrained project scheduling)."""
    draw = random.Random(1)
    takes = [draw.randint(1, 9) for _ in range(tasks)]
    needs = [[draw.randint(0, 4) for _ in range(tasks)] for _ in range(2)]
    before = [(i + 1, j + 1) for j in range(tasks) for i in draw.sample(range(j), min(j, draw.randint(0, 2)))]
    return f"""
sets:
  Task = 1..{tasks}
  Before = {{{", ".join(map(str, before))}}}
parameters:
  takes[Task] = {takes}
  crew[Task] = {needs[0]}
  crane[Task] = {needs[1]}
  horizon = sum(takes[t] for t in Task)
variables:
  start[Task]: integer in 0..horizon
  makespan: integer in 0..horizon
minimize: makespan
constraints:
  order[(i, j) in Before]: start[j] >= start[i] + takes[i]
  last[t in Task]: makespan >= start[t] + takes[t]
  crews: cumulative(8, start[t], takes[t], crew[t] for t in Task)
  cranes: cumulative(8, start[t], takes[t], crane[t] for t in Task)
"""


def weighted(tasks: int) -> str:
    """One machine, and what each task costs for every hour until it is done: an objective that no task dominates."""
    draw = random.Random(2)
    takes, weight, ready = ([draw.randint(1, most) for _ in range(tasks)] for most in (9, 9, 4 * tasks))
    return f"""
sets:
  Task = 1..{tasks}
parameters:
  takes[Task] = {takes}
  weight[Task] = {weight}
  ready[Task] = {ready}
  horizon = max(ready[t] for t in Task) + sum(takes[t] for t in Task)
variables:
  start[t in Task]: integer in ready[t]..horizon
minimize: sum(weight[t] * (start[t] + takes[t]) for t in Task)
constraints:
  machine: no_overlap(start[t], takes[t] for t in Task)
"""


def tour(towns: int) -> str:
    """A round trip through points in the plane."""
    draw = random.Random(1)
    points = [(draw.randint(0, 100), draw.randint(0, 100)) for _ in range(towns)]
    far = [[round(math.dist(one, other)) for other in points] for one in points]
    return f"""
sets:
  Town = 1..{towns}
parameters:
  table far[Town, Town]:
{table(far)}
variables:
  go[i in Town, j in Town if i != j]: binary
minimize: sum(far[i, j] * go[i, j] for i in Town for j in Town if i != j)
constraints:
  tour: circuit(go[i, j] for i in Town for j in Town if i != j)
"""


def queens(count: int) -> str:
    """Queens that don't attack one another."""
    return f"""
sets:
  Row = 1..{count}
variables:
  column[Row]: integer in 1..{count}
constraints:
  columns: all_different(column[r] for r in Row)
  rising: all_different(column[r] + r for r in Row)
  falling: all_different(column[r] - r for r in Row)
"""


def ruler(marks: int, longest: int) -> str:
    """The shortest ruler on which no two pairs of marks are equally far apart (Golomb)."""
    return f"""
sets:
  Mark = 1..{marks}
variables:
  at[Mark]: integer in 0..{longest}
minimize: at[{marks}]
constraints:
  begin: at[1] == 0
  rising[m in Mark if m > 1]: at[m] >= at[m-1] + 1
  distances: all_different(at[j] - at[i] for i in Mark for j in Mark if i < j)
"""


PROBLEMS: dict[str, Callable[[], str]] = {
    "FT06": lambda: job_shop(FT06),
    "LA01": lambda: job_shop(LA01),
    "LA06": lambda: job_shop(LA06),
    "FT10": lambda: job_shop(FT10),
    "project15": lambda: project(15),
    "project30": lambda: project(30),
    "weighted8": lambda: weighted(8),
    "weighted14": lambda: weighted(14),
    "tour10": lambda: tour(10),
    "tour20": lambda: tour(20),
    "tour40": lambda: tour(40),
    "queens8": lambda: queens(8),
    "queens20": lambda: queens(20),
    "ruler6": lambda: ruler(6, 25),
    "ruler8": lambda: ruler(8, 50),
}


def line(name: str, solver: str, solution: Solution, seconds: float) -> str:
    """One line of the table."""
    rows, columns, _ = solution.size
    numbers = [f"{value:,.0f}" if value is not None else "none" for value in (solution.objective, solution.bound)]
    size = f"{rows:>8,} {columns:>8,}"
    return f"{name:<11} {solver:<7} {size}  {solution.status:<11} {numbers[0]:>9} {numbers[1]:>9} {seconds:>8.2f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", default=list(PROBLEMS), choices=list(PROBLEMS), metavar="NAME")
    parser.add_argument("--solvers", nargs="+", default=["cp-sat", "highs"], metavar="NAME")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for each solve")
    parser.add_argument("--threads", type=int, default=None, help="of each solver; its own choice without")
    arguments = parser.parse_args()
    print("problem     solver      rows  columns  status      objective     bound  seconds")
    for name in arguments.only:
        formulation = Formulation.from_text(PROBLEMS[name]())
        for solver in arguments.solvers:
            if solver == "cp-sat":  # its process ends when nobody asks for a minute
                solve_formulation(Formulation.from_text(queens(5)), options=SolveOptions(solver="cp-sat"))
            options = SolveOptions(solver=solver, time_limit=arguments.limit, threads=arguments.threads)
            begin = perf_counter()
            solution = solve_formulation(formulation, options=options)
            print(line(name, solver, solution, perf_counter() - begin), flush=True)


if __name__ == "__main__":
    main()
