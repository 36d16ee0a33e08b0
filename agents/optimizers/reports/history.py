"""What a search's step records come to: every candidate with its fate, the best so far, refusals, what models took."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from steepest.agents.optimizers.search.candidates import Scores
from steepest.agents.optimizers.search.records import Birth, Evaluated, ModelUse, StepRecord, Tried
from steepest.agents.optimizers.search.rollouts import Rollout, Split

__all__ = ["Entry", "Fate", "History", "Moment", "Refusal", "history_of"]

Fate: TypeAlias = Literal["seed", "admitted", "tried"]


@dataclass(slots=True)
class Entry:
    """A candidate, admitted or only tried."""

    number: int
    step: int
    fate: Fate
    parents: tuple[int, ...]
    changes: Mapping[str, Any]
    """All values of the seed; of others those that differ from the first parent's."""
    origin: str
    note: str
    model: str
    reason: str
    """By what right it was admitted, or why it was not."""
    gain: float | None
    """Over its parent, on the examples that decided."""
    score: float | None = None
    """Of a member its mean on the ranking split; of others on what they were evaluated on."""
    evaluated: int = 0
    """Examples of the ranking split that a member was evaluated on."""
    metric_calls: int = 0
    """Of the whole search, when its step was over."""


@dataclass(frozen=True, slots=True)
class Moment:
    """How a search stood when a step was over."""

    step: int
    metric_calls: int
    tokens: int
    money: float
    seconds: float
    best: int
    score: float
    candidates: int
    unpriced: int = 0
    """Calls of models whose price nobody knows, so that they are not in `money`."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Proposals that were refused for one reason."""

    reason: str
    component: str
    count: int
    value: str
    """What one of them was, shortened."""


@dataclass(slots=True)
class History:
    """A search as a report tells of it."""

    entries: dict[int, Entry] = field(default_factory=dict)
    """By number, in the order in which they were settled."""
    moments: list[Moment] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    """The most frequent first."""
    uses: dict[str, ModelUse] = field(default_factory=dict)
    """By the name of the model that proposed."""
    ranking: Split = "train"
    best: int = 0
    stopped: str = ""
    """Why the search ended, if it did."""

    @property
    def seed(self) -> Entry:
        """What the search began with."""
        return self.entries[0]

    @property
    def members(self) -> list[Entry]:
        """Those that were admitted, the seed included."""
        return [each for each in self.entries.values() if each.fate != "tried"]

    @property
    def admitted(self) -> int:
        """How many were admitted; the seed was not, it is where the search began."""
        return len(self.members) - 1

    @property
    def tried(self) -> list[Entry]:
        """Those that were evaluated and not admitted."""
        return [each for each in self.entries.values() if each.fate == "tried"]

    @property
    def refused(self) -> int:
        """Proposals that could not be used."""
        return sum(each.count for each in self.refusals)

    def values(self, number: int) -> dict[str, Any]:
        """A candidate's values for all components."""
        chain, at = [], self.entries[number]
        while True:
            chain.append(at.changes)
            if not at.parents:
                break
            at = self.entries[at.parents[0]]
        return {name: value for changes in reversed(chain) for name, value in changes.items()}

    def lineage(self, number: int) -> list[int]:
        """A candidate's first parents from the seed on, itself the last."""
        chain = [number]
        while self.entries[chain[-1]].parents:
            chain.append(self.entries[chain[-1]].parents[0])
        return chain[::-1]


def history_of(records: Iterable[StepRecord], seed: Mapping[str, Any]) -> History:
    """Take all records of a search in.

    Args:
        records: Ascending by step.
        seed: The values that the search began with, which records do not repeat.
    """
    telling = _Telling(seed)
    for record in records:
        telling.take_in(record)
    return telling.finished()


class _Telling:
    """A history that grows record by record."""

    def __init__(self, seed: Mapping[str, Any]) -> None:
        self.history = History({0: Entry(0, 0, "seed", (), seed, "seed", "", "", "", None)})
        self._scores: dict[tuple[int, Split], Scores] = {}
        self._refused: Counter[tuple[str, str]] = Counter()
        self._examples: dict[tuple[str, str], str] = {}

    def take_in(self, record: StepRecord) -> None:
        history = self.history
        if record.step == 0 and any(each.split == "validation" for each in record.evaluated):
            history.ranking = "validation"
        for birth in record.births:
            self._enter(birth, birth.values, "admitted", record)
        for tried in record.tried:
            self._enter(tried, tried.changes, "tried", record)
            history.entries[tried.number].score = tried.score
        for evaluated in record.evaluated:
            self._score(evaluated)
        for refused in record.refused:
            place = refused.reason, refused.component
            self._refused[place] += 1
            self._examples.setdefault(place, refused.value)
        for name, use in record.models.items():
            history.uses[name] = history.uses.get(name, ModelUse()).plus(use)
        history.stopped = record.stopped or ""
        if history.entries[history.best].score is not None:
            self._mark(record)

    def finished(self) -> History:
        self.history.refusals = [
            Refusal(reason, component, count, self._examples[reason, component])
            for (reason, component), count in self._refused.most_common()
        ]
        return self.history

    def _enter(self, told: Birth | Tried, changes: Mapping[str, Any], fate: Fate, record: StepRecord) -> None:
        self.history.entries[told.number] = Entry(
            told.number,
            record.step,
            fate,
            told.parents,
            changes,
            told.origin,
            told.note,
            told.model,
            told.reason,
            told.gain,
            metric_calls=record.metric_calls,
        )

    def _score(self, evaluated: Evaluated) -> None:
        history = self.history
        entry = history.entries.get(evaluated.number)
        if entry is None:
            return
        scores = self._scores.setdefault((evaluated.number, evaluated.split), Scores())
        for example, score in evaluated.scores.items():
            scores.add(Rollout(example, score))
        if evaluated.split != history.ranking:
            return
        entry.score, entry.evaluated = scores.mean, scores.count
        if _rank(entry) > _rank(history.entries[history.best]):
            history.best = entry.number

    def _mark(self, record: StepRecord) -> None:
        history = self.history
        history.moments.append(
            Moment(
                record.step,
                record.metric_calls,
                record.tokens,
                record.money,
                record.seconds,
                history.best,
                history.entries[history.best].score or 0.0,
                len(history.entries),
                record.unpriced,
            )
        )


def _rank(entry: Entry) -> tuple[float, int]:
    """As `Search.best` ranks: by the mean, of equal ones the first."""
    return (float("-inf") if entry.score is None else entry.score), -entry.number
