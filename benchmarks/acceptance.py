"""How often a child is accepted that is no better, how often one that is, and what that takes: the paired test at
several levels beside GEPA's rule, a higher sum on a batch of three.

    python benchmarks/acceptance.py              # 2,000 children a cell, a minute
    python benchmarks/acceptance.py --runs 300   # a few seconds

Parents and children are scored on examples at random. "coins" solve each with probability 1/2 (the better child with
0.75), "noise" scores normally with standard deviation 1 (0.5 higher), "sparse" differ on one example of ten at all (the
better child only for the better), "worse" is a child that is. A row's first figure is the share accepted, the second
the pairs that it took on average. Under the null no share may lie above the level; where one does by more than chance
allows (three standard errors), the command fails. The last column is what an improvement costs where half the children
are no better, four of ten are worse, and one of ten is better, all by coins: the pairs, and for each accepted child an
evaluation on 50 ranking examples, divided by the improvements that are accepted. A second table has what the level does
not hold for: parents that always have partial credit, and children that are right or wrong and no better on average.
"""

import argparse
import asyncio
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from steepest.agents.optimizers.acceptance import Better, Paired
from steepest.agents.optimizers.search.protocols import Acceptance

Pair = Callable[[random.Random], tuple[float, float]]
BATCH = 3
RANKING = 50


def coins(first: float, second: float) -> Pair:
    return lambda source: (float(source.random() < first), float(source.random() < second))


def noise(gain: float) -> Pair:
    return lambda source: (source.gauss(0, 1), source.gauss(gain, 1))


def sparse(in_favour: float) -> Pair:
    def pair(source: random.Random) -> tuple[float, float]:
        if source.random() >= 0.1:
            return 0.0, 0.0
        return 0.0, 1.0 if source.random() < in_favour else -1.0

    return pair


def partial(score: float, right: float) -> Pair:
    return lambda source: (score, float(source.random() < right))


NULLS = {"coins": coins(0.5, 0.5), "noise": noise(0.0), "sparse": sparse(0.5)}
OTHERS = {
    "worse coins": coins(0.5, 0.35),
    "better coins": coins(0.5, 0.75),
    "better noise": noise(0.5),
    "better sparse": sparse(1.0),
}
RULES: dict[str, Acceptance] = {
    "higher sum": Better(),
    "ties drawn again": Better(redraws=1),
    **{f"paired, {level:g}": Paired(level) for level in (0.05, 0.1, 0.2, 0.3, 0.4)},
    "paired, 0.3, 8 pairs": Paired(0.3, most=8),
    "paired, 0.1, 96 pairs": Paired(0.1, most=96),
}


@dataclass(frozen=True)
class Cell:
    """What became of the children of one kind."""

    share: float
    """Accepted."""
    pairs: float
    """That a decision took, on average."""


async def measured(rule: Acceptance, pair: Pair, runs: int) -> Cell:
    accepted = pairs = 0
    for seed in range(runs):
        source = random.Random(seed)

        def batch(count: int, source: random.Random = source) -> tuple[list[float], list[float]]:
            drawn = [pair(source) for _ in range(count)]
            return [first for first, _ in drawn], [second for _, second in drawn]

        async def draw(
            count: int, batch: Callable[[int], tuple[list[float], list[float]]] = batch
        ) -> tuple[Sequence[float], Sequence[float]]:
            return batch(count)

        decision = await rule.decide(*batch(BATCH), draw)
        accepted += decision.accepted
        pairs += decision.pairs
    return Cell(accepted / runs, pairs / runs)


def price(cells: dict[str, Cell]) -> float:
    """Evaluations for an improvement."""
    shares = {"coins": 0.5, "worse coins": 0.4, "better coins": 0.1}
    cost = sum(share * (cells[kind].pairs + RANKING * cells[kind].share) for kind, share in shares.items())
    return cost / (shares["better coins"] * cells["better coins"].share)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=2_000, help="children a cell")
    runs = parser.parse_args().runs
    print(f"{'no better:':>34}{'':>28}other:")
    kinds = {**NULLS, **OTHERS}
    print(f"{'':<22}" + "".join(f"{kind:>15}" for kind in kinds) + f"{'price':>8}")
    over = []
    for name, rule in RULES.items():
        cells = {kind: asyncio.run(measured(rule, pair, runs)) for kind, pair in kinds.items()}
        row = "".join(f"{f'{cell.share:.3f} / {cell.pairs:.1f}':>15}" for cell in cells.values())
        print(f"{name:<22}{row}{price(cells):>8.0f}", flush=True)
        if isinstance(rule, Paired):
            allowed = rule.level + 3 * (rule.level * (1 - rule.level) / runs) ** 0.5
            over += [f"{name}, {kind}: {cells[kind].share:.3f}" for kind in NULLS if cells[kind].share > allowed]
    print(f"\n{'no better on average, not symmetric:':<40}{'level 0.05':>12}{'level 0.3':>12}")
    for score, right in ((0.8, 0.8), (0.9, 0.9), (0.95, 0.95), (0.95, 0.9), (0.98, 0.98)):
        cells = {level: asyncio.run(measured(Paired(level), partial(score, right), runs)) for level in (0.05, 0.3)}
        name = f"always {score:g}, right with {right:g}"
        print(f"{name:<40}" + "".join(f"{cell.share:>12.3f}" for cell in cells.values()), flush=True)
    if over:
        sys.exit("accepted more often than the level says: " + "; ".join(over))


if __name__ == "__main__":
    main()
