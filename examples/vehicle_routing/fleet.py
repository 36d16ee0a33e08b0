"""Deliveries with vehicles of one size: instances, what makes routes right, and the shortest ones by a solver.

Place 0 is the depot. An instance is a matrix of distances, a demand for each place (0 for the depot) and a capacity.
"""

import math
import random
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from steepest.solvers.formulation import Formulation
from steepest.solvers.options import SolveOptions
from steepest.solvers.solve import solve_formulation

Distances = Sequence[Sequence[float]]
Routes = Sequence[Sequence[int]]

SHORTEST: dict[str, float] = {
    "train-1": 303.5,
    "train-2": 203.0,
    "train-3": 374.9,
    "train-4": 404.9,
    "train-5": 403.9,
    "train-6": 399.2,
    "train-7": 390.0,
    "train-8": 421.4,
    "train-9": 350.4,
    "train-10": 356.0,
    "train-11": 391.8,
    "train-12": 335.8,
    "train-13": 348.0,
    "train-14": 337.4,
    "train-15": 401.3,
    "train-16": 385.2,
    "train-17": 334.8,
    "train-18": 383.9,
    "train-19": 369.0,
    "train-20": 413.6,
    "test-21": 288.2,
    "test-22": 493.6,
    "test-23": 428.6,
    "test-24": 463.9,
    "test-25": 489.0,
    "test-26": 405.4,
    "test-27": 375.7,
    "test-28": 220.7,
    "test-29": 354.7,
    "test-30": 383.2,
    "test-31": 320.7,
    "test-32": 390.1,
    "test-33": 465.3,
    "test-34": 486.4,
    "test-35": 325.0,
    "test-36": 511.0,
    "test-37": 358.9,
    "test-38": 407.6,
    "test-39": 371.6,
    "test-40": 382.6,
}
"""Lengths that HiGHS has proved to be the shortest; `python -m examples.vehicle_routing --prove` proves them again."""


def generated(name: str, customers: int, seed: int) -> dict[str, Any]:
    """Customers at random, half of them in two clusters, the depot off the middle; about three vehicles are needed."""
    rng = random.Random(f"vehicle routing/{seed}")
    places = [(rng.uniform(20, 60), rng.uniform(20, 60))]
    hubs = [(rng.uniform(0, 100), rng.uniform(0, 100)) for _ in range(2)]
    for number in range(customers):
        if number % 2:
            x, y = hubs[number // 2 % 2]
            places.append((x + rng.gauss(0, 8), y + rng.gauss(0, 8)))
        else:
            places.append((rng.uniform(0, 100), rng.uniform(0, 100)))
    demands = [0, *(rng.randint(1, 9) for _ in range(customers))]
    distances = [[round(math.dist(one, other), 1) for other in places] for one in places]
    capacity = max(*demands, math.ceil(sum(demands) / 2.6))
    return {
        "name": name,
        "places": [[round(x, 1), round(y, 1)] for x, y in places],
        "distances": distances,
        "demands": demands,
        "capacity": capacity,
    }


def instances(split: str) -> list[dict[str, Any]]:
    """Instances to learn from ("train") or to measure on ("test")."""
    numbers = range(1, 21) if split == "train" else range(21, 41)
    return [generated(f"{split}-{number}", 9, number) for number in numbers]


def length(routes: Routes, distances: Distances, demands: Sequence[float], capacity: float) -> float:
    """How far all vehicles drive.

    Raises:
        ValueError: The routes are none for these customers; the message says where.
    """
    visited = sorted(place for route in routes for place in route)
    if visited != list(range(1, len(demands))):
        raise ValueError(f"every customer has to be visited once; visited were {visited}")
    for number, route in enumerate(routes):
        load = sum(demands[place] for place in route)
        if load > capacity:
            raise ValueError(f"route {number} carries {load}, more than {capacity}")
    return sum(leg for route in routes for leg in legs(route, distances))


def legs(route: Sequence[int], distances: Distances) -> list[float]:
    """The distances of a route, from the depot and back to it."""
    stops = [0, *route, 0]
    return [distances[here][there] for here, there in pairwise(stops)]


def shortest(instance: dict[str, Any]) -> float:
    """The length of the shortest routes, proved by HiGHS on the commodity flow formulation (Gavish and Graves 1978).

    Raises:
        RuntimeError: The solver was not done in ten minutes.
    """
    solution = solve_formulation(Formulation.from_text(formulation(instance)), options=SolveOptions(time_limit=600))
    if solution.status != "optimal" or solution.objective is None:
        raise RuntimeError(f"the solver ended with {solution.status}")
    return round(solution.objective, 1)


def formulation(instance: dict[str, Any]) -> str:
    """The instance as a five-element formulation: which legs are driven, and how much is carried on them."""
    count = len(instance["demands"])
    arcs = [(a, b) for a in range(count) for b in range(count) if a != b]
    distances = ", ".join(f"({a}, {b}): {instance['distances'][a][b]}" for a, b in arcs)
    demands = ", ".join(f"{place}: {demand}" for place, demand in enumerate(instance["demands"]))
    return f"""\
# The shortest routes that serve all customers
sets:
  Place = 0..{count - 1}
  Leg = {{{", ".join(map(str, arcs))}}}
parameters:
  distance[Leg] = {{{distances}}}
  demand[Place] = {{{demands}}}
  capacity = {instance["capacity"]}
variables:
  drive[Leg]: binary
  carry[Leg]: real >= 0
minimize: sum(distance[a, b] * drive[a, b] for (a, b) in Leg)
constraints:
  visited[p in Place if p > 0]: sum(drive[a, b] for (a, b) in Leg if b == p) == 1
  left[p in Place]: sum(drive[a, b] for (a, b) in Leg if a == p) == sum(drive[a, b] for (a, b) in Leg if b == p)
  delivered[p in Place if p > 0]:
    sum(carry[a, b] for (a, b) in Leg if b == p) - sum(carry[a, b] for (a, b) in Leg if a == p) == demand[p]
  room[(a, b) in Leg]: carry[a, b] <= (capacity - demand[a]) * drive[a, b]
  needed[(a, b) in Leg]: carry[a, b] >= demand[b] * drive[a, b]
"""
