"""What sets of tuples cost, by their size: a network whose arcs come from a table, compiled to arrays.

    python benchmarks/sparse_sets.py                # 10,000, 100,000 and 1,000,000 arcs
    python benchmarks/sparse_sets.py --sizes 50000

A tenth as many nodes as arcs. Each node's balance looks up its arcs by their first and by their last label
(`for (i, j) in Arc if i == n`), which is a join and no scan for each node. Every size is a process of its own; `bind`
and `compile` are seconds of the processor, `peak` is the memory over what the process held with the table read.
"""

import argparse
import json
import resource
import subprocess
import sys
from time import process_time
from typing import Any

NETWORK = """
sets:
  Node = {n0}
  Arc = {(n0, n0)}
parameters:
  cost[Arc] = missing
  supply[Node] = missing
variables:
  flow[Arc]: real >= 0
minimize: sum(cost[i, j] * flow[i, j] for (i, j) in Arc)
constraints:
  balance[n in Node]: sum(flow[i, j] for (i, j) in Arc if i == n) - sum(flow[i, j] for (i, j) in Arc if j == n) == supply[n]
  cap[(i, j) in Arc]: flow[i, j] <= 100
"""  # noqa: E501  # a line of the language
SIZES = (10_000, 100_000, 1_000_000)


def network(arcs: int) -> dict[str, Any]:
    """The tables of a random network."""
    import numpy as np
    import pandas

    random = np.random.default_rng(7)
    drawn = np.unique(random.integers(0, arcs // 10, (2 * arcs, 2)), axis=0)
    ends = drawn[random.permutation(len(drawn))[:arcs]]
    frame = pandas.DataFrame(
        {"from": [f"n{end}" for end in ends[:, 0]], "to": [f"n{end}" for end in ends[:, 1]]}
    ).assign(cost=random.uniform(1, 9, len(ends)).round(2))
    nodes = sorted(set(frame["from"]) | set(frame["to"]))
    return {
        "Node": pandas.DataFrame({"Node": nodes}),
        "Arc": frame[["from", "to"]],
        "cost": frame,
        "supply": pandas.DataFrame({"Node": nodes, "supply": 0.0}),
    }


def measured(arcs: int) -> dict[str, float]:
    """Seconds and bytes of one size."""
    from steepest.solvers.data.binding import bind
    from steepest.solvers.formulation import Formulation
    from steepest.solvers.vectorized.compile import compile_formulation

    formulation, tables = Formulation.from_text(NETWORK), network(arcs)
    held, begin = _peak(), process_time()
    data = bind(formulation, tables)
    bound = process_time()
    model = compile_formulation(formulation, data)
    compiled = process_time()
    return {
        "arcs": arcs,
        "nonzeros": model.nonzeros,
        "bind": bound - begin,
        "compile": compiled - bound,
        "peak": _peak() - held,
    }


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    """Measure each size in a process of its own and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--alone", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.alone:
        print(json.dumps(measured(arguments.alone)))
        return
    print(f"{'arcs':>10} {'nonzeros':>10} {'bind s':>8} {'compile s':>10} {'us/nonzero':>11} {'bytes/nonzero':>14}")
    for size in arguments.sizes:
        command = [sys.executable, __file__, "--alone", str(size)]
        found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        each = 1e6 * (found["bind"] + found["compile"]) / found["nonzeros"]
        print(
            f"{found['arcs']:>10,} {found['nonzeros']:>10,} {found['bind']:>8.2f} {found['compile']:>10.2f} "
            f"{each:>11.2f} {found['peak'] / found['nonzeros']:>14.0f}"
        )


if __name__ == "__main__":
    main()
