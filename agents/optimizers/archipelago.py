"""The islands of a search: what its records and its pool say of them, kept up step by step."""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import isfinite

from steepest.agents.optimizers.archive import Grid, Member, after
from steepest.agents.optimizers.code.features import Feature, default_features, identity_of
from steepest.agents.optimizers.search.candidates import Candidate
from steepest.agents.optimizers.search.records import StepRecord
from steepest.agents.optimizers.search.rollouts import mean_score
from steepest.agents.optimizers.search.search import Search
from steepest.errors import InputError

__all__ = ["Archipelago"]


class Archipelago:
    """Islands as a fold over the records of a search, so that they are the same after a resume.

    Args:
        islands: How many.
        bins: Cells of an island's grid along each feature.
        migrate_every: Steps between two migrations.
        share: Of an island's members that are copied then; one at least.
        features: What kinds differ in, by name; such as fit the components if None.

    Raises:
        InputError: One of the numbers is none that it can be.
    """

    def __init__(
        self, islands: int, bins: int, migrate_every: int, share: float, features: Mapping[str, Feature] | None
    ) -> None:
        if min(islands, bins, migrate_every) < 1 or not 0 <= share <= 1:
            raise InputError("islands, bins and migrate_every are 1 or more, and share is from 0 to 1")
        self._grids: tuple[Grid, ...] = tuple(Grid(bins) for _ in range(islands))
        self._migrate_every, self._share, self._features = migrate_every, share, features
        self._offspring: Counter[int] = Counter()
        self._unsettled: list[StepRecord] = []

    def __len__(self) -> int:
        return len(self._grids)

    def observe(self, record: StepRecord) -> None:
        """Learn of a step that is over; who was born in it is settled when the grids are asked for."""
        for parents in [*(each.parents for each in record.births), *(each.parents for each in record.tried)]:
            self._offspring.update(parents)
        if record.births or record.step % self._migrate_every == 0:
            self._unsettled.append(record)

    def offspring(self, number: int) -> int:
        """How many were made from a candidate and evaluated, those that did not stay among them."""
        return self._offspring[number]

    def grids(self, search: Search) -> tuple[Grid, ...]:
        """The islands after all steps so far."""

        def known(number: int) -> Member:
            candidate = search.pool[number]
            return self.member(search, candidate, search.score(candidate))

        for record in self._unsettled:
            self._grids = after(self._grids, record, known, self._migrate_every, self._share)
        self._unsettled.clear()
        return self._grids

    def member(self, search: Search, candidate: Candidate, score: float) -> Member:
        """A candidate as an island knows it.

        Raises:
            InputError: A feature of it is no finite number.
        """
        if self._features is None:
            self._features = default_features(list(search.components.values()))
        seed = search.pool[0].values
        features = {name: float(of(candidate.values, seed)) for name, of in self._features.items()}
        if wrong := [name for name, value in features.items() if not isfinite(value)]:
            found = f"the feature {wrong[0]!r} of candidate {candidate.number} is {features[wrong[0]]}"
            raise InputError(f"{found}: it has to be a finite number")
        return Member(
            candidate.number, score, tuple(features.values()), identity_of(candidate.values, search.components)
        )

    async def settle(self, search: Search, child: Candidate, grid: Grid, keys: Sequence[str]) -> Grid:
        """The grid after a child has been evaluated: first on a few examples, on all if one of them works."""
        if grid.holds(identity_of(child.values, search.components)):
            search.reject(child, "the same but for its layout is on the island already")
            return grid
        (rollouts,) = await search.evaluate([child], keys)
        if all(each.error for each in rollouts):
            search.reject(child, f"it fails on every one of {len(keys)} examples")
            return grid
        (ranked,) = await search.evaluate([child], search.keys(search.ranking), search.ranking)
        score = mean_score(ranked)
        gain = score - search.score(search.pool[child.parents[0]])
        member = self.member(search, child, score)
        rival = grid.rival(member)
        if rival is not None:
            search.reject(child, f"its cell has candidate {rival.number} with {rival.score:.6g}, no worse", gain=gain)
            return grid
        taken = grid.taking(member)
        left = [str(each.number) for each in grid.members if each not in taken.members]
        await search.admit(child, f"it has the cell of {', '.join(left)}" if left else "a kind of its own", gain=gain)
        return taken
