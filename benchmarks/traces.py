"""What it costs to trace a program and to carry feedback back, beside Trace (trace-opt) and TextGrad.

    python benchmarks/traces.py                     # makes .venv/rivals with the two on the first run (1 GB)
    python benchmarks/traces.py --rivals PYTHON     # the interpreter of an environment that has them
    python benchmarks/traces.py --rivals none       # steepest alone
    python benchmarks/traces.py --quick             # steepest alone, small sizes, one process a cell

Every cell is a process of its own, on this interpreter's version; figures are CPU seconds, garbage collection included,
the best of `--repeats` processes, and of one for what takes long and for rivals (whose imports alone take seconds). A
rival's cell is skipped when the sizes before it extrapolate to more than `--budget` seconds (the guess is shown in
parentheses) or when the run has taken `--minutes` (shown as `late`), and stopped at four times the budget; its loop
ends after the budget, with as many operations as are shown. Steepest runs every cell to its end. The whole takes some
ten minutes; what it is at goes to standard error. The exponent is the growth's over all sizes that took a millisecond.
TextGrad gets a model that answers at once and no log, so what it takes is its own; its counterpart of a bundle is a
StringBasedFunction, and there is none of tracing switched off.

Graphs of N operations over a trainable x: `chain` y = y + 1; `unary` y = f(y); `tree` sums N trainable leaves pairwise;
`star` joins N operations in one; `shared` uses x N/2 times; `layers` are 10 wide, every unit reads all units below.
"""

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from trace_cells import GRAPHS, Figures

RIVALS = {"trace-opt": "0.1.3.8", "textgrad": "0.1.8"}
IMPORTS = {"steepest": "steepest.traces", "trace-opt": "opto.trace", "textgrad": "textgrad"}
HOME = Path(__file__).parents[1] / ".venv" / "rivals"
SIZES = (100, 1_000, 10_000, 100_000, 1_000_000)
LOOP = 1_000_000
CELLS = Path(__file__).with_name("trace_cells.py")
EXPONENT = 1.1


@dataclass
class Bench:
    """Where the libraries are, and how much time there is."""

    pythons: dict[str, str]
    repeats: int
    budget: float
    deadline: float
    """When rivals are measured no more, on the monotonic clock."""
    begin: float = field(default_factory=monotonic)

    def measure(self, name: str, kind: str, *arguments: Any) -> Figures:
        """The best of the repeats; one run is enough of what takes longer than two seconds."""
        if name != "steepest" and monotonic() > self.deadline:
            return {"failed": "late"}
        runs: list[Figures] = []
        repeats = self.repeats if name == "steepest" else 1
        while len(runs) < repeats and sum(run.get("cpu", 0) + run.get("forward", 0) for run in runs) < 2:
            figures = self.once([name, kind, *arguments])
            if "failed" in figures:
                return figures
            runs.append(figures)
        return {key: min(run[key] for run in runs) for key in runs[0]}

    def once(self, order: list[Any]) -> Figures:
        """The figures of one process."""
        told = " ".join(f"{part:,.0f}" if isinstance(part, (int, float)) else part for part in order)
        print(f"[{monotonic() - self.begin:4.0f} s] {told}", file=sys.stderr, flush=True)
        try:
            finished = run_apart([self.pythons[order[0]], str(CELLS), json.dumps(order)], 60 + 4 * self.budget)
        except subprocess.TimeoutExpired:
            return {"failed": "time"}
        if finished.returncode:
            print(f"({order}: {(finished.stderr.strip() or 'no output').splitlines()[-1][:200]})", file=sys.stderr)
            return {"failed": "error"}
        figures: Figures = json.loads(finished.stdout.splitlines()[-1])
        return figures

    def import_seconds(self, name: str) -> float:
        """CPU seconds of the import in a new interpreter, less those of the interpreter itself."""
        programs = {"pass": [], f"import {IMPORTS[name]}": []}
        for _ in range(max(self.repeats, 3) if name == "steepest" else 2):
            for program, seconds in programs.items():
                before = resource.getrusage(resource.RUSAGE_CHILDREN)
                run_apart([self.pythons[name], "-c", program], 120).check_returncode()
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        base, whole = (min(seconds) for seconds in programs.values())
        return whole - base


