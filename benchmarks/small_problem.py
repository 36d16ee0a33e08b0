"""What steepest adds to the solver's own time on a ten-variable problem, from `.five` text to printed answer.

    python benchmarks/small_problem.py
    python benchmarks/small_problem.py --repeats 200

The same process runs the command `steepest run` again and again on one file; `total` is wall clock from text to the
last printed line, `solver` what HiGHS took of it, `overhead` the difference. Warm: the imports of the first run are
shown apart.
"""

import argparse
import contextlib
import io
import json
import statistics
import tempfile
from pathlib import Path
from time import perf_counter

from steepest.cli import main as steepest

TEXT = """
# Which of ten parcels to carry
sets:
  Parcel = 1..10
parameters:
  worth[Parcel] = [60, 100, 120, 35, 80, 45, 90, 20, 75, 55]   # [$]
  weight[Parcel] = [10, 20, 30, 8, 17, 9, 22, 5, 16, 12]   # [kg]
  capacity = 70   # [kg]
variables:
  carry[Parcel]: binary
maximize: sum(worth[p] * carry[p] for p in Parcel)   # [$]
constraints:
  room: sum(weight[p] * carry[p] for p in Parcel) <= capacity
"""


def one_run(path: Path) -> tuple[float, float]:
    """Seconds from text to printed answer, and the solver's share of them."""
    printed = io.StringIO()
    begin = perf_counter()
    with contextlib.redirect_stdout(printed):
        code = steepest(["run", str(path), "--quiet", "--format", "json"])
    seconds = perf_counter() - begin
    if code != 0:
        raise SystemExit(f"the run ended with exit code {code}")
    return seconds, float(json.loads(printed.getvalue())["solver"]["seconds"])


def main() -> None:
    """Run it once cold and often warm, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=50)
    repeats = parser.parse_args().repeats
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "parcels.five"
        path.write_text(TEXT)
        cold = one_run(path)[0]
        runs = [one_run(path) for _ in range(repeats)]
    print(f"first run in the process, imports included: {cold * 1e3:.0f} ms")
    print(f"{'ms':<10} {'total':>8} {'solver':>8} {'overhead':>9}")
    for name, pick in (("median", statistics.median), ("worst", max)):
        figures = [pick(t for t, _ in runs), pick(s for _, s in runs), pick(t - s for t, s in runs)]
        print(f"{name:<10} {figures[0] * 1e3:>8.1f} {figures[1] * 1e3:>8.1f} {figures[2] * 1e3:>9.1f}")


if __name__ == "__main__":
    main()
