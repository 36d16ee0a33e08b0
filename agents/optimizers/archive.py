"""Archives that keep the best of every kind: a MAP-Elites grid, islands of grids, and whom to breed from.

Pure functions on frozen data: an archive is a fold over the members in the order in which they were admitted, so it is
the same after a resume. A grid's ranges are those of all members it was ever given; when one widens a range, all cells
are found anew, and of two that come into one cell the worse leaves.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import exp, floor, inf
from statistics import median

from steepest.agents.optimizers.search.records import StepRecord

__all__ = ["Breeding", "Grid", "Member", "after", "diverse", "migrated", "parent_weights", "top"]

Cell = tuple[int, ...]
Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Member:
    """A candidate as archives know it."""

    number: int
    score: float
    features: tuple[float, ...]
    identity: tuple[str, ...]
    """Equal for candidates that are the same but for their layout."""
    native: bool = True
    """Whether it was born on its island; one that came from another does not travel on."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The best member of every cell (MAP-Elites)."""

    bins: int
    """Cells along each feature."""
    ranges: tuple[Range, ...] = ()
    elites: Mapping[Cell, Member] = field(default_factory=dict)

    @property
    def members(self) -> list[Member]:
        """The elites, ascending by number."""
        return sorted(self.elites.values(), key=lambda each: each.number)

    @property
    def best(self) -> Member:
        """The one with the highest score; of equal ones the first."""
        return max(self.elites.values(), key=_rank)

    def holds(self, identity: tuple[str, ...]) -> bool:
        """Whether a member is the same but for its layout."""
        return any(each.identity == identity for each in self.elites.values())

    def cell(self, member: Member) -> Cell:
        """Where a member belongs: a range that it lies outside of is widened for it."""
        return self._cell(member, _widened(self.ranges, member))

    def rival(self, member: Member) -> Member | None:
        """Who keeps a member out: the elite of its cell, unless the member is better."""
        taken = self.taking(member)
        keeper = taken.elites[taken.cell(member)]
        return keeper if keeper != member else None

    def taking(self, member: Member) -> "Grid":
        """The grid after a member has come: it, or who was there before and is no worse, has its cell."""
        ranges = _widened(self.ranges, member)
        elites = self.elites if ranges == self.ranges else self._placed(self.members, ranges)
        cell = self._cell(member, ranges)
        if cell not in elites or _rank(member) > _rank(elites[cell]):
            elites = {**elites, cell: member}
        return Grid(self.bins, ranges, elites)

    def _placed(self, members: Sequence[Member], ranges: tuple[Range, ...]) -> dict[Cell, Member]:
        placed: dict[Cell, Member] = {}
        for each in members:
            cell = self._cell(each, ranges)
            if cell not in placed or _rank(each) > _rank(placed[cell]):
                placed[cell] = each
        return placed

    def _cell(self, member: Member, ranges: tuple[Range, ...]) -> Cell:
        return tuple(self._bin(value, *each) for value, each in zip(member.features, ranges, strict=True))

    def _bin(self, value: float, low: float, high: float) -> int:
        return 0 if high <= low else min(floor((value - low) / (high - low) * self.bins), self.bins - 1)


def after(
    islands: Sequence[Grid], record: StepRecord, member: Callable[[int], Member], migrate_every: int, share: float
) -> tuple[Grid, ...]:
    """The islands after a step: who was born in it has come, and perhaps the best have travelled.

    Args:
        islands: As they were before it.
        record: Of the step; its note `island` says where its children were born. The seed is on all islands.
        member: What archives know of a candidate, by its number.
        migrate_every: Steps between two migrations.
        share: Of an island's members that travel.
    """
    if record.step == 0:
        return tuple(each.taking(member(0)) for each in islands)
    grids = list(islands)
    for birth in record.births:
        place = record.notes["island"]
        grids[place] = grids[place].taking(member(birth.number))
    return tuple(grids) if record.step % migrate_every else migrated(grids, share)


