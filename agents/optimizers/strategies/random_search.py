"""Random search: points from anywhere, the best is kept. The measure of all others, and hard to beat where few of many
components matter (Bergstra and Bengio 2012).
"""

from steepest.agents.optimizers.numeric.sampling import AtRandom
from steepest.agents.optimizers.numeric.trials import Trials
from steepest.agents.optimizers.search.records import StepRecord
from steepest.agents.optimizers.search.search import Search

__all__ = ["RandomSearch"]


class RandomSearch:
    """Searches numbers, switches and choices (texts to choose among, too) by drawing them.

    Args:
        components: The names of those to search; all if none are given.
        batch: Points that are tried at once.
        examples: How many training examples score a point; all of them if None.
    """

    name = "random"

    def __init__(self, components: tuple[str, ...] = (), *, batch: int = 1, examples: int | None = None) -> None:
        self._trials = Trials(components, examples)
        self._batch = batch

    async def step(self, search: Search) -> None:
        """Draw points and try them."""
        await self._trials.step(search, AtRandom(), self._batch)

    def observe(self, record: StepRecord) -> None:
        """Learn what was tried, so that no point is drawn twice."""
        self._trials.observe(record)
