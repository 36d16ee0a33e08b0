"""Where a pool's candidates and their scores are kept: those that were used lately in memory, each value once."""

import hashlib
import json
from functools import partial
from typing import Any

from steepest.agents.optimizers.search.candidates import Candidate, Scores
from steepest.agents.optimizers.search.rollouts import Split
from steepest.agents.optimizers.search.shelf import Shelf
from steepest.agents.optimizers.search.values import Value

__all__ = ["Cabinet"]

_written = partial(json.dumps, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


class Cabinet:
    """Candidates by number, and scores by number and split."""

    def __init__(self) -> None:
        values: Shelf[str, Value] = Shelf(_written, json.loads)
        self._candidates: Shelf[int, Candidate] = Shelf(partial(_described, values), partial(_restored, values))
        self._scores: dict[Split, Shelf[int, Scores]] = {}

    def put(self, candidate: Candidate) -> None:
        """Keep a candidate."""
        self._candidates[candidate.number] = candidate

    def candidate(self, number: int) -> Candidate:
        """The candidate of a number.

        Raises:
            KeyError: There is none.
        """
        found = self._candidates.get(number)
        if found is None:
            raise KeyError(number)
        return found

    def put_scores(self, number: int, split: Split, scores: Scores) -> None:
        """Keep what is known of a candidate on a split."""
        if split not in self._scores:
            self._scores[split] = Shelf(_scores_described, _scores_restored)
        self._scores[split][number] = scores

    def scores(self, number: int, split: Split) -> Scores | None:
        """What is known of a candidate on a split."""
        shelf = self._scores.get(split)
        return None if shelf is None else shelf.get(number)


def _described(values: Shelf[str, Value], candidate: Candidate) -> str:
    """A candidate in JSON, its values by keys: children have most of them from their parents."""
    keys: dict[str, str] = {}
    for name, value in candidate.values.items():
        key = keys[name] = hashlib.sha256(_written(value).encode()).hexdigest()[:32]
        if key not in values:
            values[key] = value
    number, _, *others = (getattr(candidate, name) for name in Candidate.__slots__)
    return _written([number, keys, *others])


def _restored(values: Shelf[str, Value], content: str) -> Candidate:
    number, keys, digest, parents, step, origin, changed, note, model = json.loads(content)
    found: dict[str, Any] = {name: values.get(key) for name, key in keys.items()}
    return Candidate(number, found, digest, tuple(parents), step, origin, tuple(changed), note, model)


def _scores_described(scores: Scores) -> str:
    return _written([scores.by_example, scores.objectives, scores.total])


def _scores_restored(content: str) -> Scores:
    return Scores(*json.loads(content))