def run_apart(command: list[str], seconds: float) -> subprocess.CompletedProcess[str]:
    """A process in a folder of its own, for the logs that libraries leave, and without a look at the network."""
    with tempfile.TemporaryDirectory() as folder:
        surroundings = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "TEXTGRAD_LOG_DIR": folder}
        return subprocess.run(
            command, capture_output=True, text=True, env=surroundings, cwd=folder, timeout=seconds, check=False
        )


def rows_of_calls(bench: Bench, name: str) -> dict[str, float | str]:
    """The figures of one library for the first table."""
    rows: dict[str, float | str] = {}
    for label in ("traced add", "bundle call", "bundle call, 5 arguments", "trainable bundle call", "node(1)"):
        if name != "textgrad" or not label.startswith("trainable"):
            rows[f"{label}, us"] = figure(bench.measure(name, "call", label), "cpu", 1e6)
    if name != "textgrad":
        rows["traced add, tracing off, us"] = figure(bench.measure(name, "quiet", "traced add"), "cpu", 1e6)
    memory = bench.measure(name, "memory", 2000)
    rows["memory a node, bytes"] = figure(memory, "held")
    rows["  after it was dropped, bytes"] = figure(memory, "left")
    rows["import, ms"] = bench.import_seconds(name) * 1e3
    return rows


def figure(figures: Figures, key: str, scale: float = 1) -> float | str:
    return figures[key] * scale if key in figures else str(figures["failed"])


TARGETS = {"traced add, us": 5, "bundle call, us": 8, "memory a node, bytes": 400, "import, ms": 50}


def print_calls(bench: Bench) -> list[str]:
    """The first table; gives the targets that are missed."""
    columns = {name: rows_of_calls(bench, name) for name in bench.pythons}
    print(f"{'CPU time and memory':<32}{'steepest':>10}{'target':>8}" + rival_heads(bench, 12))
    missed = []
    for label, ours in columns["steepest"].items():
        line = f"{label:<32}{shown(ours):>10}{TARGETS.get(label, ''):>8}"
        for name in list(columns)[1:]:
            theirs = columns[name].get(label, "-")
            factor = theirs / ours if isinstance(theirs, float) and isinstance(ours, float) and ours > 0.5 else 0
            line += f"{shown(theirs):>12}{f'{factor:.0f}x' if factor else '':>7}"
        if label in TARGETS and not (isinstance(ours, float) and ours <= TARGETS[label]):
            missed.append(f"{label}: {shown(ours)}")
        print(line)
    return missed


def rival_heads(bench: Bench, width: int) -> str:
    return "".join(f"{name:>{width}}{'':>7}" for name in list(bench.pythons)[1:])


def shown(value: float | str) -> str:
    if isinstance(value, str):
        return value
    return f"{value:.2f}" if abs(value) < 10 else f"{value:,.0f}"


def print_loop(bench: Bench, size: int) -> list[str]:
    """What a program that gets no feedback leaves behind."""
    print(f"\n{'forward only, ' + f'{size:,} operations':<44}{'done':>12}{'CPU s':>9}{'grown, MiB':>12}")
    missed = []
    for name in bench.pythons:
        run = bench.once([name, "loop", size, bench.budget if name != "steepest" else 1e6])
        if "failed" in run:
            print(f"{name:<44}{run['failed']:>12}")
            continue
        grown = run["grown"] / 2**20
        print(f"{name:<44}{run['done']:>12,}{run['cpu']:>9.1f}{grown:>12.1f}")
        if name == "steepest" and grown > 1:
            missed.append(f"forward only: grown by {grown:.1f} MiB")
    return missed


def print_backward(bench: Bench, sizes: Sequence[int]) -> list[str]:
    """The second table; gives the targets that are missed."""
    print(f"\n{'backward, CPU s':<20}" + "".join(f"{size:>11,}" for size in sizes) + f"{'exponent':>10}")
    missed = []
    for graph in GRAPHS:
        for name in bench.pythons:
            cells = backward_row(bench, name, graph, sizes)
            exponent = growth(cells)
            line = "".join(f"{f'{cell:.4f}' if isinstance(cell, float) else cell:>11}" for cell in cells.values())
            print(f"{graph:<9}{name:<11}{line}{'' if exponent is None else f'{exponent:.2f}':>10}", flush=True)
            if name == "steepest":
                missed += missed_by(graph, cells, exponent)
    return missed


