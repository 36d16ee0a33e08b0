"""How long exact linearization and compilation take, by the number of terms, and by which power of it they grow.

    python benchmarks/linearization.py                     # 10^4, 10^5 and 10^6 terms of every kind
    python benchmarks/linearization.py --largest 100000

`seconds` is processor time of this process from a formulation with its data to the arrays that HiGHS takes, the best of
the repeats; nothing is solved. `exponent` is the slope between the smallest and the largest size in a plot with
logarithmic axes: 1 is linear. The model of `plain` needs no linearization, for comparison.
"""

import argparse
import math
from collections.abc import Iterator
from time import process_time

import numpy as np

from steepest.solvers.data.binding import bind
from steepest.solvers.data.instance_data import Data
from steepest.solvers.formulation import Formulation
from steepest.solvers.vectorized.compile import CompiledModel, compile_formulation

SMALLEST = 10_000

HEAD = """
sets:
  I = 1..{size}
parameters:
  a[I] = missing
variables:
  x[I]: real in -10..10
  y[I]: binary
  n[I]: integer in 0..7
"""

KINDS = {
    "plain": "minimize: sum(a[i] * x[i] for i in I)\nconstraints:\n  c[i in I]: x[i] <= 9 * y[i] + n[i]\n",
    "abs, convex": "minimize: sum(abs(x[i] - a[i]) for i in I)\n",
    "abs, big-M": "maximize: sum(abs(x[i] - a[i]) for i in I)\n",
    "max of three": "maximize: sum(max(x[i], a[i], 3 - x[i]) for i in I)\n",
    "binary times real": "maximize: sum(a[i] * y[i] * x[i] for i in I)\n",
    "integer times real": "maximize: sum(a[i] * n[i] * x[i] for i in I)\n",
    "implies": "maximize: sum(x[i] - y[i] for i in I)\nconstraints:\n  c[i in I]: implies(x[i] > a[i], y[i] == 1)\n",
    "either": "maximize: sum(a[i] * x[i] for i in I)\nconstraints:\n  c[i in I]: either(x[i] <= a[i], n[i] >= 3)\n",
    "piecewise": "maximize: sum(piecewise(x[i], (-10, a[i]), (0, 2), (5, a[i]), (10, 9)) for i in I)\n",
}


def instance(kind: str, size: int) -> tuple[Formulation, Data]:
    """A formulation with one term of a kind for each element of its set."""
    formulation = Formulation.from_text(HEAD.format(size=size) + KINDS[kind])
    return formulation, bind(formulation, {"a": np.random.default_rng(7).uniform(-5, 5, size).round(3)})


def compiled(kind: str, size: int, repeats: int) -> tuple[float, CompiledModel]:
    """The least seconds of the repeats, and the model."""
    formulation, data = instance(kind, size)
    best = math.inf
    for _ in range(repeats):
        begin = process_time()
        model = compile_formulation(formulation, data)
        best = min(best, process_time() - begin)
    return best, model


def table(sizes: list[int], repeats: int) -> Iterator[str]:
    """The lines of the table, as they are measured."""
    heads = "".join(f"{f'{size:,}':>12}" for size in sizes)
    yield f"{'terms':20}{heads}{'exponent':>10}{'rows':>12}{'columns':>12}{'binaries':>12}"
    for kind in KINDS:
        found = [compiled(kind, size, repeats) for size in sizes]
        seconds, model = [each[0] for each in found], found[-1][1]
        slope = math.log(seconds[-1] / seconds[0]) / math.log(sizes[-1] / sizes[0])
        times = "".join(f"{each:>10.3f} s" for each in seconds)
        binaries = sum(step.binaries for step in model.steps)
        yield f"{kind:20}{times}{slope:>10.2f}{model.rows:>12,}{model.columns:>12,}{binaries:>12,}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--largest", type=int, default=1_000_000, help="the largest number of terms")
    parser.add_argument("--repeats", type=int, default=2, help="how often each is measured; the best counts")
    arguments = parser.parse_args()
    sizes = [SMALLEST]
    while sizes[-1] * 10 <= arguments.largest:
        sizes.append(sizes[-1] * 10)
    for line in table(sizes, arguments.repeats):
        print(line, flush=True)


if __name__ == "__main__":
    main()
