"""Evolve the dispatching rule of a job shop.

python -m examples.job_shop                              # offline: a function that writes rules by chance
python -m examples.job_shop --model openai:gpt-5.4-mini
python -m examples.job_shop --prove                      # prove the stored optima again (half a minute)
"""

import argparse
from pathlib import Path
from typing import Any

import steepest
from examples.job_shop.gantt import draw
from examples.job_shop.rule import schedule
from examples.job_shop.shop import SHORTEST, idle, instances, makespan, shortest
from examples.rule_writer import rule_writer
from examples.score_curve import best_by_calls
from steepest.agents.llm.chat import ChatModel
from steepest.agents.llm.specs import open_model

GOAL = (
    "schedules of a job shop that end as early as possible, whatever the shop; the score is the shortest makespan that "
    "there is, divided by ours"
)


def judge(example: dict[str, Any], starts: Any) -> tuple[float, str]:
    """The shortest makespan divided by the schedule's, and what is to be seen in it; 0 for what is no schedule."""
    jobs, best = example["jobs"], SHORTEST[example["name"]]
    try:
        ours = makespan(starts, jobs)
    except (ValueError, TypeError) as error:
        return 0.0, f"That is no schedule: {error}"
    waits = ", ".join(f"{machine}: {time:g}" for machine, time in idle(starts, jobs).items())
    words = f"The makespan is {ours:g}; {best} is possible. Machines wait before their last operation: {waits}."
    ends = [row[-1] + job[-1][1] for job, row in zip(jobs, starts, strict=True)]
    return best / ours, f"{words} Job {ends.index(max(ends))} ends last, job {ends.index(min(ends))} at {min(ends):g}."


def learn(model: ChatModel, metric_calls: int, *, seed: int = 0, out: Path | None = None) -> "steepest.Optimized":
    """Evolve the rule; the test shops are for the figure at the end alone."""
    return steepest.optimize(
        schedule,
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
        found = shortest(example["jobs"], round(makespan(schedule(example["jobs"]).value, example["jobs"])))
        print(f"{example['name']}: {found}, stored {SHORTEST[example['name']]}")
        if found != SHORTEST[example["name"]]:
            raise SystemExit("the stored one is wrong")


def main() -> None:
    """Learn, tell, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--model", help="a chat model that proposes; a function that writes rules by chance unless given"
    )
    parser.add_argument("--metric-calls", type=int, default=1600, help="runs on an example, at most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="a folder for the run; the same command goes on there")
    parser.add_argument("--picture", type=Path, help="an SVG of ft06 before and after")
    parser.add_argument("--prove", action="store_true", help="prove the stored optima again, and do nothing else")
    options = parser.parse_args()
    if options.prove:
        prove()
        return
    shop = instances("train")[-1]
    before = schedule(shop["jobs"]).value
    model = open_model(options.model) if options.model else rule_writer(options.seed)
    found = learn(model, options.metric_calls, seed=options.seed, out=options.out)
    print(found)
    (source,) = found.values.values()
    print(source.partition("# EVOLVE-BLOCK-START")[2].partition("# EVOLVE-BLOCK-END")[0])
    if options.picture:
        after = schedule(shop["jobs"]).value
        picture = draw(shop["jobs"], before, after, SHORTEST[shop["name"]], best_by_calls(found))
        options.picture.write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
