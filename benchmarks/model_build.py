"""How long it takes to build a transportation LP and hand it to HiGHS, and how much memory, by route.

    python benchmarks/model_build.py                       # 300 x 300 arcs, every route that is installed
    python benchmarks/model_build.py --size 1000 --skip pyomo
    python benchmarks/model_build.py --repeats 5

Routes: hand-written arrays (one `passModel`), steepest (its five-element text, compiled), linopy, and Pyomo with its
fastest HiGHS interface. Every measurement is a process of its own; imports, the data and the reading of steepest's
text (3 ms, the same at every size) are not counted. `cpu` is the best of the repeats, `memory` the peak over what the
process held right before building. All routes must hand over the same number of rows, columns and nonzeros, or the
run fails.

The rivals are no dependencies: `pip install linopy` to see it in the table.
"""

import argparse
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

TRANSPORT = """
# Cheapest shipping from plants to markets
sets:
  Plant = 1..{size}
  Market = 1..{size}
parameters:
  cost[Plant, Market] = missing
  supply[Plant] = missing
  demand[Market] = missing
variables:
  ship[Plant, Market]: real >= 0
minimize: sum(cost[i, j] * ship[i, j] for i in Plant for j in Market)
constraints:
  stock[i in Plant]: sum(ship[i, j] for j in Market) <= supply[i]
  need[j in Market]: sum(ship[i, j] for i in Plant) >= demand[j]
"""


def transport_data(size: int) -> dict[str, Any]:
    """Costs, supplies and demands of a feasible instance."""
    random = np.random.default_rng(7)
    demand = random.uniform(5, 15, size).round(2)
    return {
        "cost": random.uniform(1, 20, (size, size)).round(3),
        "demand": demand,
        "supply": (random.uniform(1.2, 1.6, size) * demand.sum() / size).round(2),
    }


def by_hand(data: dict[str, Any]) -> Any:
    """The arrays as somebody who knows HiGHS writes them: each row's columns in compressed sparse row form."""
    import highspy

    size = len(data["supply"])
    columns = size * size
    numbers = np.arange(columns, dtype=np.int32)
    indices = np.concatenate([numbers, numbers.reshape(size, size).T.ravel()])
    starts = np.arange(0, 2 * columns + 1, size, dtype=np.int32)
    free = np.full(size, np.inf)
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    none = np.empty(0, np.int32)
    solver.passModel(
        columns, 2 * size, 2 * columns, 0, int(highspy.MatrixFormat.kRowwise), 1, 1, 0.0,
        data["cost"].ravel(), np.zeros(columns), np.full(columns, np.inf),
        np.concatenate([-free, data["demand"]]), np.concatenate([data["supply"], free]),
        starts, indices, np.ones(2 * columns), none, none, np.empty(0), np.zeros(columns, np.int32),
    )  # fmt: skip
    return solver


def by_steepest(data: dict[str, Any]) -> Any:
    """Data bound as arrays, compiled, handed over."""
    from steepest.solvers.backends.highs import handed_over
    from steepest.solvers.data.binding import bind
    from steepest.solvers.options import SolveOptions
    from steepest.solvers.vectorized.compile import compile_formulation

    formulation = transport_formulation(len(data["supply"]))
    return handed_over(compile_formulation(formulation, bind(formulation, data)), SolveOptions())


@cache
def transport_formulation(size: int) -> Any:
    """The formulation, read from its text."""
    from steepest.solvers.formulation import Formulation

    return Formulation.from_text(TRANSPORT.format(size=size))


def by_linopy(data: dict[str, Any]) -> Any:
    """As linopy's documentation writes it, vectorized over xarray dimensions."""
    import linopy
    import xarray

    size = len(data["supply"])
    model = linopy.Model()
    names = [np.arange(size), np.arange(size)]
    ship = model.add_variables(lower=0, coords=names, dims=["i", "j"], name="ship")
    model.add_constraints(ship.sum("j") <= xarray.DataArray(data["supply"], dims=["i"]), name="stock")
    model.add_constraints(ship.sum("i") >= xarray.DataArray(data["demand"], dims=["j"]), name="need")
    model.add_objective((xarray.DataArray(data["cost"], dims=["i", "j"]) * ship).sum())
    return model.to_highspy()


