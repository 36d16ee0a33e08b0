"""What an earlier answer is worth as the start of an LP: production and stock of many products over many periods.

    python benchmarks/starts.py                   # 20,160 rows, 38,400 columns
    python benchmarks/starts.py --products 60 --periods 50

The start is the answer of the LP as it is first; what is solved from it has other data. Of every solve, on one thread,
the seconds of the solver alone are told, and how many steps the simplex method was last seen to have taken.
"""

import argparse
from collections.abc import Iterator

import numpy as np

from steepest.solvers.control import SolveControl, SolveProgress
from steepest.solvers.formulation import Formulation
from steepest.solvers.solution import Solution, VariableValue

TEXT = """
sets:
  Product = 1..{products}
  Period = 1..{periods}
  Resource = 1..8
parameters:
  demand[Product, Period] = missing
  cost[Product, Period] = missing
  holding[Product, Period] = missing
  use[Resource, Product] = missing
  most[Resource] = missing
variables:
  make[Product, Period]: real >= 0
  stock[Product, Period]: real >= 0
minimize: sum(cost[p, t] * make[p, t] + holding[p, t] * stock[p, t] for p in Product, t in Period)
constraints:
  first[p in Product]: make[p, 1] == stock[p, 1] + demand[p, 1]
  balance[p in Product, t in Period if t > 1]: make[p, t] + stock[p, t - 1] == stock[p, t] + demand[p, t]
  capacity[r in Resource, t in Period]: sum(use[r, p] * make[p, t] for p in Product) <= most[r]
"""
Tables = dict[str, np.ndarray]


def main() -> None:
    """Print a line for each change of the data."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, default=160)
    parser.add_argument("--periods", type=int, default=120)
    given = parser.parse_args()
    formulation = Formulation.from_text(TEXT.format(products=given.products, periods=given.periods))
    tables = _tables(given.products, given.periods)
    first = formulation.solve(tables, threads=1)
    print(f"{first.size[0]:,} rows, {first.size[1]:,} columns")
    print(f"{'what is different':22} {'from scratch':>22} {'from the start':>22}")
    for name, changed, start in _cases(tables, first):
        without, with_start = _told(formulation, changed, None), _told(formulation, changed, start)
        print(f"{name:22} {without:>22} {with_start:>22}", flush=True)


def _told(formulation: Formulation, tables: Tables, start: Solution | None) -> str:
    seen: list[SolveProgress] = []
    solution = formulation.solve(tables, threads=1, start=start, control=SolveControl(seen.append))
    steps = max((each.iterations or 0 for each in seen), default=0)
    given_up = ", given up" if solution.note else ""
    return f"{solution.seconds:.2f} s, {steps:,}{given_up}"


def _tables(products: int, periods: int) -> Tables:
    random = np.random.default_rng(0)
    use = random.uniform(0.1, 2, (8, products))
    return {
        "demand": random.uniform(0, 20, (products, periods)),
        "cost": random.uniform(1, 9, (products, periods)),
        "holding": random.uniform(0.1, 0.9, (products, periods)),
        "use": use,
        "most": 12.5 * use.sum(axis=1),
    }


def _cases(tables: Tables, first: Solution) -> Iterator[tuple[str, Tables, Solution]]:
    random = np.random.default_rng(9)

    def times(name: str, low: float, high: float) -> Tables:
        return tables | {name: tables[name] * random.uniform(low, high, tables[name].shape)}

    yield "nothing", tables, first
    yield "demand by 1 %", times("demand", 0.99, 1.01), first
    yield "costs by 5 %", times("cost", 0.95, 1.05), first
    yield "costs by half", times("cost", 0.5, 2), first
    other = [VariableValue(each.name, each.index, 0.0) for each in first.variables]
    yield "nothing; zeros to start", tables, first.model_copy(update={"variables": other})


if __name__ == "__main__":
    main()
