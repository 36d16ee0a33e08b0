"""GEPA on a landscape, over seeds; benchmarks/landscapes.py runs this in a process of its own.

Takes one argument, JSON: the landscape's name, seeds, metric calls, and the folder that has gepa. Prints JSON: the true
score of what GEPA calls its best for each seed, and the metric calls it took on average.
"""

import contextlib
import io
import json
import random
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from steepest.agents.optimizers.search.rollouts import Example, Rollout
from tests.agents.optimizers.landscapes import ALL, Landscape
from tests.agents.optimizers.scripted import Following


class Loader:
    """Examples by their keys. GEPA's own loader numbers each split from 0, and its cache, which does not know splits,
    then takes a score on a training example for that on the validation example of the same number.
    """

    def __init__(self, examples: Sequence[Example]) -> None:
        self.by_key = {each.key: each for each in examples}

    def all_ids(self) -> list[str]:
        """Every key."""
        return list(self.by_key)

    def fetch(self, ids: Sequence[str]) -> list[Example]:
        """The examples of keys, in their order."""
        return [self.by_key[each] for each in ids]

    def __len__(self) -> int:
        return len(self.by_key)


class Adapter:
    """A landscape as GEPA runs it."""

    propose_new_texts = None

    def __init__(self, landscape: Landscape) -> None:
        self.landscape = landscape
        self.calls = 0

    def evaluate(self, batch: Sequence[Example], candidate: dict[str, str], capture_traces: bool = False) -> Any:
        """Run a candidate on examples."""
        from gepa.core.adapter import EvaluationBatch

        rollouts = [self.landscape.run(candidate, each, traced=capture_traces) for each in batch]
        self.calls += len(rollouts)
        return EvaluationBatch(
            outputs=[each.output for each in rollouts],
            scores=[each.score for each in rollouts],
            trajectories=rollouts if capture_traces else None,
        )

    def make_reflective_dataset(
        self, candidate: dict[str, str], eval_batch: Any, components_to_update: Sequence[str]
    ) -> dict[str, list[dict[str, Any]]]:
        """What the proposer is told."""
        rollouts: Sequence[Rollout] = eval_batch.trajectories
        told = [{"score": each.score, "Feedback": each.words} for each in rollouts]
        return dict.fromkeys(components_to_update, told)


def searched(landscape: Landscape, calls: int, seed: int) -> tuple[float, int]:
    """The true score of GEPA's best candidate, and the metric calls that it took."""
    import gepa

    adapter, proposer, source = Adapter(landscape), Following(landscape), random.Random(f"gepa/{seed}")
    components = {each.name: each for each in landscape.components}

    def propose(
        candidate: dict[str, str],
        reflective_dataset: Mapping[str, Sequence[Mapping[str, Any]]],
        components_to_update: Sequence[str],
    ) -> dict[str, str]:
        told = {
            name: [(each["score"], each["Feedback"]) for each in reflective_dataset[name]]
            for name in components_to_update
        }
        return {name: proposer.changed(components[name], candidate[name], told[name], source) for name in told}

    with contextlib.redirect_stdout(io.StringIO()):
        result = gepa.optimize(
            seed_candidate=dict(landscape.seed()),
            trainset=Loader(landscape.examples["train"]),
            valset=Loader(landscape.examples["validation"]),
            adapter=adapter,
            custom_candidate_proposer=propose,
            reflection_minibatch_size=3,
            perfect_score=landscape.optimum,
            use_merge=len(components) > 1,
            max_metric_calls=calls,
            cache_evaluation=True,
            seed=seed,
        )
    return landscape.truth(result.best_candidate), adapter.calls


def main() -> None:
    """Search once for each seed."""
    name, seeds, calls, folder = json.loads(sys.argv[1])
    sys.path.append(folder)
    found = [searched(ALL[name](seed), calls, seed) for seed in range(seeds)]
    print(json.dumps([[truth for truth, _ in found], fmean(taken for _, taken in found)]))


if __name__ == "__main__":
    main()
