"""Smallest conflicting sets: solves and seconds on infeasible LPs and MIPs, beside HiGHS's own IIS on the LPs.

    python benchmarks/infeasibility.py
    python benchmarks/infeasibility.py --rows 50 500 --limit 30

`transport`: plants and stores in regions, every store reached by the plants of its region and of the next; in one
region more is asked for than can get there. `lots`: in seasons of 12 periods, stock carried on and made in whole lots
of 12 that the store has no room for in one of them; the relaxation has an answer. Both methods see the same compiled
arrays in the same process, and what each calls irreducible is tested by solving: `needed` says of how many rows it is
true that the others, with all bounds, have an answer without them.
"""

import argparse
import random
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from steepest.solvers.backends.highs import handed_over
from steepest.solvers.backends.scaling import scaled
from steepest.solvers.data.binding import bind
from steepest.solvers.formulation import Formulation
from steepest.solvers.infeasibility.budget import ExplanationBudget
from steepest.solvers.infeasibility.conflicts import smallest_in
from steepest.solvers.infeasibility.requirements import Requirement, families
from steepest.solvers.infeasibility.row_probe import RowProbe
from steepest.solvers.options import SolveOptions
from steepest.solvers.vectorized.compile import CompiledModel, compile_formulation

SIZES = (50, 200, 500, 1000, 2000, 5000)
TRANSPORT = """
sets:
  Plant = 1..{plants}
  Store = 1..{stores}
  Lane = {{(p, s) for p in Plant, s in Store if home[p] == area[s] or home[p] == area[s] + 1}}
parameters:
  home[Plant] = {home}
  area[Store] = {area}
  supply[Plant] = {supply}
  demand[Store] = {demand}
variables:
  ship[Lane]: real >= 0
minimize: sum(ship[p, s] for (p, s) in Lane)
constraints:
  available[p in Plant]: sum(ship[p, s] for (q, s) in Lane if q == p) <= supply[p]
  delivered[s in Store]: sum(ship[p, s] for (p, r) in Lane if r == s) >= demand[s]
"""
LOTS = """
sets:
  Period = 1..{periods}
parameters:
  demand[Period] = {demand}
  is_first[Period] = {is_first}
variables:
  lots[Period]: integer in 0..9
  stock[Period]: real >= 0
minimize: sum(stock[t] for t in Period)
constraints:
  opened[t in Period if is_first[t] == 1]: stock[t] == 12 * lots[t] - demand[t]
  balance[t in Period if is_first[t] == 0]: stock[t] == stock[t-1] + 12 * lots[t] - demand[t]
  room[t in Period]: stock[t] <= 9
"""


@dataclass(frozen=True)
class Result:
    """What one method came to."""

    rows: int | None
    """Rows of the conflicting set; None where it gave none."""
    needed: str
    solves: int | None
    seconds: float


def transport(rows: int) -> Formulation:
    draw = random.Random(rows)
    stores = rows // 2
    plants, regions = rows - stores, max(2, rows // 20)
    plant_region = [place * regions // plants for place in range(plants)]
    store_region = [place * regions // stores for place in range(stores)]
    short = draw.randrange(regions)
    supply = [draw.randint(80, 120) for _ in range(plants)]
    demand = [draw.randint(40, 60) * (8 if store_region[place] == short else 1) for place in range(stores)]
    return Formulation.from_text(
        TRANSPORT.format(
            plants=plants,
            stores=stores,
            home=plant_region,
            area=store_region,
            supply=supply,
            demand=demand,
        )
    )


def lots(rows: int) -> Formulation:
    draw = random.Random(rows)
    periods = rows // 2
    is_first = [int(place % 12 == 0) for place in range(periods)]
    demand = [12 * draw.randint(1, 3) - 3 * (place % 12 == 5) for place in range(periods)]
    season = 12 * draw.randrange(periods // 12)
    demand[season + draw.randint(1, 4)] += 2  # leaves 10 of the last lot, one more than there is room for
    return Formulation.from_text(LOTS.format(periods=periods, demand=demand, is_first=is_first))


def compiled(formulation: Formulation) -> CompiledModel:
    return compile_formulation(formulation, bind(formulation))


def ours(model: CompiledModel, limit: float) -> Result:
    spending = ExplanationBudget(solves=10**6, seconds=limit).spending()
    found = smallest_in(model, spending)
    seconds = spending.seconds
    if found is None:
        return Result(None, "", spending.solves, seconds)
    rows = sorted(int(row) for each in found.requirements if each.kind == "constraint" for row in each.at)
    return Result(len(rows), needed(model, rows), spending.solves, seconds)


def highs(model: CompiledModel, limit: float) -> Result:
    solver: Any = handed_over(scaled(model).model, SolveOptions())
    solver.setOptionValue("iis_strategy", 4)
    solver.setOptionValue("iis_time_limit", limit)
    begin = perf_counter()
    _, iis = solver.getIis()
    seconds = perf_counter() - begin
    rows = sorted(iis.row_index_)
    return Result(len(rows) if rows else None, needed(model, rows) if rows and seconds < limit else "", None, seconds)


def needed(model: CompiledModel, rows: list[int]) -> str:
    """Of how many rows it is so that the others are feasible without them; `feasible` if they don't conflict at all."""
    probe = RowProbe(model, ExplanationBudget(solves=10**6, seconds=600).spending())
    others = [each for each in families(model) if each.kind != "constraint"]

    def test(kept: list[int]) -> bool | None:
        return probe([Requirement("constraint", "", np.array(kept, np.int64)), *others])

    if test(rows) is not False:
        return "feasible"
    return f"{sum(test([row for row in rows if row != left]) is True for left in rows)}/{len(rows)}"


def line(kind: str, model: CompiledModel, method: str, result: Result, limit: float) -> str:
    rows = "none" if result.rows is None else str(result.rows)
    solves = "" if result.solves is None else str(result.solves)
    late = " (limit)" if result.seconds >= limit else ""
    size = f"{kind:<10} {model.problem_class:<4} {model.rows:>6,} {model.columns:>8,}"
    return f"{size}  {method:<9} {rows:>5} {result.needed:>9} {solves:>6} {result.seconds:>8.2f}{late}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for each set")
    arguments = parser.parse_args()
    print("problem    class   rows  columns  method     found    needed solves  seconds")
    for size in arguments.rows:
        for kind, build in (("transport", transport), ("lots", lots)):
            model = compiled(build(size))
            print(line(kind, model, "steepest", ours(model, arguments.limit), arguments.limit), flush=True)
            if model.problem_class == "LP":
                print(line(kind, model, "HiGHS IIS", highs(model, arguments.limit), arguments.limit), flush=True)


if __name__ == "__main__":
    main()
