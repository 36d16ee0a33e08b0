"""Tune HiGHS's options on lot-sizing problems.

python -m examples.highs_options                              # TPE, no language model; about a minute
python -m examples.highs_options --model openai:gpt-5.4-mini  # LLAMBO: the model proposes
"""

import argparse
import math
from pathlib import Path
from typing import Any

import steepest
from examples.highs_options.mips import Solved, instances, solve
from examples.highs_options.options import OPTIONS, solved
from examples.highs_options.picture import draw

GOAL = (
    "options of the solver HiGHS that let it prove optima of lot-sizing problems with little work; score: -log2(work)"
)


def judge(example: dict[str, Any], ended: Solved) -> tuple[float, str]:
    """Half of the work is a point more."""
    words = f"{ended.iterations} simplex iterations, {ended.nodes} nodes"
    if not ended.is_finished:
        words += ", and no proof at the node limit"
    return -math.log2(ended.work), words


def tune(
    trials: int, *, size: int = 6, periods: int = 12, model: str | None = None, seed: int = 0, out: Path | None = None
) -> "steepest.Optimized":
    """Search for better options.

    Args:
        trials: Metric calls are what so many trials on the training instances take, and the ranking and the test.
        size: Training instances, as many for validation, and twice as many for the test.
        periods: Of each instance.
        model: A chat model that proposes; TPE does unless given.
        seed: Of the search.
        out: A folder for the run.
    """
    return steepest.optimize(
        solved,
        instances(0, size, periods=periods),
        guide=judge,
        validation=instances(1000, size, periods=periods),
        test=test_instances(size, periods),
        parameters=OPTIONS,
        strategy="llambo" if model else "tpe",
        llm=model,
        budget=trials * size + 8 * size + 4 * size,
        goal=GOAL,
        workers=1,  # HiGHS runs once at a time in a process
        seed=seed,
        out=out,
    )


def test_instances(size: int, periods: int) -> list[dict[str, Any]]:
    """Those that no choice sees."""
    return instances(2000, 2 * size, periods=periods)


def main(arguments: list[str] | None = None) -> None:
    """Tune, tell, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="a chat model that proposes; Optuna's TPE unless given")
    parser.add_argument("--trials", type=int, default=40)
    parser.add_argument("--size", type=int, default=6, help="training instances (default 6)")
    parser.add_argument("--periods", type=int, default=12, help="of each instance (default 12)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="a folder for the run; the same command goes on there")
    parser.add_argument("--picture", type=Path, help="an SVG of the search and the test")
    options = parser.parse_args(arguments)
    defaults = {name: each.value for name, each in OPTIONS.items()}
    found = tune(
        options.trials,
        size=options.size,
        periods=options.periods,
        model=options.model,
        seed=options.seed,
        out=options.out,
    )
    print(found)
    for name, value in found.values.items():
        print(f"  {name} = {value}" + (f" (default {defaults[name]})" if value != defaults[name] else ""))
    if found.test is not None:
        test = found.test
        has_interval = test.low is not None and test.high is not None
        interval = f", from {_change(test.high)} to {_change(test.low)}" if has_interval else ""
        print(f"work on test instances: {_change(test.gain)}{interval}")
    if options.picture:
        test_set = test_instances(options.size, options.periods)
        before = [solve(each, defaults).work for each in test_set]
        draw(found, before, [solve(each, found.values).work for each in test_set], options.picture)


def _change(gain: float) -> str:
    """Of the geometric mean of the work."""
    return f"{100 * (2**-gain - 1):+.0f} %"


if __name__ == "__main__":
    main()
