"""Lot-sizing problems made from a seed, and HiGHS with options on them, its work counted."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np

MOST_NODES = 5_000
"""Of branch and bound, after which a solve counts as not finished."""
UNFINISHED = 10.0
"""The work of a solve that did not finish counts so many times."""


@dataclass(frozen=True)
class Solved:
    """How HiGHS ended, and the work that it took: the same on every machine."""

    objective: float
    iterations: int
    """Of the simplex method, in all linear problems together."""
    nodes: int
    is_finished: bool

    @property
    def work(self) -> float:
        """Simplex iterations, ten for each node for what is done beside them there, and one for presolve."""
        work = 1 + self.iterations + 10 * self.nodes
        return work if self.is_finished else UNFINISHED * work


def instance(seed: int, *, products: int = 3, periods: int = 10) -> dict[str, Any]:
    """Demands and costs of products that share a machine, whose capacity is a little more than what is needed; JSON."""
    source = random.Random(f"lot sizing/{seed}")
    demand = [[source.choice([0, source.randint(10, 60)]) for _ in range(periods)] for _ in range(products)]
    setup_time = [source.randint(5, 15) for _ in range(products)]
    totals = accumulate(map(sum, zip(*demand, strict=True)))
    busiest = max(total / (place + 1) for place, total in enumerate(totals))
    return {
        "name": f"lots-{seed}",
        "demand": demand,
        "setup": [source.randint(60, 200) for _ in range(products)],
        "holding": [source.choice([1, 2, 3]) for _ in range(products)],
        "setup_time": setup_time,
        "capacity": round(busiest) + sum(setup_time) + 1,
    }


def instances(first: int, count: int, *, periods: int = 10) -> list[dict[str, Any]]:
    """So many instances, from one seed on."""
    return [instance(seed, periods=periods) for seed in range(first, first + count)]


def solve(example: Mapping[str, Any], options: Mapping[str, Any]) -> Solved:
    """Solve an instance with HiGHS on one thread.

    Args:
        example: Of `instance`.
        options: HiGHS's own, by name, beside a fixed random seed.
    """
    import highspy

    solver = highspy.Highs()
    fixed = {"output_flag": False, "threads": 1, "random_seed": 0, "mip_max_nodes": MOST_NODES, "mip_rel_gap": 1e-6}
    for name, value in {**fixed, **options}.items():
        if solver.setOptionValue(name, value) != highspy.HighsStatus.kOk:
            raise ValueError(f"HiGHS has no option {name} with the value {value!r}")
    if solver.passModel(_model(example)) == highspy.HighsStatus.kError:
        raise ValueError(f"HiGHS does not take the instance {example['name']}")
    solver.run()
    info = solver.getInfo()
    return Solved(
        objective=info.objective_function_value,
        iterations=max(info.simplex_iteration_count, 0),
        nodes=max(int(info.mip_node_count), 0),
        is_finished=solver.getModelStatus() == highspy.HighsModelStatus.kOptimal,
    )


def _model(example: Mapping[str, Any]) -> Any:
    """Columns: lot, stock after the period (each for product and period), and whether there is a set-up.

    Rows: stock before + lot - stock after = demand; lot <= what may be needed, if set up; hours of a period.
    """
    import highspy

    demand = np.array(example["demand"], dtype=float)
    products, periods = demand.shape
    count = products * periods
    big = [min(example["capacity"], float(demand[p, t:].sum())) for p in range(products) for t in range(periods)]
    lot, stock, setup = (lambda p, t, part=part: part * count + p * periods + t for part in range(3))
    rows: list[tuple[float, float, dict[int, float]]] = []
    for p in range(products):
        for t in range(periods):
            balance = {lot(p, t): 1.0, stock(p, t): -1.0} | ({stock(p, t - 1): 1.0} if t else {})
            rows.append((demand[p, t], demand[p, t], balance))
            rows.append((-np.inf, 0.0, {lot(p, t): 1.0, setup(p, t): -big[p * periods + t]}))
    for t in range(periods):
        hours = {lot(p, t): 1.0 for p in range(products)}
        hours |= {setup(p, t): float(example["setup_time"][p]) for p in range(products)}
        rows.append((-np.inf, float(example["capacity"]), hours))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = 3 * count, len(rows)
    lp.col_cost_ = np.concatenate(
        [np.zeros(count), np.repeat(example["holding"], periods), np.repeat(example["setup"], periods)]
    ).astype(float)
    lp.col_lower_ = np.zeros(3 * count)
    lp.col_upper_ = np.concatenate([np.full(2 * count, np.inf), np.ones(count)])
    integer, continuous = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
    lp.integrality_ = [continuous] * (2 * count) + [integer] * count
    lp.row_lower_ = np.array([low for low, _, _ in rows])
    lp.row_upper_ = np.array([high for _, high, _ in rows])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0, *(len(row) for _, _, row in rows)]).astype(np.int32)
    lp.a_matrix_.index_ = np.array([column for _, _, row in rows for column in row], dtype=np.int32)
    lp.a_matrix_.value_ = np.array([value for _, _, row in rows for value in row.values()])
    return lp