def migrated(islands: Sequence[Grid], share: float) -> tuple[Grid, ...]:
    """The islands after the best natives of each have been copied to the next one in the ring.

    A copy does not travel on, and none goes where its like already is.

    Args:
        islands: Grids over the same features.
        share: Of an island's members, rounded down, that are copied; one at least.
    """
    travellers = []
    for island in islands:
        natives = sorted((each for each in island.members if each.native), key=_rank, reverse=True)
        travellers.append(natives[: max(1, floor(share * len(natives)))])
    return tuple(_taking_all(island, travellers[place - 1]) for place, island in enumerate(islands))


def parent_weights(members: Sequence[Member], children: Callable[[int], int], steepness: float = 10.0) -> list[float]:
    """How likely each is to be a parent: sigmoid(steepness (score - median) / MAD) / (1 + children).

    Good ones often, none too often (ShinkaEvolve, arXiv 2509.19349, section 3; `shinka:database/parents.py`).

    Args:
        members: One or more.
        children: How many were made from a member, by its number.
        steepness: How much a better score counts.
    """
    middle = median(each.score for each in members)
    spread = median(abs(each.score - middle) for each in members)
    return [
        _sigmoid(steepness * _standing(each.score - middle, spread)) / (1 + children(each.number)) for each in members
    ]


@dataclass(frozen=True, slots=True)
class Breeding:
    """Whom to breed from: any elite, one of the best, or one by its weight, each with a probability of its own."""

    explore: float = 0.2
    exploit: float = 0.3
    weighted: float = 0.5
    best: int = 3
    """How many are the best."""
    steepness: float = 10.0

    def parent(self, grid: Grid, children: Callable[[int], int], rng: random.Random) -> Member:
        """A member of the grid, which has one at least."""
        members = grid.members
        (how,) = rng.choices(("explore", "exploit", "weighted"), (self.explore, self.exploit, self.weighted))
        if how == "explore":
            return rng.choice(members)
        if how == "exploit":
            return rng.choice(sorted(members, key=_rank, reverse=True)[: self.best])
        return rng.choices(members, parent_weights(members, children, self.steepness))[0]


def top(grid: Grid, count: int, but: Member) -> list[Member]:
    """The best of a grid other than one of them."""
    others = [each for each in grid.members if each.number != but.number]
    return sorted(others, key=_rank, reverse=True)[:count]


def diverse(grid: Grid, count: int, but: Sequence[Member]) -> list[Member]:
    """Members in the cells that lie farthest from those of others, the farthest first."""
    taken = {each.number for each in but}
    chosen = [grid.cell(each) for each in but]
    rest = {cell: each for cell, each in grid.elites.items() if each.number not in taken}
    found: list[Member] = []
    while rest and len(found) < count:
        cell = max(rest, key=lambda each: (_gap(each, chosen), _rank(rest[each])))
        found.append(rest.pop(cell))
        chosen.append(cell)
    return found


def _rank(member: Member) -> tuple[float, int]:
    """By score; of equal ones the first."""
    return member.score, -member.number


def _taking_all(island: Grid, visitors: Sequence[Member]) -> Grid:
    for each in visitors:
        if not island.holds(each.identity):
            island = island.taking(replace(each, native=False))
    return island


def _widened(ranges: tuple[Range, ...], member: Member) -> tuple[Range, ...]:
    before = ranges or tuple((inf, -inf) for _ in member.features)
    return tuple(
        (min(low, value), max(high, value)) for (low, high), value in zip(before, member.features, strict=True)
    )


def _standing(difference: float, spread: float) -> float:
    """A score's distance from the median in units of the spread; without one, only its side counts."""
    if spread > 0:
        return difference / spread
    return 0.0 if difference == 0 else (1.0 if difference > 0 else -1.0)


def _sigmoid(x: float) -> float:
    return 1.0 / (1.0 + exp(-min(max(x, -60.0), 60.0)))


def _gap(cell: Cell, others: Sequence[Cell]) -> int:
    """Cells to walk to the nearest of others."""
    return min((sum(abs(a - b) for a, b in zip(cell, other, strict=True)) for other in others), default=0)
