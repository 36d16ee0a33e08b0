"""Starting again from the seed when a search is stuck: a defective direction is left, and what it found is kept."""

from copy import deepcopy
from dataclasses import dataclass, field

from steepest.agents.optimizers.search.pool import Part
from steepest.agents.optimizers.search.protocols import Strategy
from steepest.agents.optimizers.search.records import StepRecord
from steepest.agents.optimizers.search.search import Search
from steepest.errors import InputError

__all__ = ["Restarting"]


@dataclass(slots=True)
class Restarting:
    """Any strategy, begun anew from the seed whenever it has admitted nothing for so many steps in a row.

    After a restart the strategy knows of the seed and of what is admitted from then on. Proposers are told of all that
    was tried before, as ever, and with `notes["restart"]` that this is the so-manieth beginning. The search as a whole
    keeps all candidates, and its best one is the best of all.

    Raises:
        InputError: The patience is less than a step.
    """

    strategy: Strategy
    patience: int = 20
    """Steps in a row without an admission."""
    _current: Strategy = field(init=False, repr=False)
    _numbers: list[int] = field(default_factory=lambda: [0], init=False, repr=False)
    """Of those that the current beginning knows."""
    _part: Part | None = field(default=None, init=False, repr=False)
    _idle: int = field(default=0, init=False, repr=False)
    _restarts: int = field(default=0, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.patience < 1:
            raise InputError(f"the patience before a restart is a step or more, not {self.patience}")
        self._current = deepcopy(self.strategy)

    @property
    def name(self) -> str:
        """The strategy's own."""
        return self.strategy.name

    async def step(self, search: Search) -> None:
        """A step of the strategy, with what it is to know of."""
        if self._part is None:
            self._part = Part(search.pool, self._numbers)
        notes = {"restart": self._restarts} if self._restarts else {}
        with search.within(self._part, notes) as part:
            await self._current.step(part)

    def observe(self, record: StepRecord) -> None:
        """Have the strategy learn, or begin anew."""
        self._current.observe(record)
        self._numbers += [each.number for each in record.births]
        self._idle = 0 if record.births or record.step == 0 else self._idle + 1
        if self._idle >= self.patience:
            self._current, self._numbers, self._part = deepcopy(self.strategy), [0], None
            self._idle, self._restarts = 0, self._restarts + 1