def backward_row(bench: Bench, name: str, graph: str, sizes: Sequence[int]) -> dict[int, float | str]:
    """Seconds of a backward pass by size; a word for what failed or was skipped."""
    cells: dict[int, float | str] = dict.fromkeys(sizes, "")
    totals: dict[int, float | str] = {}
    for size in sizes:
        if name != "steepest" and (guess := extrapolated(totals, size)) > bench.budget:
            cells[size] = f"({guess:,.0f})" if guess < 1e6 else f"({guess:.0e})"
            break
        run = bench.measure(name, "backward", graph, size)
        if "failed" in run:
            cells[size] = run["failed"]
            break
        cells[size], totals[size] = run["cpu"], run["cpu"] + run["forward"]
    return cells


def extrapolated(totals: dict[int, float | str], size: int) -> float:
    """Seconds that a size will take, at least in proportion to the last one."""
    if not totals:
        return 0.0
    last, seconds = list(totals.items())[-1]
    assert isinstance(seconds, float)
    return seconds * (size / last) ** max(growth(totals) or 1.0, 1.0)


def growth(cells: dict[int, float | str]) -> float | None:
    """The slope of seconds over sizes, both in logarithms, by least squares."""
    points = [(math.log(size), math.log(s)) for size, s in cells.items() if isinstance(s, float) and s > 1e-3]
    if len(points) < 2:
        return None
    x0, y0 = (sum(values) / len(points) for values in zip(*points, strict=True))
    return sum((x - x0) * (y - y0) for x, y in points) / sum((x - x0) ** 2 for x, _ in points)


def missed_by(graph: str, cells: dict[int, float | str], exponent: float | None) -> list[str]:
    missed = [f"{graph}: {size:,} nodes: {cell}" for size, cell in cells.items() if not isinstance(cell, float)]
    at = cells.get(100_000)
    if isinstance(at, float) and at >= 1:
        missed.append(f"{graph}: 100,000 nodes in {at:.2f} s")
    if 100_000 in cells and exponent is not None and exponent > EXPONENT:  # of less it says little
        missed.append(f"{graph}: exponent {exponent:.2f}")
    return missed


def pythons(rivals: str | None) -> dict[str, str]:
    """The interpreter of each library; makes an environment for the rivals unless one is given."""
    found = {"steepest": sys.executable}
    if rivals == "none":
        return found
    return found | dict.fromkeys(RIVALS, rivals or made_for_rivals())


def made_for_rivals() -> str:
    """The interpreter of the rivals' own environment; it is made unless an earlier run did so to its end."""
    python, stamp = str(HOME / "bin" / "python"), HOME / ".made"
    if not stamp.exists():
        print(f"making {HOME} (1 GB, some minutes) ...", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
        wanted = [f"{name}=={number}" for name, number in RIVALS.items()]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
        stamp.touch()
    return python


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rivals", help="interpreter of an environment with the rivals, or `none`")
    parser.add_argument("--repeats", type=int, default=3, help="processes a cell of steepest (default 3)")
    parser.add_argument("--budget", type=float, default=10, help="seconds a cell of a rival may take (default 10)")
    parser.add_argument("--minutes", type=float, default=10, help="after which rivals are left out (default 10)")
    parser.add_argument("--quick", action="store_true", help="small sizes, one process a cell, no rivals unless given")
    arguments = parser.parse_args()
    quick = arguments.quick
    deadline = monotonic() + arguments.minutes * 60
    libraries = pythons(arguments.rivals or ("none" if quick else None))
    bench = Bench(libraries, 1 if quick else arguments.repeats, arguments.budget, deadline)
    versions = [f"{name} {bench.once([name, 'version'])['version']}" for name in bench.pythons]
    print(f"{', '.join(versions)}; Python {sys.version.split()[0]}")
    missed = print_calls(bench)
    missed += print_loop(bench, LOOP // 10 if quick else LOOP)
    missed += print_backward(bench, SIZES[:3] if quick else SIZES)
    print("\ntargets: " + ("all met" if not missed else "missed by " + "; ".join(missed)))


if __name__ == "__main__":
    main()
