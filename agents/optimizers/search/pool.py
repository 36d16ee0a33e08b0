"""The pool: the candidates that were admitted.

A pool of ten thousand takes the memory of a few hundred: of each member its parents, mean score and place are in
arrays, some hundred bytes; values, notes and scores by example of those that were not used lately are in a `Cabinet`.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence

from steepest.agents.optimizers.search.cabinet import Cabinet
from steepest.agents.optimizers.search.candidates import Candidate, Scores
from steepest.agents.optimizers.search.ranking import Ranking
from steepest.agents.optimizers.search.rollouts import Rollout, Split

__all__ = ["Part", "Pool"]

_NOBODY = -1


class Pool:
    """The candidates that were admitted, by number, with their scores. The seed is always in it."""

    def __init__(self) -> None:
        self._cabinet = Cabinet()
        self._order = array("q")
        self._place = array("q")
        """By number: where in the order; `_NOBODY` of those that are no members."""
        self._parents = array("q")
        """Of all members, one after the other."""
        self._ends = array("q", [0])
        """Where the parents of the member before each place end."""
        self._rankings: dict[Split, _Kept] = {}

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[Candidate]:
        """In the order of their admission."""
        return (self[number] for number in self._order)

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and 0 <= number < len(self._place) and self._place[number] != _NOBODY

    def __getitem__(self, number: int) -> Candidate:
        return self._cabinet.candidate(number)

    @property
    def numbers(self) -> Sequence[int]:
        """Of the members, in the order of their admission."""
        return self._order

    @property
    def ranking(self) -> Split:
        """The split whose scores rank: validation, where the first member was evaluated there."""
        return "validation" if self._order and self.scores(self._order[0], "validation").count else "train"

    def after(self, count: int) -> Sequence[int]:
        """The numbers of those that were admitted after the first so many: for what follows a pool without going
        through all of it.
        """
        return self._order[count:]

    def add(self, candidate: Candidate) -> None:
        """Admit a candidate."""
        self._cabinet.put(candidate)
        self._enter(candidate.number, candidate.parents)

    def parents(self, number: int) -> Sequence[int]:
        """The numbers of those that a member was made from."""
        place = self._place[number]
        return self._parents[self._ends[place] : self._ends[place + 1]]

    def ancestors(self, number: int) -> frozenset[int]:
        """The numbers of all that a candidate was made from, itself not among them."""
        found: set[int] = set()
        waiting = list(self.parents(number))
        while waiting:
            each = waiting.pop()
            if each not in found:
                found.add(each)
                waiting.extend(self.parents(each))
        return frozenset(found)

    def scores(self, number: int, split: Split) -> Scores:
        """What is known of a candidate on a split; to be read, not to be added to."""
        return self._cabinet.scores(number, split) or Scores()

    def mean(self, number: int, split: Split) -> float:
        """A member's mean score on a split; minus infinity of one that was not evaluated there."""
        return self.ranked(split).mean(number)

    def record(self, number: int, split: Split, rollouts: Sequence[Rollout]) -> None:
        """Take in rollouts of a candidate."""
        scores = self.scores(number, split)
        for each in rollouts:
            scores.add(each)
        self._cabinet.put_scores(number, split, scores)
        if split in self._rankings:
            self._rankings[split].stale.add(number)

    def ranked(self, split: Split) -> Ranking:
        """Each member's mean score on a split and number, ascending: the last is the best, of equal ones the latest.

        The order is kept from call to call; only members whose scores have changed are moved.
        """
        kept = self._rankings.setdefault(split, _Kept())
        kept.stale.update(self._order[kept.seen :])
        kept.seen = len(self._order)
        for number in kept.stale:
            if number in self:
                kept.ranking.put(number, self.scores(number, split).mean)
        kept.stale.clear()
        return kept.ranking

    def _enter(self, number: int, parents: Sequence[int]) -> None:
        self._place.extend([_NOBODY] * (number + 1 - len(self._place)))
        self._place[number] = len(self._order)
        self._order.append(number)
        self._parents.extend(parents)
        self._ends.append(len(self._parents))


class Part(Pool):
    """Some members of a pool, with the scores that they have there; whoever is admitted here is admitted there.

    Args:
        whole: The pool.
        numbers: Of its members that are in the part.
    """

    def __init__(self, whole: Pool, numbers: Iterable[int]) -> None:
        super().__init__()
        self._whole = whole
        self._cabinet = whole._cabinet
        for number in numbers:
            self._enter(number, whole.parents(number))

    def parents(self, number: int) -> Sequence[int]:
        """The numbers of those that a member of the whole was made from."""
        return self._whole.parents(number)

    def add(self, candidate: Candidate) -> None:
        """Admit a candidate to both."""
        self._whole.add(candidate)
        self._enter(candidate.number, candidate.parents)

    def record(self, number: int, split: Split, rollouts: Sequence[Rollout]) -> None:
        """Take in rollouts of a candidate for both."""
        super().record(number, split, rollouts)
        self._whole.record(number, split, rollouts)


class _Kept:
    """A ranking that is kept up."""

    def __init__(self) -> None:
        self.ranking = Ranking()
        self.stale: set[int] = set()
        """Numbers whose scores have changed since."""
        self.seen = 0
        """Members that are in it, or are stale."""
