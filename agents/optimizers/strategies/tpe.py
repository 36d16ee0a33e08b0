"""TPE: model where good points are denser than others, and look there. Needs no language model."""

from steepest.agents.optimizers.numeric.sampling import TreeParzen
from steepest.agents.optimizers.numeric.trials import Trials
from steepest.agents.optimizers.search.records import StepRecord
from steepest.agents.optimizers.search.search import Search

__all__ = ["Tpe"]


class Tpe:
    """Searches numbers, switches and choices by Optuna's tree-structured Parzen estimator.

    Args:
        components: The names of those to search; all if none are given.
        batch: Points that are tried at once; each knows of the results before the batch.
        examples: How many training examples score a point; all of them if None.
    """

    name = "tpe"

    def __init__(self, components: tuple[str, ...] = (), *, batch: int = 1, examples: int | None = None) -> None:
        self._trials = Trials(components, examples)
        self._batch = batch

    async def step(self, search: Search) -> None:
        """Ask the estimator for points and try them."""
        await self._trials.step(search, TreeParzen(), self._batch)

    def observe(self, record: StepRecord) -> None:
        """Learn what was tried."""
        self._trials.observe(record)
