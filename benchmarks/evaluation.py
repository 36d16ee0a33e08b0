"""What batch evaluation itself costs, when the model and the method take no time, beside inspect_ai.

    python benchmarks/evaluation.py                      # makes .venv/inspect with inspect_ai on the first run (400 MB)
    python benchmarks/evaluation.py --inspect PYTHON     # the interpreter of an environment that has it
    python benchmarks/evaluation.py --inspect none       # steepest alone
    python benchmarks/evaluation.py --quick              # steepest alone, few problems

Every cell is a process of its own. A problem's text has some 600 characters and its answer is a number. `instant`
answers without a model: the cost is the runner's, the grading and the records. `direct` asks a model that answers at
once: prompts, replies that are kept before they are used, and transcripts come on top. `agent` is a Python function,
which can travel, and is asked in this process or on a Ray cluster of two workers on this machine, whose start is not
counted as overhead: it is the difference of two sizes. inspect_ai gets a solver that answers at once and scores by
`match`. A figure a problem is the whole run's time divided by its problems; the load of the machine stands below.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from evaluation_cells import Figures

CELLS = Path(__file__).with_name("evaluation_cells.py")
HOME = Path(__file__).parents[1] / ".venv" / "inspect"
INSPECT = "0.3.285"
SIZES = (1_000, 10_000)
CONCURRENCY = 64
AGENT = "agent:evaluation_cells:answer"
TARGET_MS = 5.0
FLAT = 1.5
"""How much more memory ten times the problems may take, their own list included."""


def measured(python: str, *order: Any) -> Figures:
    """The figures of a cell; raises what broke in it."""
    shown = [os.path.basename(each) if isinstance(each, Path) else str(each) for each in order]
    print(f"({' '.join(shown)})", file=sys.stderr, flush=True)
    surroundings = {**os.environ, "PYTHONPATH": str(CELLS.parent), "INSPECT_LOG_LEVEL": "error"}
    command = [python, str(CELLS), json.dumps([str(each) if isinstance(each, Path) else each for each in order])]
    done = subprocess.run(command, capture_output=True, text=True, env=surroundings, cwd=CELLS.parent, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(shown)} failed:\n{done.stderr[-3000:]}")
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def print_run(label: str, problems: int, figures: Figures) -> None:
    each, cpu = (1e3 * figures[key] / problems for key in ("seconds", "cpu"))
    disk = figures["bytes"] / problems
    print(f"{label:<34}{problems:>9,}{each:>11.2f}{cpu:>9.2f}{mebibytes(figures):>11.0f}{disk:>12,.0f}", flush=True)


def mebibytes(figures: Figures) -> float:
    return float(figures["peak"]) / 2**20


def run_cells(method: str, engine: str, sizes: tuple[int, ...]) -> dict[int, Figures]:
    """Runs of these sizes."""
    found = {}
    for problems in sizes:
        with tempfile.TemporaryDirectory(prefix="steepest-bench-") as folder:
            found[problems] = measured(sys.executable, "run", Path(folder), method, problems, CONCURRENCY, engine)
        print_run(f"steepest, {method.partition(':')[0]}, {engine}", problems, found[problems])
    return found


def print_steepest(sizes: tuple[int, ...]) -> list[str]:
    """Overhead and memory; gives the targets that are missed."""
    missed = []
    for method in ("instant", "direct"):
        found = run_cells(method, "local", sizes)
        small, large = (found[size] for size in (sizes[0], sizes[-1]))
        each = 1e3 * large["seconds"] / sizes[-1]
        if method == "instant" and each >= TARGET_MS:
            missed.append(f"{method}: {each:.1f} ms a problem")
        if large["peak"] > FLAT * small["peak"]:
            missed.append(f"{method}: {mebibytes(small):.0f} MiB grow to {mebibytes(large):.0f} MiB")
    return missed


def print_ray(sizes: tuple[int, ...]) -> None:
    """The same agent in this process and on a cluster."""
    for engine in ("local", "ray"):
        found = run_cells(AGENT, engine, sizes)
        more = sizes[-1] - sizes[0]
        seconds = found[sizes[-1]]["seconds"] - found[sizes[0]]["seconds"]
        print(f"{'  each further problem':<43}{1e3 * seconds / more:>11.2f}")


def print_inspect(python: str, sizes: tuple[int, ...]) -> None:
    for problems in sizes:
        with tempfile.TemporaryDirectory(prefix="steepest-bench-") as folder:
            figures = measured(python, "inspect", Path(folder), problems, CONCURRENCY)
        print_run(f"inspect_ai {measured(python, 'version', 'inspect_ai')['version']}", problems, figures)


def print_afterwards(problems: int) -> None:
    """What a finished run costs: to be started again, and to be reported."""
    with tempfile.TemporaryDirectory(prefix="steepest-bench-") as folder:
        place = Path(folder)
        measured(sys.executable, "run", place, "direct", problems, CONCURRENCY, "local")
        restart = measured(sys.executable, "again", place, "direct", problems, CONCURRENCY, "local")
        page = measured(sys.executable, "report", place)
    print(f"\na finished run of {problems:,} problems (direct)")
    print(f"{'  started again':<34}{restart['seconds']:>8.1f} s{mebibytes(restart):>11.0f} MiB")
    print(f"{'  report':<34}{page['seconds']:>8.1f} s{mebibytes(page):>11.0f} MiB", end="")
    print(f"{page['bytes'] / 1e6:>11.1f} MB page")


def inspect_python(given: str | None) -> str | None:
    """The interpreter that has inspect_ai; makes an environment for it unless one is given."""
    if given is not None:
        return None if given == "none" else given
    python, stamp = str(HOME / "bin" / "python"), HOME / ".made"
    if not stamp.exists():
        print(f"making {HOME} (400 MB) ...", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", f"inspect_ai=={INSPECT}"], check=True)
        stamp.touch()
    return python


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inspect", help="interpreter of an environment with inspect_ai, or `none`")
    parser.add_argument("--quick", action="store_true", help="100 and 1,000 problems, no inspect_ai unless given")
    arguments = parser.parse_args()
    sizes = (100, 1_000) if arguments.quick else SIZES
    python = inspect_python("none" if arguments.quick and arguments.inspect is None else arguments.inspect)
    print(f"{'':<34}{'problems':>9}{'ms each':>11}{'CPU ms':>9}{'peak MiB':>11}{'bytes each':>12}")
    missed = print_steepest(sizes)
    if find_spec("ray") is None:
        print("ray is not installed: pip install 'steepest[ray]'")
    else:
        print_ray(sizes)
    if python is not None:
        print_inspect(python, sizes)
    print_afterwards(sizes[-1])
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"\n{os.cpu_count()} cores, load {load}; Python {sys.version.split()[0]}")
    print("targets: " + ("all met" if not missed else "missed by " + "; ".join(missed)))


if __name__ == "__main__":
    main()
