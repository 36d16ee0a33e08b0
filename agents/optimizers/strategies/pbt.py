"""Population-based training of another strategy's settings: its batch size, what it is shown, how large its steps are.

Members take turns, a step each, with one budget. A member is settings of the inner strategy and the candidates that
were found with them, which are all that its strategy knows; see `numeric.population`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from steepest.agents.optimizers.numeric.population import Member, Population
from steepest.agents.optimizers.numeric.space import space_of
from steepest.agents.optimizers.reflecting import SETTINGS, reflecting
from steepest.agents.optimizers.search.pool import Part
from steepest.agents.optimizers.search.protocols import Strategy
from steepest.agents.optimizers.search.records import StepRecord
from steepest.agents.optimizers.search.search import Search
from steepest.agents.optimizers.search.values import Component, Values

__all__ = ["PopulationBased"]


@dataclass
class PopulationBased:
    """Searches with an inner strategy whose settings are searched meanwhile.

    Attributes:
        inner: Makes the inner strategy of settings. It learns of its own member's steps.
        settings: What is searched, each a number with bounds, a switch or a choice.
        size: Members.
        patience: Steps of each member between two copyings.
    """

    inner: Callable[[Values], Strategy] = reflecting
    settings: Sequence[Component] = SETTINGS
    size: int = 5
    patience: int = 4
    name: ClassVar[str] = "pbt"

    def __post_init__(self) -> None:
        self._population = Population(space_of(self.settings), self.size, self.patience)
        self._strategies: dict[int, tuple[Values, Strategy]] = {}

    async def step(self, search: Search) -> None:
        """Let the member whose turn it is make a step; before every round of patience, the worst copy the best."""
        turn = self._population.turn(search.step)
        member = self._population.present(search)[turn]
        with search.within(Part(search.pool, member.held)) as part:
            await self._strategy(turn, member).step(part)

    def observe(self, record: StepRecord) -> None:
        """Learn who the members are, and what the one whose turn it was has found."""
        self._population.observe(record)
        if record.step:
            turn = self._population.turn(record.step)
            member = self._population.members[turn]
            strategy = self._strategy(turn, member)
            strategy.observe(record)
            self._strategies[turn] = member.settings, strategy

    def _strategy(self, turn: int, member: Member) -> Strategy:
        """A member's own; a new one if it has other settings than before."""
        settings, strategy = self._strategies.get(turn, (None, None))
        return strategy if strategy is not None and settings == member.settings else self.inner(member.settings)
