"""Evolve the dispatching rule of a job shop.

python -m examples.job_shop                              # offline: a function that writes rules by chance
python -m examples.job_shop --model openai:gpt-5.4-mini
python -m examples.job_shop --prove                      # prove the stored optima again (half a minute)
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import steepest
from examples.evolving import Evolution, evolve
from examples.job_shop.gantt import draw
from examples.job_shop.rule import schedule
from examples.job_shop.shop import SHORTEST, idle, instances, makespan, shortest
from examples.score_curve import best_by_calls
from steepest.agents.llm.chat import ChatModel

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


def optima() -> Iterator[tuple[str, int, int]]:
    """For each instance its shortest makespan as it is found now, and as it is stored."""
    for example in [*instances("train"), *instances("test")]:
        bound = round(makespan(schedule(example["jobs"]).value, example["jobs"]))
        yield example["name"], shortest(example["jobs"], bound), SHORTEST[example["name"]]


def picture(before: Any, after: Any, found: "steepest.Optimized") -> str:
    """The last shop of the training set before and after."""
    shop = instances("train")[-1]
    return draw(shop["jobs"], before, after, SHORTEST[shop["name"]], best_by_calls(found))


if __name__ == "__main__":
    evolve(
        Evolution(
            about=__doc__ or "",
            learn=learn,
            metric_calls=1600,
            optima=optima,
            apply=lambda: schedule(instances("train")[-1]["jobs"]).value,
            picture=picture,
        )
    )