def by_pyomo(data: dict[str, Any]) -> Any:
    """A concrete model with rules, through appsi_highs, the faster of Pyomo's two HiGHS interfaces."""
    import pyomo.environ as pyo
    from pyomo.contrib.appsi.solvers import Highs

    cost, demand, supply = (data[name].tolist() for name in ("cost", "demand", "supply"))
    model = pyo.ConcreteModel()
    model.I = pyo.RangeSet(0, len(supply) - 1)
    model.J = pyo.RangeSet(0, len(demand) - 1)
    model.ship = pyo.Var(model.I, model.J, domain=pyo.NonNegativeReals)
    model.cost = pyo.Objective(expr=sum(cost[i][j] * model.ship[i, j] for i in model.I for j in model.J))
    model.stock = pyo.Constraint(model.I, rule=lambda m, i: sum(m.ship[i, j] for j in m.J) <= supply[i])
    model.need = pyo.Constraint(model.J, rule=lambda m, j: sum(m.ship[i, j] for i in m.I) >= demand[j])
    interface = Highs()
    interface.set_instance(model)
    return interface._solver_model


ROUTES: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "by hand": (by_hand, "highspy"),
    "steepest": (by_steepest, "steepest"),
    "linopy": (by_linopy, "linopy"),
    "pyomo": (by_pyomo, "pyomo"),
}


def peak_mib() -> float:
    """The most memory this process has held (Linux)."""
    return _status_mib("VmHWM")


def _status_mib(field: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    raise SystemExit("memory is measured through /proc, which this system does not have")


def measure(route: str, size: int) -> None:
    """One build in this process; its figures as JSON on standard output."""
    build, _ = ROUTES[route]
    build(transport_data(3))  # imports, and whatever a library does at its first call
    data = transport_data(size)
    if route == "steepest":
        transport_formulation(size)
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    before, begin = _status_mib("VmRSS"), process_time()
    solver = build(data)
    seconds = process_time() - begin
    shape = solver.getNumRow(), solver.getNumCol(), solver.getNumNz()
    sys.stdout.write(json.dumps({"cpu": seconds, "mib": peak_mib() - before, "shape": shape}) + "\n")


def best_of(route: str, size: int, repeats: int) -> dict[str, Any]:
    """The best CPU time and the smallest peak of several fresh processes."""
    command = [sys.executable, __file__, "--size", str(size), "--measure", route]
    runs = [
        json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()[-1])
        for _ in range(repeats)
    ]
    return {"cpu": min(r["cpu"] for r in runs), "mib": min(r["mib"] for r in runs), "shape": runs[0]["shape"]}


def main() -> None:
    """Measure every route and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=300, help="plants and markets each (default 300)")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--skip", nargs="*", default=[], choices=list(ROUTES))
    parser.add_argument("--measure", choices=list(ROUTES), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        measure(arguments.measure, arguments.size)
        return
    found: dict[str, dict[str, Any]] = {}
    for route, (_, package) in ROUTES.items():
        if route in arguments.skip:
            continue
        if importlib.util.find_spec(package) is None:
            print(f"({route}: {package} is not installed)")
            continue
        found[route] = best_of(route, arguments.size, arguments.repeats)
    shapes = {tuple(each["shape"]) for each in found.values()}
    if len(shapes) > 1:
        raise SystemExit(f"the routes hand over different models: {shapes}")
    rows, columns, nonzeros = shapes.pop()
    print(f"transport {arguments.size} x {arguments.size}: {rows:,} rows, {columns:,} columns, {nonzeros:,} nonzeros")
    print(f"{'route':<10} {'cpu':>9} {'x':>7} {'memory':>10} {'x':>6}")
    base = found["by hand"]
    for route, each in found.items():
        times, sizes = each["cpu"] / base["cpu"], each["mib"] / base["mib"]
        print(f"{route:<10} {each['cpu']:>7.3f} s {times:>7.1f} {each['mib']:>6.0f} MiB {sizes:>6.1f}")


if __name__ == "__main__":
    main()
