"""Evolution on islands, each a MAP-Elites grid (AlphaEvolve, arXiv 2506.13131; OpenEvolve; ShinkaEvolve, 2509.19349).

Each step belongs to one island: a parent is chosen there, a child is asked for, and it stays if it has a cell of the
grid to itself or is better than who has it. Every so many steps the best of each island are copied to the next one.
"""

from collections.abc import Mapping

from steepest.agents.optimizers.archipelago import Archipelago
from steepest.agents.optimizers.archive import Breeding, diverse, top
from steepest.agents.optimizers.code.features import Feature
from steepest.agents.optimizers.code_or_text import proposer_for
from steepest.agents.optimizers.search.protocols import BatchSampler, Proposer
from steepest.agents.optimizers.search.records import StepRecord
from steepest.agents.optimizers.search.search import Search
from steepest.agents.optimizers.search.selection import Shuffled
from steepest.errors import InputError

__all__ = ["Islands"]


class Islands:
    """Keeps the best of every kind on several islands.

    Args:
        islands: How many.
        bins: Cells of an island's grid along each feature.
        migrate_every: Steps between two migrations.
        share: Of an island's members that are copied then; one at least.
        proposer: Who is asked; for edits of code unless given, and for reflection where there is none.
        sampler: Of the training examples that proposers are shown.
        breeding: Whom to improve on.
        features: What kinds differ in, by name; such as fit the components unless given.
        children: How many are asked for in a step.

    Raises:
        InputError: One of the numbers is none that it can be.
    """

    name = "islands"

    def __init__(
        self,
        islands: int = 4,
        *,
        bins: int = 8,
        migrate_every: int = 20,
        share: float = 0.1,
        proposer: Proposer | None = None,
        sampler: BatchSampler | None = None,
        breeding: Breeding | None = None,
        features: Mapping[str, Feature] | None = None,
        children: int = 1,
    ) -> None:
        if children < 1:
            raise InputError(f"a step asks for one child or more, not {children}")
        self._islands = Archipelago(islands, bins, migrate_every, share, features)
        self._proposer, self._sampler, self._breeding = proposer, sampler or Shuffled(4), breeding or Breeding()
        self._children = children

    async def step(self, search: Search) -> None:
        """Ask for children of a member of the island whose turn it is, and settle those that earn a cell."""
        place = (search.step - 1) % len(self._islands)
        search.note("island", place)
        grid = self._islands.grids(search)[place]
        rng = search.random("parent")
        parent = self._breeding.parent(grid, self._islands.offspring, rng)
        best = top(grid, 3, parent)
        others = diverse(grid, 2, [parent, *best])
        notes = {
            "top": [each.number for each in best],
            "diverse": [each.number for each in others],
            "partner": rng.choice([*best, *others]).number if best else None,
        }
        keys = self._sampler.batch(search.keys(), search.step, search.seed)
        candidate = search.pool[parent.number]
        (rollouts,) = await search.evaluate([candidate], keys)
        proposer = self._proposer or proposer_for(search)
        for child in await search.propose(proposer, candidate, rollouts, count=self._children, notes=notes):
            grid = await self._islands.settle(search, child, grid, keys)

    def observe(self, record: StepRecord) -> None:
        """Learn of a step that is over."""
        self._islands.observe(record)
