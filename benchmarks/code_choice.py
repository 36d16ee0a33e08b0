"""How often right code is chosen by tests that may be wrong: B4 beside CodeT, the most tests passed, and chance.

    python benchmarks/code_choice.py              # 4,000 matrices a row, half a minute
    python benchmarks/code_choice.py --runs 500   # a few seconds

The simulator is that of the paper (B4, arXiv 2409.08692), with its figures: of the solutions 2 in 10 are right, of the
tests 3 in 10; right solutions pass the right tests alone, wrong ones a right test with probability 0.4 and a wrong one
with 0.1. Draws without a right or without a wrong solution are left out. A figure is the mean share of right solutions
in the chosen set; "B4, paper" has the pseudo-counts that the paper takes for its data sets, 1,000 and 10,000. The
command fails if B4 gains nothing over a rival (z below 3.1 over pairs).
"""

import argparse
import math
import sys
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from steepest.agents.optimizers.code.consensus import b4, codet

Bools = npt.NDArray[np.bool_]
Chooser = Callable[[Bools], list[int]]
SHAPES = ((10, 30), (5, 10), (30, 10))
RIVALS: dict[str, Chooser] = {
    "CodeT": lambda passes: list(codet(passes)[0].solutions),
    "most passed": lambda passes: np.flatnonzero(passes.sum(axis=1) == passes.sum(axis=1).max()).tolist(),
    "drawn": lambda passes: list(range(len(passes))),
    "B4, paper": lambda passes: list(b4(passes, alpha=1e3, beta=1e4)[0].solutions),
}


def simulated(rng: np.random.Generator, solutions: int, tests: int) -> tuple[Bools, Bools]:
    """Which solutions are right, and which pass which tests."""
    while True:
        right = rng.random(solutions) < 0.2
        if right.any() and not right.all():
            break
    sound = rng.random(tests) < 0.3
    odds = np.where(sound, np.where(right[:, None], 1.0, 0.4), np.where(right[:, None], 0.0, 0.1))
    return right, rng.random((solutions, tests)) < odds


def shares(shape: tuple[int, int], runs: int, seed: int = 1) -> dict[str, npt.NDArray[np.float64]]:
    """For each rule the share of right solutions among the chosen ones, in every run."""
    rng = np.random.default_rng(seed)
    rules: dict[str, Chooser] = {"B4": lambda passes: list(b4(passes)[0].solutions), **RIVALS}
    found: dict[str, list[float]] = {name: [] for name in rules}
    for _ in range(runs):
        right, passes = simulated(rng, *shape)
        for name, rule in rules.items():
            found[name].append(float(right[rule(passes)].mean()))
    return {name: np.asarray(each) for name, each in found.items()}


def gain(mine: npt.NDArray[np.float64], theirs: npt.NDArray[np.float64]) -> float:
    """How many standard errors the mean difference of pairs lies above 0."""
    difference = mine - theirs
    return float(difference.mean() / (difference.std(ddof=1) / math.sqrt(len(difference))))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=4_000, help="matrices a row")
    runs = parser.parse_args().runs
    print(f"{'solutions, tests':<20}" + "".join(f"{name:>13}" for name in ("B4", *RIVALS)))
    without = []
    for shape in SHAPES:
        found = shares(shape, runs)
        print(
            f"{f'{shape[0]}, {shape[1]}':<20}" + "".join(f"{each.mean():>13.3f}" for each in found.values()), flush=True
        )
        without += [f"{name} at {shape}" for name in RIVALS if gain(found["B4"], found[name]) < 3.1]
    if without:
        sys.exit(f"no gain over {', '.join(without)}")


if __name__ == "__main__":
    main()
