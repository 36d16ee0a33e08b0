"""Population-based training of a strategy's settings (Jaderberg et al. 2017): members that search with settings of
their own; now and then the worst go on from what the best have, with settings like theirs.

In the paper a member is a network with its weights and hyperparameters. Here it is settings of an inner strategy and
the candidates that were found with them: copying a member copies both.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from steepest.agents.optimizers.numeric.space import Space, drawn, options_of, within
from steepest.agents.optimizers.search.records import StepRecord
from steepest.agents.optimizers.search.search import Search
from steepest.agents.optimizers.search.values import Component, Value, Values
from steepest.errors import InputError

__all__ = ["Member", "Population", "evolved", "perturbed"]

SHARE = 0.2
"""Of the population that is replaced, and that is copied."""
_RESAMPLED = 0.25
"""The probability that a setting is drawn anew."""
_FACTORS = (0.8, 1.2)


NOTE = "members"
"""Of a step's record: who the members are from it on."""


@dataclass(frozen=True, slots=True)
class Member:
    """One of a population."""

    settings: Values
    """Of its inner strategy."""
    held: tuple[int, ...] = (0,)
    """The numbers of the candidates that it has, the seed among them."""


@dataclass
class Population:
    """Members that take turns, a step each; a fold over the records of steps.

    Args:
        space: Of the settings.
        size: Members.
        patience: Steps of each member between two copyings.

    Raises:
        InputError: There is nobody to copy, or no time to search.
    """

    space: Space
    size: int
    patience: int
    members: list[Member] = field(default_factory=list, init=False)
    """Who they were after the last step."""

    def __post_init__(self) -> None:
        if self.size < 2 or self.patience < 1:
            raise InputError(
                f"a population has 2 members or more and a patience from 1, not {self.size} and {self.patience}"
            )

    def turn(self, step: int) -> int:
        """Whose turn it is."""
        return (step - 1) % self.size

    def present(self, search: Search) -> list[Member]:
        """Who they are in this step: new ones at first, and others where the worst copy the best; that is noted."""
        if self.members and (search.step - 1) % (self.size * self.patience):
            return self.members
        source = search.random("population")
        if self.members:
            scores = [max(search.pool.mean(number, search.ranking) for number in each.held) for each in self.members]
            members = evolved(self.members, scores, self.space, source)
        else:
            members = [Member(self.space.draw(source)) for _ in range(self.size)]
        search.note(NOTE, [[dict(each.settings), list(each.held)] for each in members])
        return members

    def observe(self, record: StepRecord) -> None:
        """Learn who the members are, and what the one whose turn it was has found."""
        if NOTE in record.notes:
            self.members = [Member(settings, tuple(held)) for settings, held in record.notes[NOTE]]
        if record.step:
            turn = self.turn(record.step)
            mine = self.members[turn]
            self.members[turn] = replace(mine, held=(*mine.held, *(each.number for each in record.births)))


def evolved(members: Sequence[Member], scores: Sequence[float], space: Space, source: random.Random) -> list[Member]:
    """The population after the worst fifth have copied a member of the best fifth each, its settings changed a little.

    Who is not worse than the one that it would copy stays as it is.

    Args:
        members: Two or more.
        scores: Of each, larger is better.
        space: Of the settings.
        source: Chooses whom to copy, and how settings change.
    """
    count = max(1, round(SHARE * len(members)))
    order = sorted(range(len(members)), key=lambda place: (scores[place], place))
    worst, best = order[:count], order[-count:]
    made = list(members)
    for place in worst:
        model = source.choice(best)
        if scores[model] > scores[place]:
            made[place] = replace(members[model], settings=perturbed(members[model].settings, space, source))
    return made


def perturbed(settings: Values, space: Space, source: random.Random) -> dict[str, Value]:
    """Settings near others: a number a fifth lower or higher, an option drawn anew as often as numbers are."""
    return {each.name: _perturbed(each, settings[each.name], source) for each in space.components}


def _perturbed(component: Component, value: Value, source: random.Random) -> Value:
    if source.random() < _RESAMPLED:
        return drawn(component, source)
    if options_of(component):
        return value
    moved = within(component, value * source.choice(_FACTORS))
    if component.kind == "integer" and moved == value:  # a fifth of a small number is none
        moved = within(component, value + source.choice([-1, 1]))
    return moved
