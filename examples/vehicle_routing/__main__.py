"""Evolve the rule by which a vehicle chooses its next customer.

python -m examples.vehicle_routing                              # offline: a function that writes rules by chance
python -m examples.vehicle_routing --model openai:gpt-5.4-mini
python -m examples.vehicle_routing --prove                      # prove the stored optima again (two minutes)
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import steepest
from examples.evolving import Evolution, evolve
from examples.score_curve import best_by_calls
from examples.vehicle_routing.fleet import SHORTEST, instances, legs, length, shortest
from examples.vehicle_routing.map import draw
from examples.vehicle_routing.rule import routes
from steepest.agents.llm.chat import ChatModel

GOAL = (
    "routes that are as short as possible together, whatever the customers; the score is the length of the shortest "
    "routes that there are, divided by ours"
)


def judge(example: dict[str, Any], planned: Any) -> tuple[float, str]:
    """The length of the shortest routes divided by that of the plan, and what is to be seen in it; 0 for no plan."""
    best, distances, demands = SHORTEST[example["name"]], example["distances"], example["demands"]
    try:
        ours = length(planned, distances, demands, example["capacity"])
    except (ValueError, TypeError, IndexError) as error:
        return 0.0, f"That is no plan: {error}"
    told = [
        f"{[0, *route, 0]} drives {sum(legs(route, distances)):.0f} with a load of "
        f"{sum(demands[place] for place in route)} of {example['capacity']}, its longest leg is "
        f"{max(legs(route, distances)):.0f}"
        for route in planned
        if route
    ]
    return best / ours, f"The routes are {ours:.1f} long; {best} is possible. {'; '.join(told)}."


def plan(example: dict[str, Any]) -> Any:
    """The routes for an instance by the rule as it is now."""
    return routes(example["distances"], example["demands"], example["capacity"])


def learn(model: ChatModel, metric_calls: int, *, seed: int = 0, out: Path | None = None) -> "steepest.Optimized":
    """Evolve the rule; the test instances are for the figure at the end alone."""
    return steepest.optimize(
        plan,
        instances("train"),
        guide=judge,
        test=instances("test"),
        strategy="islands",
        budget=metric_calls,
        llm=model,
        goal=GOAL,
        seed=seed,
        out=out,
    )


def optima() -> Iterator[tuple[str, float, float]]:
    """For each instance the length of its shortest routes as it is found now, and as it is stored."""
    for example in [*instances("train"), *instances("test")]:
        yield example["name"], shortest(example), SHORTEST[example["name"]]


def picture(before: Any, after: Any, found: "steepest.Optimized") -> str:
    """The first test instance before and after."""
    instance = instances("test")[0]
    return draw(instance, before, after, SHORTEST[instance["name"]], best_by_calls(found))


if __name__ == "__main__":
    evolve(
        Evolution(
            about=__doc__ or "",
            learn=learn,
            metric_calls=3000,
            optima=optima,
            apply=lambda: plan(instances("test")[0]).value,
            picture=picture,
        )
    )
