"""Evolve the rule by which a vehicle chooses its next customer.

python -m examples.vehicle_routing                              # offline: a function that writes rules by chance
python -m examples.vehicle_routing --model openai:gpt-5.4-mini
python -m examples.vehicle_routing --prove                      # prove the stored optima again (two minutes)
"""

import argparse
from pathlib import Path
from typing import Any

import steepest
from examples.rule_writer import rule_writer
from examples.score_curve import best_by_calls
from examples.vehicle_routing.fleet import SHORTEST, instances, legs, length, shortest
from examples.vehicle_routing.map import draw
from examples.vehicle_routing.rule import routes
from steepest.agents.llm.chat import ChatModel
from steepest.agents.llm.specs import open_model

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


def prove() -> None:
    """Solve all instances again and compare with what is stored."""
    for example in [*instances("train"), *instances("test")]:
        found = shortest(example)
        print(f"{example['name']}: {found}, stored {SHORTEST[example['name']]}")
        if found != SHORTEST[example["name"]]:
            raise SystemExit("the stored one is wrong")


def main() -> None:
    """Learn, tell, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--model", help="a chat model that proposes; a function that writes rules by chance unless given"
    )
    parser.add_argument("--metric-calls", type=int, default=3000, help="runs on an example, at most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="a folder for the run; the same command goes on there")
    parser.add_argument("--picture", type=Path, help="an SVG of the first test instance before and after")
    parser.add_argument("--prove", action="store_true", help="prove the stored optima again, and do nothing else")
    options = parser.parse_args()
    if options.prove:
        prove()
        return
    instance = instances("test")[0]
    before = plan(instance).value
    model = open_model(options.model) if options.model else rule_writer(options.seed)
    found = learn(model, options.metric_calls, seed=options.seed, out=options.out)
    print(found)
    (source,) = found.values.values()
    print(source.partition("# EVOLVE-BLOCK-START")[2].partition("# EVOLVE-BLOCK-END")[0])
    if options.picture:
        picture = draw(instance, before, plan(instance).value, SHORTEST[instance["name"]], best_by_calls(found))
        options.picture.write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
