"""LLAMBO: Bayesian optimization in which a language model gives the first points, the next ones, and what to expect of
them. It helps most with few trials and settings that a model has read of; TPE takes over what it can't say.
"""

from steepest.agents.optimizers.numeric.llambo import AskedImprovement
from steepest.agents.optimizers.numeric.trials import Trials
from steepest.agents.optimizers.search.protocols import Proposer
from steepest.agents.optimizers.search.records import StepRecord
from steepest.agents.optimizers.search.search import Search

__all__ = ["Llambo"]


class Llambo:
    """Searches numbers, switches and choices with the help of a language model.

    Args:
        components: The names of those to search; all if none are given.
        initial: Points that the model gives before anything was tried.
        batch: Points that are tried at once after that.
        examples: How many training examples score a point; all of them if None.
        proposer: Who asks the model.
    """

    name = "llambo"

    def __init__(
        self,
        components: tuple[str, ...] = (),
        *,
        initial: int = 5,
        batch: int = 1,
        examples: int | None = None,
        proposer: Proposer | None = None,
    ) -> None:
        self._trials = Trials(components, examples)
        self._initial, self._batch = initial, batch
        self._proposer = proposer or AskedImprovement()

    async def step(self, search: Search) -> None:
        """Ask the model for points and try them."""
        count = self._initial if search.step == 1 else self._batch
        await self._trials.step(search, self._proposer, count)

    def observe(self, record: StepRecord) -> None:
        """Learn what was tried."""
        self._trials.observe(record)
