"""Sets as columns of label ids, and domains: where an index tuple's entry stands in an array."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce

import numpy as np
import numpy.typing as npt

from steepest.solvers.vectorized.universe import Ids

Positions = npt.NDArray[np.integer]
"""Row numbers in a relation or domain; -1 stands for "not in it"."""

_MANY_KEYS = 10_000
_DENSE_SLACK = 1 << 20
"""A lookup table may be this much larger than four times its relation before keys are searched instead."""


@dataclass(eq=False)
class Relation:
    """A set: tuples of labels in order, without duplicates, one id column per position."""

    columns: tuple[Ids, ...]
    cyclic: bool = False
    overs: "tuple[Relation | None, ...]" = ()
    """For a set of tuples, the set that each position ranges over, where it is known."""
    _locator: "_Locator | None" = field(default=None, repr=False)
    _orders: dict[int, tuple[npt.NDArray[np.intp], Ids]] = field(default_factory=dict, repr=False)

    @property
    def width(self) -> int:
        """How many labels an element has."""
        return len(self.columns)

    def over(self, column: int) -> "Relation | None":
        """The set that a position ranges over: this one itself, for a set of single labels."""
        if self.width == 1:
            return self
        return self.overs[column] if self.overs else None

    def __len__(self) -> int:
        return len(self.columns[0])

    def locate(self, columns: Sequence[Ids]) -> Positions:
        """The position of each tuple, -1 where it is no element."""
        if self._locator is None:
            self._locator = _Locator.over(self.columns)
        return self._locator.locate(columns)

    def sorted_by(self, column: int) -> tuple[npt.NDArray[np.intp], Ids]:
        """The stable order by one column, and that column in this order, for joins; made once."""
        if column not in self._orders:
            order = np.argsort(self.columns[column], kind="stable")
            self._orders[column] = order, self.columns[column][order]
        return self._orders[column]


@dataclass(eq=False)
class _Locator:
    """Finds tuples by a mixed-radix key of each column's local ranks."""

    ranks: tuple[Ids, ...]
    """Per column: id to rank among the column's labels; the last entry is -1, for ids that are -1 or too new."""
    radices: tuple[int, ...]
    table: npt.NDArray[np.int64] | None
    """Key to position where keys are dense enough ..."""
    keys: npt.NDArray[np.int64]
    order: npt.NDArray[np.int64]
    """... and otherwise the sorted keys with the position of each."""
    unsorted: npt.NDArray[np.int64]
    """The keys in the order of their positions."""

    @classmethod
    def over(cls, columns: Sequence[Ids]) -> "_Locator":
        ranks, radices = [], []
        for column in columns:
            distinct = np.unique(column)
            rank = np.full((int(distinct[-1]) if len(distinct) else -1) + 2, -1, np.int32)
            rank[distinct] = np.arange(len(distinct), dtype=np.int32)
            ranks.append(rank)
            radices.append(max(1, len(distinct)))
        span = reduce(lambda a, b: a * b, radices, 1)
        if span > 2**62:
            raise OverflowError(f"a set of {len(columns)}-tuples over {radices} labels is too large to index")
        locator = cls(tuple(ranks), tuple(radices), None, *[np.empty(0, np.int64)] * 3)
        keys = locator._keys(columns)
        if span <= 4 * len(keys) + _DENSE_SLACK:
            locator.table = np.full(span + 1, -1, np.int64)
            locator.table[keys] = np.arange(len(keys))
        else:
            locator.order = np.argsort(keys, kind="stable")
            locator.keys, locator.unsorted = keys[locator.order], keys
        return locator

    def _keys(self, columns: Sequence[Ids]) -> npt.NDArray[np.int64]:
        """The tuples' keys; -1 for a tuple with a label that its column never has."""
        key: npt.NDArray[np.int64] = np.zeros((), np.int64)
        absent: npt.NDArray[np.bool_] = np.zeros((), bool)
        for column, rank, radix in zip(columns, self.ranks, self.radices, strict=True):
            # Ids newer than the relation and -1 both end at the last entry, which is -1.
            local = rank[np.where(column < len(rank) - 1, column, -1)]
            absent = absent | (local < 0)
            key = key * radix + local
        return np.where(absent, np.int64(-1), key)

    def locate(self, columns: Sequence[Ids]) -> Positions:
        keys = self._keys(columns)
        if self.table is not None:
            return self.table[keys]
        if not len(self.keys):
            return np.full(keys.shape, -1, np.int64)
        if np.array_equal(keys, self.unsorted):  # data over a set mostly come in its own order
            return np.arange(len(keys))
        at = np.minimum(_places(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[at] == keys, self.order[at], -1)


def _places(ordered: npt.NDArray[np.int64], keys: npt.NDArray[np.int64]) -> Positions:
    """Where keys belong among ordered ones; a million keys in no order would each miss the processor's cache."""
    if keys.ndim != 1 or len(keys) < _MANY_KEYS:
        return np.asarray(np.searchsorted(ordered, keys))
    order = np.argsort(keys)
    places = np.empty(len(keys), np.int64)
    places[order] = np.searchsorted(ordered, keys[order])
    return places


@dataclass(frozen=True, eq=False)
class Domain:
    """What a parameter or variable is indexed by: the product of relations, in row-major order."""

    factors: tuple[Relation, ...]

    @property
    def width(self) -> int:
        """How many labels an index tuple has."""
        return sum(factor.width for factor in self.factors)

    def __len__(self) -> int:
        return reduce(lambda size, factor: size * len(factor), self.factors, 1)

    def columns(self) -> tuple[Ids, ...]:
        """The id columns of all index tuples, in order."""
        found: list[Ids] = []
        before, after = 1, len(self)
        for factor in self.factors:
            after //= max(1, len(factor))
            found.extend(np.tile(np.repeat(column, after), before) for column in factor.columns)
            before *= len(factor)
        return tuple(found)

    def tuple_at(self, position: int) -> tuple[int, ...]:
        """The ids of the index tuple at a position."""
        parts: list[tuple[int, ...]] = []
        for factor in reversed(self.factors):
            position, local = divmod(position, len(factor))
            parts.append(tuple(int(column[local]) for column in factor.columns))
        return tuple(label for part in reversed(parts) for label in part)


def distinct_rows(columns: Sequence[Ids]) -> npt.NDArray[np.intp]:
    """The positions of the first of each equal tuples, in order."""
    if not columns or not len(columns[0]):
        return np.empty(0, np.intp)
    if len(columns) == 1:
        first = np.unique(columns[0], return_index=True)[1]
    else:
        order = np.lexsort(tuple(reversed(columns)))  # stable: of equal tuples the first comes first
        new = np.ones(len(order), bool)
        new[1:] = np.logical_or.reduce([column[order][1:] != column[order][:-1] for column in columns])
        first = order[new]
    return np.sort(first)
